// SPDX-License-Identifier: MIT
/* z = t / (1 + t*t) with t = a*x + y, in two kernels. */
#include "run.h"

int smooth(EwDevice *device, float a, const EwArray *x, const EwArray *y, EwArray *z) {
    EwKernel *line, *rest;
    EwArray t;
    CHECK_HC(ew_array(device, EW_F32, x->n, NULL, &t));
    CHECK_HC(ew_map(device, "line", "float a, const float *x, const float *y, float *t",
                    "t[i] = a*x[i] + y[i]", &exact, &line));
    CHECK_HC(ew_map(device, "rest", "const float *t, float *z", "z[i] = t[i] / (1.0f + t[i]*t[i])",
                    &exact, &rest));
    CHECK_HC(ew_run(line, EW_ALL, EW_VALUES(EW_FLOAT(a), EW_OF(*x), EW_OF(*y), EW_OF(t))));
    CHECK_HC(ew_run(rest, EW_ALL, EW_VALUES(EW_OF(t), EW_OF(*z))));
    ew_free(rest), ew_free(line);
    ew_array_free(&t);
    return HC_OK;
}
