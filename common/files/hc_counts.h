// SPDX-License-Identifier: MIT
/* hc_counts.h - what cusim, the software CUDA device, counts. It shows its counts when a process
 * ends, one sum for each kernel, so what is to be counted is run by a process of its own: the same
 * program once more, told to launch one thing. A reader can do likewise with a profiler on a GPU.
 */
#ifndef HC_COUNTS_H
#define HC_COUNTS_H
#include <cjson/cJSON.h>

#include "hc.h"

/* hc_count - run this program once more on cusim, for one kernel, and read what was counted.
 *   more     arguments beside size, seed and the like, ended by NULL: what makes it launch one
 *            thing
 *   path     a file that gets one line of JSON for each run (CUSIM_STATS=json)
 *   *counts  the kernel's object of that line, to be freed by cJSON_Delete
 *   errors   HC_SKIP if that run was skipped; HC_ERROR and its words if it did not end well */
int hc_count(const HcArgs *args, const char *const *more, const char *kernel, const char *path,
             cJSON **counts);

/* hc_counted - one of the counts; NaN if there is none of that name. */
double hc_counted(const cJSON *counts, const char *name);

#endif
