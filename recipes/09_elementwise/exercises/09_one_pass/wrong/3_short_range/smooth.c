// SPDX-License-Identifier: MIT
/* z = t / (1 + t*t) with t = a*x + y, in one kernel: t is a variable of the statement. */
#include "run.h"

int smooth(EwDevice *device, float a, const EwArray *x, const EwArray *y, EwArray *z) {
    EwKernel *smooth;
    CHECK_HC(ew_map(device, "smooth", "float a, const float *x, const float *y, float *z",
                    "float t = a*x[i] + y[i]; z[i] = t / (1.0f + t*t)", &exact, &smooth));
    CHECK_HC(ew_run(smooth, (EwRange){0, x->n < 65536 ? x->n : 65536, 1},
                    EW_VALUES(EW_FLOAT(a), EW_OF(*x), EW_OF(*y), EW_OF(*z))));
    ew_free(smooth);
    return HC_OK;
}
