// SPDX-License-Identifier: MIT
/* The view for programs: the same table as JSON. Integers stay integers, constants go by their
 * names in the API, so nothing has to be parsed back out of words:
 *   jq '.results.devices[].device_memory.l2_cache_size_bytes'
 */
#include <cjson/cJSON.h>
#include <math.h>

#include "query.h"

static cJSON *failed(CUresult code) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddNumberToObject(object, "error", code);
    cJSON_AddStringToObject(object, "name", hc_cu_error_name(code));
    return object;
}

/* The name of the constant, the names of the bits, or the number where none is known here. */
static cJSON *constant(const Attribute *attribute, int value) {
    bool is_set = attribute->kind >= KIND_HANDLES;
    cJSON *array = is_set ? cJSON_CreateArray() : NULL;
    for (const Constant *c = constants; c->name; c++) {
        if (c->kind != attribute->kind) continue;
        if (!is_set && c->value == value) return cJSON_CreateString(c->name);
        if (is_set && value & c->value) {
            cJSON_AddItemToArray(array, cJSON_CreateString(c->name));
            value &= ~c->value;
        }
    }
    if (is_set && value) cJSON_AddItemToArray(array, cJSON_CreateNumber(value));
    return is_set ? array : cJSON_CreateNumber(value);
}

/* A value, null, "not supported" or {"error": CODE, "name": "..."}. */
static cJSON *answer_json(const Attribute *attribute, const Answer *answer) {
    const char *why;
    switch (judge(attribute, answer, &why)) {
    case NOT_APPLICABLE: return cJSON_CreateNull();
    case NOT_SUPPORTED: return cJSON_CreateString("not supported");
    case FAILED: return failed(answer->code);
    case KNOWN: break;
    }
    if (attribute->kind == KIND_YES) return cJSON_CreateBool(answer->value != 0);
    if (attribute->kind >= KIND_MODE) return constant(attribute, answer->value);
    return cJSON_CreateNumber(answer->value);
}

static void add_bytes(cJSON *object, const char *key, CUresult code, size_t bytes) {
    if (code == CUDA_SUCCESS) hc_json_u64(object, key, bytes);
    else cJSON_AddItemToObject(object, key, failed(code));
}

static void add_text(cJSON *object, const char *key, CUresult code, const char *text) {
    cJSON_AddItemToObject(object, key,
                          code == CUDA_SUCCESS ? cJSON_CreateString(text) : failed(code));
}

static void add_version(cJSON *object, const char *key, int version) {
    char text[32];
    snprintf(text, sizeof text, "%d.%d", version / 1000, version % 1000 / 10);
    cJSON_AddStringToObject(object, key, text);
}

static cJSON *device_json(const Machine *machine, const Device *device, bool raw) {
    char text[80];
    Derived figures[DERIVED];
    cJSON *object = cJSON_CreateObject(), *group = object;
    cJSON_AddStringToObject(object, "spec", device->spec);
    cJSON_AddStringToObject(object, "name", device->name);
    snprintf(text, sizeof text, "%d.%d",
             device->answers[CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR].value,
             device->answers[CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR].value);
    cJSON_AddStringToObject(object, "compute_capability", text);
    add_bytes(object, "memory_bytes", device->total_code, device->total_bytes);
    add_bytes(object, "memory_free_bytes", device->free_code, device->free_bytes);
    add_text(object, "uuid", device->uuid_code, device->uuid);
    add_text(object, "pci_address", device->pci_code, device->pci);
    for (const Attribute *a = attributes; a < attributes + attribute_count; a++) {
        if (a->kind == KIND_HEADING)
            group = cJSON_AddObjectToObject(object, key_of(a, text, sizeof text));
        else
            cJSON_AddItemToObject(group, key_of(a, text, sizeof text),
                                  answer_json(a, &device->answers[a->what]));
    }
    group = cJSON_AddObjectToObject(object, "derived");
    derive(machine, device, figures);
    for (int i = 0; i < DERIVED; i++) {
        if (isnan(figures[i].value)) cJSON_AddNullToObject(group, figures[i].key);
        else cJSON_AddNumberToObject(group, figures[i].key, figures[i].value);
    }
    if (!raw) return object;
    group = cJSON_AddObjectToObject(object, "all");
    for (int what = 1; what < RAW; what++) {
        if (device->answers[what].code != CUDA_SUCCESS) continue;
        snprintf(text, sizeof text, "%d", what);
        cJSON_AddNumberToObject(group, text, device->answers[what].value);
    }
    return object;
}

void json_machine(const Machine *machine, bool raw) {
    cJSON *results = hc_results();
    size_t n = (size_t)machine->count;
    add_version(results, "driver_version", machine->driver_version);
    if (*machine->nvrtc) cJSON_AddStringToObject(results, "nvrtc_version", machine->nvrtc);
    else cJSON_AddNullToObject(results, "nvrtc_version");
    cJSON_AddBoolToObject(results, "software", machine->software);
    if (*machine->no_gpu) {
        cJSON *reason = cJSON_AddObjectToObject(results, "no_gpu");
        cJSON_AddStringToObject(reason, "message", machine->no_gpu);
        cJSON_AddStringToObject(reason, "hint", machine->no_gpu_hint);
    } else {
        cJSON_AddNullToObject(results, "no_gpu");
    }
    cJSON *devices = cJSON_AddArrayToObject(results, "devices");
    cJSON *peers = cJSON_AddArrayToObject(results, "peer_access");
    for (size_t i = 0; i < n; i++) {
        cJSON_AddItemToArray(devices, device_json(machine, &machine->devices[i], raw));
        cJSON *line = cJSON_CreateArray();
        for (size_t to = 0; to < n; to++)
            cJSON_AddItemToArray(line, i == to ? cJSON_CreateNull()
                                               : cJSON_CreateBool(machine->peers[i * n + to]));
        cJSON_AddItemToArray(peers, line);
    }
}

void json_meanings(void) {
    cJSON *array = cJSON_AddArrayToObject(hc_results(), "attributes"), *row;
    const char *group = "";
    char text[80], key[80], constant_name[96];
    for (const Attribute *a = attributes; a < attributes + attribute_count; a++) {
        if (a->kind == KIND_HEADING) {
            group = key_of(a, text, sizeof text);
            continue;
        }
        row = cJSON_CreateObject();
        snprintf(constant_name, sizeof constant_name, "CU_DEVICE_ATTRIBUTE_%s", a->name);
        cJSON_AddStringToObject(row, "group", group);
        cJSON_AddStringToObject(row, "key", key_of(a, key, sizeof key));
        cJSON_AddStringToObject(row, "constant", constant_name);
        cJSON_AddNumberToObject(row, "number", a->what);
        cJSON_AddStringToObject(row, "meaning", a->meaning);
        cJSON_AddItemToArray(array, row);
    }
}
