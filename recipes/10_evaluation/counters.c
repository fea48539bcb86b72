// SPDX-License-Identifier: MIT
/* What a GPU would have to do, counted by cusim. Its times are those of a simulator and are not
 * shown; its counts are the same on every machine, for the same compiler. Each kernel is counted by
 * this program, run once more for it alone, as a reader would do with a profiler: cusim writes its
 * counts when a process ends. They stay in FOLDER/counts.json, one line for each run.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "evaluation.h"
#include "hc_counts.h"
#include "hc_plot.h"

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
            const char *only = form == TUNED ? "CUDA tuned" : "CUDA plain";
            const char *const more[] = {"--problem", p->name, "--only", only, "--sizes", "1", NULL};
            cJSON *c = NULL;
            if (!p->cu[form].file) continue;
            status = hc_count(args, more, p->cu[form].entry, path, &c);
            if (status == HC_OK) {
                double sectors = hc_counted(c, "global_load_sectors") +
                                 hc_counted(c, "global_store_sectors"),
                       bytes = hc_counted(c, "global_bytes_read") +
                               hc_counted(c, "global_bytes_written"),
                       waves = hc_counted(c, "shared_load_wavefronts") +
                               hc_counted(c, "shared_store_wavefronts"),
                       conflicts = hc_counted(c, "shared_load_conflicts") +
                                   hc_counted(c, "shared_store_conflicts");
                hc_table_row(table, "%s|%s|%.0f|%.0f|%.0f %%|%.0f|%.0f|%.1f", p->name,
                             p->cu[form].file, hc_counted(c, "warp_instructions"), sectors,
                             sectors > 0 ? 100 * bytes / (32 * sectors) : 100, waves, conflicts,
                             hc_counted(c, "mean_active_lanes"));
                cJSON_AddStringToObject(c, "problem", p->name);
                cJSON_AddStringToObject(c, "file", p->cu[form].file);
                cJSON_AddItemToArray(rows, c);
            }
        }
    if (status == HC_OK) {
        hc_say("\nWhat a GPU would carry out, counted by cusim; times only on a real one\n");
        if (!args->json && !args->quiet) hc_table_print(table, stdout, 2);
    }
    hc_table_free(table);
    return status;
}
