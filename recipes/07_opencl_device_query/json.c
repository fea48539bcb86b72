// SPDX-License-Identifier: MIT
/* The view for programs: the same table as JSON. Integers stay integers, constants go by their
 * names in the API, so nothing has to be parsed back out of words:
 *   jq '.results.platforms[].devices[].memory.global_bytes'
 */
#include <cjson/cJSON.h>
#include <inttypes.h>

#include "query.h"

static cJSON *platforms, *devices; /* where the next one goes */

static cJSON *integer(cl_ulong value) {
    char digits[24];
    snprintf(digits, sizeof digits, "%" PRIu64, (uint64_t)value);
    return cJSON_CreateRaw(digits); /* cJSON's own numbers are doubles, exact only to 2^53 */
}

/* The name of a constant, or its number where the table does not know it. */
static cJSON *constant(const Name *names, cl_ulong value) {
    for (const Name *n = names; n->constant; n++)
        if (n->value == value) return cJSON_CreateString(n->constant);
    return integer(value);
}

static cJSON *list(const Attribute *a, const Value *value) {
    cJSON *array = cJSON_CreateArray();
    if (a->kind == KIND_BITS) {
        cl_ulong bits = query_number(value);
        for (cl_ulong bit = 1; bit; bit <<= 1)
            if (bits & bit) cJSON_AddItemToArray(array, constant(a->names, bit));
    } else if (a->kind == KIND_SIZES || a->kind == KIND_ENUMS) {
        for (size_t i = 0; i < value->size / sizeof(size_t); i++) {
            cl_ulong element = query_element(value, i);
            if (a->kind == KIND_SIZES) cJSON_AddItemToArray(array, integer(element));
            else if (element) cJSON_AddItemToArray(array, constant(a->names, element));
        }
    } else if (a->kind == KIND_WORDS ||
               value->what == a->older) { /* one text; no versions before OpenCL 3.0 */
        for (char *p = value->data; *(p += strspn(p, " ;"));) {
            char *end = p + strcspn(p, " ;"), after = *end;
            cJSON *one = cJSON_CreateObject();
            *end = '\0';
            cJSON_AddStringToObject(one, "name", p);
            cJSON_AddNullToObject(one, "version");
            cJSON_AddItemToArray(array, one);
            *end = after;
            p = end;
        }
    } else {
        const cl_name_version *names = value->data;
        for (size_t i = 0; i < value->size / sizeof *names; i++) {
            char version[32];
            cJSON *one = cJSON_CreateObject();
            snprintf(version, sizeof version, "%u.%u.%u", CL_VERSION_MAJOR(names[i].version),
                     CL_VERSION_MINOR(names[i].version), CL_VERSION_PATCH(names[i].version));
            cJSON_AddStringToObject(one, "name", names[i].name);
            cJSON_AddStringToObject(one, "version", version);
            cJSON_AddItemToArray(array, one);
        }
    }
    return array;
}

static cJSON *known(const Attribute *a, const Value *value) {
    char text[40];
    switch (a->kind) {
    case KIND_TEXT: return cJSON_CreateString(value->data);
    case KIND_EXTENSION: return cJSON_CreateTrue();
    case KIND_YES: return cJSON_CreateBool(query_number(value) != 0);
    case KIND_ENUM: return constant(a->names, query_number(value));
    case KIND_COUNT:
    case KIND_BYTES:
    case KIND_HEX:
    case KIND_KERNEL: return integer(query_number(value));
    case KIND_UUID:
    case KIND_PCI: query_id(a, value, text); return cJSON_CreateString(text);
    default: return list(a, value);
    }
}

//> json_states
/* A value, null, "not supported" or {"error": CODE, "name": "..."}. */
static cJSON *value_json(const Attribute *a, const Value *value) {
    if (value->state == KNOWN) return known(a, value);
    if (value->state == NOT_APPLICABLE) return cJSON_CreateNull();
    if (value->state == NOT_SUPPORTED) return cJSON_CreateString("not supported");
    cJSON *failed = cJSON_CreateObject();
    cJSON_AddNumberToObject(failed, "error", value->code);
    cJSON_AddStringToObject(failed, "name", value->why);
    return failed;
}
//< json_states

/* Platforms have their attributes as members; devices have one object for each group. */
static void add_attributes(cJSON *object, const Target *target) {
    for (const Attribute *a = attributes; a->group; a++) {
        if ((strcmp(a->group, "platform") == 0) != !target->device) continue;
        cJSON *into = object;
        if (target->device && !(into = cJSON_GetObjectItem(object, a->group)))
            into = cJSON_AddObjectToObject(object, a->group);
        Value value = query(a, target);
        cJSON_AddItemToObject(into, a->key, value_json(a, &value));
        forget(&value);
    }
}

static void json_begin(const char *loader) {
    char headers[16];
    snprintf(headers, sizeof headers, "%d.%d", CL_TARGET_OPENCL_VERSION / 100,
             CL_TARGET_OPENCL_VERSION / 10 % 10);
    cJSON_AddStringToObject(hc_results(), "headers", headers);
    if (*loader) cJSON_AddStringToObject(hc_results(), "loader", loader);
    else cJSON_AddNullToObject(hc_results(), "loader");
    platforms = cJSON_AddArrayToObject(hc_results(), "platforms");
}

static cJSON *new_object(const char *spec) {
    cJSON *object = cJSON_CreateObject();
    cJSON_AddStringToObject(object, "spec", spec);
    return object;
}

static void json_platform(const Target *target, cl_uint device_count, cl_int code) {
    char spec[32];
    (void)device_count, (void)code; /* no devices: an empty array */
    snprintf(spec, sizeof spec, "opencl:%u", target->p);
    cJSON *platform = new_object(spec);
    add_attributes(platform, target);
    devices = cJSON_AddArrayToObject(platform, "devices");
    cJSON_AddItemToArray(platforms, platform);
}

static void json_device(const Target *target) {
    char spec[32];
    snprintf(spec, sizeof spec, "opencl:%u:%u", target->p, target->d);
    cJSON *device = new_object(spec);
    add_attributes(device, target);
    cJSON_AddItemToArray(devices, device);
}

const View json_view = {json_begin, json_platform, json_device};

void json_meanings(void) {
    cJSON *table = cJSON_AddArrayToObject(hc_results(), "attributes");
    for (const Attribute *a = attributes; a->group; a++) {
        cJSON *row = cJSON_CreateObject();
        cJSON_AddStringToObject(row, "group", a->group);
        cJSON_AddStringToObject(row, "key", a->key);
        cJSON_AddStringToObject(row, "constant", a->constant);
        cJSON_AddStringToObject(row, "meaning", a->meaning);
        cJSON_AddItemToArray(table, row);
    }
}
