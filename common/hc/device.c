// SPDX-License-Identifier: MIT
/* Which device: --device SPEC, else HC_DEVICE, else a GPU, else a CPU.
 * The rules live here once, for every API; an API only lists what it has. A wish that fits nothing,
 * or several things, is an error that shows the list: silently taking another device is how people
 * come to measure the wrong one.
 */
#define _GNU_SOURCE /* strcasestr */
#include <cjson/cJSON.h>
#include <dlfcn.h>

#include "internal.h"

enum { MAX_DEVICES = 64 };

/* Fill devices from all apis, or from the one named only; none at all is HC_SKIP or its error. */
static int gather(const HcApi *const *apis, const char *only, HcDevice *devices, size_t *count) {
    int status = HC_SKIP;
    *count = 0;
    for (; apis && *apis; apis++) {
        if (only && strcmp((*apis)->name, only) != 0) continue;
        size_t found = 0, room = MAX_DEVICES - *count;
        int rc = (*apis)->list(devices + *count, room, &found);
        if (rc != HC_OK && rc != HC_SKIP) status = rc; /* something is broken, not merely absent */
        if (rc == HC_OK) *count += found < room ? found : room;
    }
    return *count ? HC_OK : status;
}

/* The list that ends a message: "opencl:0:0  name". NULL if out of memory. */
static char *describe(const HcDevice *devices, size_t count) {
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out) return NULL;
    fprintf(out, "    devices here:%s\n", count ? "" : " none");
    for (const HcDevice *d = devices; d < devices + count; d++)
        fprintf(out, "      %s:%d:%d  %s (%s)\n", d->api, d->platform, d->index, d->name,
                d->detail);
    fclose(out);
    return text;
}

static bool has_api(const HcApi *const *apis, const char *name) {
    for (; apis && *apis; apis++)
        if (strcmp((*apis)->name, name) == 0) return true;
    return false;
}

/* ":1:0" to platform 1, device 0; an absent device number stays -1. */
static bool parse_indices(const char *text, int *platform, int *index) {
    int *into[2] = {platform, index};
    for (int i = 0; i < 2 && *text == ':'; i++) {
        size_t length = strcspn(text + 1, ":");
        char part[8] = "";
        uint64_t v;
        if (length >= sizeof part) return false;
        memcpy(part, text + 1, length);
        if (!hc_parse_count(part, 9999, &v)) return false;
        *into[i] = (int)v;
        text += length + 1;
    }
    return !*text;
}

int hc_select_device(const HcApi *const *apis, const char *spec, HcDevice *chosen) {
    static const char *const words[] = {"cpu", "opencl", "cuda", "sim"};
    HcDevice *devices = calloc(MAX_DEVICES, sizeof *devices);
    if (!devices) return hc_set_error(HC_ERROR, 0, NULL, NULL, "out of memory");
    size_t count = 0, matches = 0, pick = 0;
    int platform = -1, index = -1, status;
    const char *word = NULL;
    for (size_t i = 0; spec && i < sizeof words / sizeof words[0]; i++) {
        size_t length = strlen(words[i]);
        if (strncmp(spec, words[i], length) == 0 && (spec[length] == '\0' || spec[length] == ':'))
            word = words[i];
    }
    bool is_cpu = word && strcmp(word, "cpu") == 0;
    if (word && !is_cpu && !has_api(apis, word)) {
        gather(apis, NULL, devices, &count);
        status = hc_set_error(HC_USAGE, 0, NULL, "choose a device from the list",
                              "device '%s': this recipe does not use %s", spec, word);
        hc_set_error_detail(describe(devices, count));
        goto done;
    }
    if (word && ((is_cpu && spec[3]) || !parse_indices(spec + strlen(word), &platform, &index))) {
        status = hc_set_error(HC_USAGE, 0, NULL, "write opencl:PLATFORM:DEVICE, as in opencl:0:0",
                              "device '%s': not a device number", spec);
        goto done;
    }
    status = gather(apis, word && !is_cpu ? word : NULL, devices, &count);
    if (status != HC_OK && (word || !spec || status != HC_SKIP)) goto done; /* none of the kind */

    for (size_t i = 0; i < count; i++) {
        const HcDevice *d = &devices[i];
        bool match =
            is_cpu ? d->is_cpu
            : word ? (platform < 0 || d->platform == platform) && (index < 0 || d->index == index)
            : spec ? *spec && strcasestr(d->name, spec)
                   : d->is_gpu;
        if (match && matches++ == 0) pick = i;
    }
    if (!spec || word) {
        if (!spec && matches == 0) matches = 1, pick = 0; /* no GPU: the first there is */
        if (matches > 1) matches = 1; /* "opencl" and "cpu" mean the first one */
    }
    if (matches == 1) {
        *chosen = devices[pick];
        status = HC_OK;
    } else if (is_cpu) {
        status = hc_set_error(HC_SKIP, 0, NULL, "install PoCL: ./cook setup run",
                              "device 'cpu': none of the devices here is a CPU");
    } else {
        status = hc_set_error(HC_USAGE, 0, NULL, "choose a device from the list", "device '%s': %s",
                              spec, matches ? "matches several devices" : "matches no device");
        hc_set_error_detail(describe(devices, count));
    }
done:
    free(devices);
    return status;
}

int hc_list_devices(const HcApi *const *apis, FILE *out) {
    HcDevice *devices = calloc(MAX_DEVICES, sizeof *devices);
    if (!devices) return hc_set_error(HC_ERROR, 0, NULL, NULL, "out of memory");
    size_t count;
    int status = gather(apis, NULL, devices, &count);
    HcTable *table = hc_table_new("SPEC|name|platform");
    cJSON *array = out ? NULL : cJSON_AddArrayToObject(hc_results(), "devices");
    for (const HcDevice *d = devices; d < devices + count; d++) {
        hc_table_row(table, "%s:%d:%d|%s|%s", d->api, d->platform, d->index, d->name, d->detail);
        if (array) cJSON_AddItemToArray(array, hc_device_json(d));
    }
    if (status == HC_OK && out) hc_table_print(table, out, 0);
    hc_table_free(table);
    free(devices);
    return status;
}

int hc_choose_device(HcDevice *chosen) {
    const char *spec = hc_run.args.device, *wish = getenv("HC_DEVICE");
    if (!spec && wish && *wish) spec = wish;
    hc_step("looking for devices");
    int status = hc_select_device(hc_run.recipe->apis, spec, chosen);
    hc_step(NULL);
    if (status != HC_OK) return status;
    hc_run.device = *chosen;
    hc_run.has_device = true;
    hc_prepare_last_words();
    if (hc_run.layer && !dlopen(hc_run.layer, RTLD_LAZY | RTLD_NOLOAD))
        fprintf(stderr, "--explain: this OpenCL loader loads no layers, so no call is shown\n");
    hc_say("device     %s:%d:%d  %s (%s)\n", chosen->api, chosen->platform, chosen->index,
           chosen->name, chosen->detail);
    return HC_OK;
}
