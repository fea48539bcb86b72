// SPDX-License-Identifier: MIT
/* Which device: --device SPEC, else HC_DEVICE, else a GPU, else the first that there is.
 * The rules live here once, for every API; an API only lists what it has. A wish that fits nothing,
 * or several things, is an error that shows the list: silently taking another device is how people
 * come to measure the wrong one.
 */
#define _GNU_SOURCE /* strcasestr */
#include <cjson/cJSON.h>
#include <dlfcn.h>

#include "internal.h"

enum { MAX_DEVICES = 64 };

const char *hc_device_spec(const HcDevice *d, char buffer[32]) {
    int length = snprintf(buffer, 32, "%s", d->api);
    if (strcmp(d->api, "opencl") == 0) length += snprintf(buffer + length, 8, ":%d", d->platform);
    if (strcmp(d->api, "cpu") != 0) snprintf(buffer + length, 8, ":%d", d->index);
    return buffer;
}

static const HcApi *find_api(const HcApi *const *apis, const char *name) {
    for (; apis && *apis; apis++)
        if (strcmp((*apis)->name, name) == 0) return *apis;
    return NULL;
}

/* Fill devices from all apis, or from those of one kind; none is HC_SKIP, a broken API its error.
 * take: one of them will be chosen, a GPU at once, so that a driver may be taken to list it. */
static int gather(const HcApi *const *apis, const char *kind, bool take, HcDevice *devices,
                  size_t *count) {
    int status = HC_SKIP;
    const HcApi *first = apis ? *apis : NULL;
    *count = 0;
    for (; apis && *apis; apis++) {
        const HcApi *api = *apis;
        bool is_cpu = kind && strcmp(kind, "cpu") == 0 && strcmp(api->name, "opencl") == 0;
        if (kind && !is_cpu && strcmp(api->name, kind) != 0) continue;
        if (take && !kind && api != first && api == &hc_host_api) continue; /* only if asked for */
        size_t found = 0, room = MAX_DEVICES - *count;
        int rc = take && api->use ? api->use() : HC_OK;
        if (rc == HC_OK) rc = api->list(devices + *count, room, &found);
        if (rc != HC_OK && rc != HC_SKIP) { /* something is broken, not merely absent */
            status = rc;
            if (take && api->use) return rc;
        }
        if (rc == HC_OK) *count += found < room ? found : room;
        if (take && !kind && rc == HC_OK && found && devices[*count - 1].is_gpu) break;
    }
    return *count && (take || status == HC_SKIP) ? HC_OK : status;
}

/* End the last error, which is HC_USAGE, with the list of what could have been chosen. */
static int add_list(const HcDevice *devices, size_t count) {
    char *text = NULL, spec[32];
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out) return HC_USAGE;
    fprintf(out, "    devices here:%s\n", count ? "" : " none");
    for (const HcDevice *d = devices; d < devices + count; d++)
        fprintf(out, "      %s  %s (%s)\n", hc_device_spec(d, spec), d->name, d->detail);
    fclose(out);
    hc_set_error_detail(text);
    return HC_USAGE;
}

/* The numbers after a kind: OpenCL has ":PLATFORM:DEVICE", CUDA's ":DEVICE" (first is 1), the host
 * none (first is 2); an absent one stays -1. */
static bool parse_indices(const char *text, int first, int *platform, int *index) {
    int *into[2] = {platform, index};
    for (int i = first; i < 2 && *text == ':'; i++) {
        char digits[8];
        int length;
        if (sscanf(text, ":%4[0-9]%n", digits, &length) != 1) return false;
        *into[i] = atoi(digits);
        text += length;
    }
    return !*text;
}

/* The word that spec is, or begins with before a ':'; NULL if it is a name. */
static const char *kind_of(const char *spec) {
    static const char *const words[] = {"cpu", "opencl", "cuda", "sim"};
    size_t length = strcspn(spec, ":");
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i]) == length && memcmp(spec, words[i], length) == 0) return words[i];
    return NULL;
}

int hc_select_device(const HcApi *const *apis, const char *spec, HcDevice *chosen) {
    HcDevice devices[MAX_DEVICES];
    size_t count = 0, matches = 0, pick = 0;
    int platform = -1, index = -1;
    const char *kind = spec ? kind_of(spec) : NULL;
    bool is_cpu = kind && strcmp(kind, "cpu") == 0, is_cl = kind && strcmp(kind, "opencl") == 0;
    if (kind && !find_api(apis, kind) && !(is_cpu && find_api(apis, "opencl"))) {
        gather(apis, NULL, false, devices, &count);
        hc_set_error(HC_USAGE, 0, NULL, "choose a device from the list",
                     "device '%s': this recipe does not use %s", spec, kind);
        return add_list(devices, count);
    }
    if (kind && !parse_indices(spec + strlen(kind), is_cpu ? 2 : !is_cl, &platform, &index))
        return hc_set_error(HC_USAGE, 0, NULL,
                            "write cuda:DEVICE, as in cuda:0, or opencl:PLATFORM:DEVICE",
                            "device '%s': not a device number", spec);
    int status = gather(apis, kind, kind || !spec, devices, &count);
    if (status != HC_OK && (kind || !spec || (status != HC_SKIP && !count))) return status;

    for (size_t i = 0; i < count; i++) {
        const HcDevice *d = &devices[i];
        bool match =
            is_cpu ? d->is_cpu
            : kind ? (platform < 0 || d->platform == platform) && (index < 0 || d->index == index)
            : spec ? *spec && strcasestr(d->name, spec)
                   : d->is_gpu;
        if (match && matches++ == 0) pick = i;
    }
    if (!spec || (kind && matches > 1)) matches = 1; /* no GPU, or a kind: the first there is */
    if (matches == 1) {
        const HcApi *api = find_api(apis, devices[pick].api);
        status = api && api->use ? api->use() : HC_OK;
        if (status == HC_OK) *chosen = devices[pick];
        return status;
    }
    if (is_cpu)
        return hc_set_error(HC_SKIP, 0, NULL, "install PoCL: ./cook setup run",
                            "device 'cpu': none of the devices here is a CPU");
    hc_set_error(HC_USAGE, 0, NULL, "choose a device from the list", "device '%s': %s", spec,
                 matches ? "matches several devices" : "matches no device");
    return add_list(devices, count);
}

int hc_list_devices(const HcApi *const *apis, FILE *out) {
    HcDevice devices[MAX_DEVICES];
    size_t count;
    char spec[32];
    int status = gather(apis, NULL, false, devices, &count);
    HcTable *table = hc_table_new("SPEC|name|platform");
    cJSON *array = out ? NULL : cJSON_AddArrayToObject(hc_results(), "devices");
    for (const HcDevice *d = devices; d < devices + count; d++) {
        hc_table_row(table, "%s|%s|%s", hc_device_spec(d, spec), d->name, d->detail);
        if (array) cJSON_AddItemToArray(array, hc_device_json(d));
    }
    if (count && out) hc_table_print(table, out, 0);
    hc_table_free(table);
    return status;
}

int hc_choose_device(HcDevice *chosen) {
    const char *spec = hc_run.args.device, *wish = getenv("HC_DEVICE");
    if (!spec && wish && *wish) spec = wish;
    hc_step("looking for devices");
    int status = hc_select_device(hc_run.recipe->apis, spec, chosen);
    hc_step(NULL);
    if (status == HC_OK) hc_add_device(chosen);
    return status;
}

void hc_add_device(const HcDevice *device) {
    char text[32];
    if (hc_run.device_count < MAX_DEVICES) hc_run.devices[hc_run.device_count++] = *device;
    hc_prepare_last_words();
    if (hc_run.layer && strcmp(device->api, "opencl") == 0 &&
        !dlopen(hc_run.layer, RTLD_LAZY | RTLD_NOLOAD))
        fprintf(stderr, "--explain: this OpenCL loader loads no layers, so no call is shown\n");
    hc_say("device     %s  %s (%s)\n", hc_device_spec(device, text), device->name, device->detail);
}
