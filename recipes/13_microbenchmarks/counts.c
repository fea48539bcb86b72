// SPDX-License-Identifier: MIT
/* What cusim counts, launch by launch: each is run by a process of its own, this program again,
 * told by --only to launch one thing. All counts stay in FOLDER/counts.json, one line for each run.
 */
#include "bench.h"
#include "hc_counts.h"
#include "hc_plot.h"

int count_launch(const HcArgs *args, const char *only, const char *kernel, const char *folder,
                 Counts *counts) {
    char path[4096];
    cJSON *found;
    if (snprintf(path, sizeof path, "%s/counts.json", folder) >= (int)sizeof path)
        return hc_set_error(HC_ERROR, 0, NULL, NULL, "%s: the path is too long", folder);
    int status = hc_make_folder(folder);
    if (status != HC_OK) return status;
    status = hc_count(args, (const char *const[]){"--only", only, NULL}, kernel, path, &found);
    if (status != HC_OK) return status;
    *counts = (Counts){.launches = hc_counted(found, "launches"),
                       .warps = hc_counted(found, "warps"),
                       .warp_instructions = hc_counted(found, "warp_instructions"),
                       .load_requests = hc_counted(found, "global_load_requests"),
                       .load_sectors = hc_counted(found, "global_load_sectors"),
                       .store_sectors = hc_counted(found, "global_store_sectors"),
                       .bytes_read = hc_counted(found, "global_bytes_read"),
                       .shared_loads = hc_counted(found, "shared_load_requests"),
                       .shared_wavefronts = hc_counted(found, "shared_load_wavefronts"),
                       .load_conflicts = hc_counted(found, "shared_load_conflicts"),
                       .store_conflicts = hc_counted(found, "shared_store_conflicts")};
    cJSON_Delete(found);
    return HC_OK;
}
