// SPDX-License-Identifier: MIT
/* Three experiments that show how a device is built: in which order memory is read (stride), how
 * many ways neighbours go (divergence), how often the host asks (tick). Each gives a table, a plot,
 * and a sentence that reads it. A GPU or a CPU by OpenCL, and a GPU by CUDA, are timed; cusim, the
 * software CUDA device, counts.
 *
 * Run:        ./cook run 2          or: ./cook run 2 --device sim, or --only stride=8 for a profiler
 * Shapes:     x, y: n whole numbers of 32 bits
 * Tolerance:  none: whole numbers
 */
#include "architecture.h"

#include <math.h>

#include "hc_cl.h"
#include "hc_cu.h"
#include "hc_plot.h"

static const Experiment *const experiments[] = {&stride, &divergence, &launch_cost};
enum { EXPERIMENTS = 3 };

static const char *only, *output = "gpu_architecture";
static const HcOption options[] = {
    HC_TEXT("only", &only, "NAME=POINT", "one launch and no table: stride=8, divergence=4/mixed"),
    HC_TEXT("output", &output, "DIR", "the folder for numbers and plots"), HC_OPTIONS_END};
static const HcApi *const apis[] = {&hc_cl_api, &hc_cu_api, &hc_sim_api, NULL};
static const HcRecipe recipe = {.name = "02_gpu_architecture",
                                .summary = "three experiments that show how a device is built",
                                .apis = apis,
                                .options = options,
                                .size = {1 << 24},
                                .rank = 1,
                                .repeat = 5,
                                .random = true};

/* Everything planned for one experiment, and what came of it. */
typedef struct Run {
    Launch launch[MOST_POINTS][MOST_CURVES];
    double ms[MOST_POINTS][MOST_CURVES];
    Counts counts[MOST_POINTS][MOST_CURVES];
    char name[MOST_POINTS][MOST_CURVES][32]; /* as in --only */
    bool wanted[MOST_POINTS][MOST_CURVES];
} Run;
