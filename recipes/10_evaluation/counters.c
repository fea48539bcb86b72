// SPDX-License-Identifier: MIT
/* What a GPU would have to do, counted by cusim. Its times are those of a simulator and are not
 * shown; its counts are the same on every machine. Each kernel is counted by this program, run once
 * more for it alone, as a reader would do with a profiler: cusim writes its counts when a process
 * ends. They stay in FOLDER/counts.json, one line for each run.
 */
#define _XOPEN_SOURCE 700
#include <cjson/cJSON.h>
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "evaluation.h"
#include "hc_files.h"
#include "hc_plot.h"

enum { MOST_LINE = 16384 };

/* The counts of a kernel in the last line of a file, to be freed; NULL if they are not there. */
static cJSON *counts_of(const char *path, const char *kernel, const cJSON **found) {
    char line[MOST_LINE];
    cJSON *json = NULL;
    const cJSON *each;
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        cJSON_Delete(json);
        json = cJSON_Parse(line);
    }
    if (file) fclose(file);
    *found = NULL;
    cJSON_ArrayForEach(each, cJSON_GetObjectItemCaseSensitive(json, "kernels")) {
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(each, "name"));
        if (name && strcmp(name, kernel) == 0) *found = each;
    }
    return json;
}

/* Run this program again for one kernel. */
static int count(const Problem *p, Form form, const HcArgs *args, const char *path, cJSON **json,
                 const cJSON **found) {
    char self[PATH_MAX], file[PATH_MAX + 32], size[24], seed[24], limit[32], env[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length < 0 || !hc_find_program("env", env, sizeof env))
        return hc_set_error(HC_ERROR, errno, NULL, NULL, "cannot run this program again to count");
    self[length] = '\0';
    snprintf(file, sizeof file, "CUSIM_STATS_FILE=%s", path);
    snprintf(size, sizeof size, "%zu", args->size[0]);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)args->seed);
    snprintf(limit, sizeof limit, "%g", args->timeout_s);
    const char *only = form == TUNED ? "CUDA tuned" : "CUDA plain";
    const char *command[24] = {
        "env",     "CUSIM_STATS=json", file, self,      "--problem", p->name,  "--only",
        only,      "--size",           size, "--sizes", "1",         "--seed", seed,
        "--quiet", "--device",         "sim"};
    size_t n = 17, bytes;
    if (args->kernel_dir) command[n++] = "--kernel-dir", command[n++] = args->kernel_dir;
    if (args->timeout_s > 0) command[n++] = "--timeout", command[n++] = limit;
    if (args->no_cache) command[n++] = "--no-cache";
    char *out, *err;
    int status = HC_OK, code = hc_run_program(env, command, "", &out, &bytes, &err);
    *json = code == 0 ? counts_of(path, p->cu[form].entry, found) : NULL;
    if (code == HC_SKIP) status = HC_SKIP;
    else if (!*json || !*found)
        status =
            hc_set_error(HC_ERROR, code, NULL, "run it alone: --device sim --problem ... --only",
                         "no counts of %s by %s (exit code %d): %.400s", p->name, only, code,
                         err ? err : strerror(errno));
    free(out), free(err);
    return status;
}

static double number(const cJSON *object, const char *key) {
    return cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(object, key));
}

int count_on_cusim(const Problem *const *problems, size_t problem_count, const HcArgs *args,
                   const char *folder) {
    char path[PATH_MAX];
    int status = hc_make_folder(folder);
    if (status != HC_OK) return status;
    if (snprintf(path, sizeof path, "%s/counts.json", folder) >= (int)sizeof path)
        return hc_set_error(HC_ERROR, ENAMETOOLONG, NULL, NULL, "%s: the path is too long", folder);
    unlink(path);
    cJSON *rows = cJSON_AddArrayToObject(hc_results(), "counts");
    HcTable *table = hc_table_new("problem|kernel|>warp instructions|>global sectors|>bytes used|"
                                  ">shared wavefronts|>bank conflicts|>lanes at work");
    for (size_t i = 0; i < problem_count && status == HC_OK; i++)
        for (Form form = PLAIN; form < FORMS && status == HC_OK; form++) {
            const Problem *p = problems[i];
            const cJSON *c = NULL;
            cJSON *json = NULL;
            if (!p->cu[form].file) continue;
            status = count(p, form, args, path, &json, &c);
            if (status == HC_OK) {
                double sectors =
                           number(c, "global_load_sectors") + number(c, "global_store_sectors"),
                       bytes = number(c, "global_bytes_read") + number(c, "global_bytes_written"),
                       waves = number(c, "shared_load_wavefronts") +
                               number(c, "shared_store_wavefronts"),
                       conflicts =
                           number(c, "shared_load_conflicts") + number(c, "shared_store_conflicts");
                hc_table_row(table, "%s|%s|%.0f|%.0f|%.0f %%|%.0f|%.0f|%.1f", p->name,
                             p->cu[form].file, number(c, "warp_instructions"), sectors,
                             sectors > 0 ? 100 * bytes / (32 * sectors) : 100, waves, conflicts,
                             number(c, "mean_active_lanes"));
                cJSON *row = cJSON_Duplicate(c, true);
                cJSON_AddStringToObject(row, "problem", p->name);
                cJSON_AddStringToObject(row, "file", p->cu[form].file);
                cJSON_AddItemToArray(rows, row);
            }
            cJSON_Delete(json);
        }
    if (status == HC_OK) {
        hc_say("\nWhat a GPU would carry out, counted by cusim; times only on a real one\n");
        if (!args->json && !args->quiet) hc_table_print(table, stdout, 2);
    }
    hc_table_free(table);
    return status;
}
