// SPDX-License-Identifier: MIT
/* What cusim counts. It shows its counts when a process ends, one sum for each kernel, so each
 * launch is a process of its own: this program again, told by --only to launch one thing. A reader
 * can do the same with a profiler on a GPU. All counts stay in FOLDER/counts.json, one line for
 * each run.
 */
#define _XOPEN_SOURCE 700
#include <cjson/cJSON.h>
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "bench.h"
#include "hc_files.h"
#include "hc_plot.h"

/* The last line of a file as JSON, or NULL. */
static cJSON *last_line(const char *path) {
    char line[16384];
    cJSON *json = NULL;
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        cJSON_Delete(json);
        json = cJSON_Parse(line);
    }
    if (file) fclose(file);
    return json;
}

static double number(const cJSON *object, const char *key) {
    return cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(object, key)); /* NaN: not there */
}

int count_launch(const HcArgs *args, const char *only, const char *kernel, const char *folder,
                 Counts *counts) {
    char self[PATH_MAX], file[PATH_MAX + 32], size[24], seed[24], limit[32], env[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0 || !hc_find_program("env", env, sizeof env))
        return hc_set_error(HC_ERROR, errno, NULL, NULL, "cannot run this program again to count");
    int status = hc_make_folder(folder);
    if (status != HC_OK) return status;
    self[length] = '\0';
    snprintf(file, sizeof file, "CUSIM_STATS_FILE=%s/counts.json", folder);
    snprintf(size, sizeof size, "%zu", args->size[0]);
    snprintf(limit, sizeof limit, "%g", args->timeout_s);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)args->seed);
    const char *command[24] = {"env", "CUSIM_STATS=json", file, self,     "--size", size, "--seed",
                               seed,  "--only",           only, "--quiet"};
    size_t n = 11;
    if (args->device) command[n++] = "--device", command[n++] = args->device;
    if (args->kernel_dir) command[n++] = "--kernel-dir", command[n++] = args->kernel_dir;
    if (args->timeout_s > 0) command[n++] = "--timeout", command[n++] = limit;
    if (args->no_cache) command[n++] = "--no-cache";
    char *out, *err;
    size_t bytes;
    int code = hc_run_program(env, command, "", &out, &bytes, &err);
    cJSON *root = code == 0 ? last_line(strchr(file, '=') + 1) : NULL;
    const cJSON *each, *found = NULL;
    cJSON_ArrayForEach(each, cJSON_GetObjectItemCaseSensitive(root, "kernels")) {
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(each, "name"));
        if (name && strcmp(name, kernel) == 0) found = each;
    }
    if (found)
        *counts = (Counts){.launches = number(found, "launches"),
                           .warps = number(found, "warps"),
                           .warp_instructions = number(found, "warp_instructions"),
                           .load_requests = number(found, "global_load_requests"),
                           .load_sectors = number(found, "global_load_sectors"),
                           .store_sectors = number(found, "global_store_sectors"),
                           .bytes_read = number(found, "global_bytes_read"),
                           .shared_loads = number(found, "shared_load_requests"),
                           .shared_wavefronts = number(found, "shared_load_wavefronts"),
                           .load_conflicts = number(found, "shared_load_conflicts"),
                           .store_conflicts = number(found, "shared_store_conflicts")};
    else
        status = hc_set_error(HC_ERROR, code, NULL, "run it alone with --device sim --only ...",
                              "no counts of --only %s (exit code %d): %.400s", only, code,
                              err ? err : strerror(errno));
    cJSON_Delete(root);
    free(out), free(err);
    return status;
}
