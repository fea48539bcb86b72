// SPDX-License-Identifier: MIT
/* cusim's counts, by running this program once more: see hc_counts.h. */
#define _XOPEN_SOURCE 700
#include "hc_counts.h"

#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "hc_files.h"

enum { MOST_MORE = 16, MOST_LINE = 16384 };

/* The last line of a file as JSON, or NULL. */
static cJSON *last_line(const char *path) {
    char line[MOST_LINE];
    cJSON *json = NULL;
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        cJSON_Delete(json);
        json = cJSON_Parse(line);
    }
    if (file) fclose(file);
    return json;
}

/* The kernel's object, taken out of the run's; NULL if it is not there. */
static cJSON *of_kernel(cJSON *run, const char *kernel) {
    cJSON *each, *all = cJSON_GetObjectItemCaseSensitive(run, "kernels");
    cJSON_ArrayForEach(each, all) {
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(each, "name"));
        if (name && strcmp(name, kernel) == 0) return cJSON_DetachItemViaPointer(all, each);
    }
    return NULL;
}

double hc_counted(const cJSON *counts, const char *name) {
    return cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(counts, name));
}

int hc_count(const HcArgs *args, const char *const *more, const char *kernel, const char *path,
             cJSON **counts) {
    char self[PATH_MAX], file[PATH_MAX + 32], size[24], seed[24], limit[32], env[PATH_MAX];
    char words[256] = ""; /* more, for messages */
    *counts = NULL;
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0 || !hc_find_program("env", env, sizeof env))
        return hc_set_error(HC_ERROR, errno, NULL, NULL, "cannot run this program again to count");
    self[length] = '\0';
    snprintf(file, sizeof file, "CUSIM_STATS_FILE=%s", path);
    snprintf(size, sizeof size, "%zu", args->size[0]);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)args->seed);
    snprintf(limit, sizeof limit, "%g", args->timeout_s);
    const char *command[MOST_MORE + 18] = {"env",    "CUSIM_STATS=json", file, self,     "--device",
                                           "sim",    "--size",           size, "--seed", seed,
                                           "--quiet"};
    size_t n = 11, bytes;
    for (size_t i = 0; more[i] && i < MOST_MORE; i++) {
        size_t used = strlen(words);
        snprintf(words + used, sizeof words - used, " %s", more[i]);
        command[n++] = more[i];
    }
    if (args->kernel_dir) command[n++] = "--kernel-dir", command[n++] = args->kernel_dir;
    if (args->timeout_s > 0) command[n++] = "--timeout", command[n++] = limit;
    if (args->no_cache) command[n++] = "--no-cache";
    char *out, *err;
    int status = HC_OK, code = hc_run_program(env, command, "", &out, &bytes, &err);
    cJSON *run = code == 0 ? last_line(path) : NULL;
    *counts = of_kernel(run, kernel);
    if (!*counts)
        status = hc_set_error(code == HC_SKIP ? HC_SKIP : HC_ERROR, code, NULL,
                              "run it alone, with --device sim and these arguments",
                              "no counts of %s by%s (exit code %d): %.400s", kernel, words, code,
                              err ? err : strerror(errno));
    cJSON_Delete(run);
    free(out), free(err);
    return status;
}
