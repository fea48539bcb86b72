// SPDX-License-Identifier: MIT
/* z = t / (1 + t*t) with t = a*x + y: right, and slower than it need be. Change this file. */
#include "run.h"

int smooth(EwDevice *device, float a, const EwArray *x, const EwArray *y, EwArray *z) {
    EwKernel *scale, *add, *square, *divide;
    EwArray t, u;
    CHECK_HC(ew_array(device, EW_F32, x->n, NULL, &t));
    CHECK_HC(ew_array(device, EW_F32, x->n, NULL, &u));
    CHECK_HC(ew_map(device, "scale", "float a, const float *x, float *t", "t[i] = a*x[i]", &exact,
                    &scale));
    CHECK_HC(ew_map(device, "add", "const float *y, float *t", "t[i] += y[i]", &exact, &add));
    CHECK_HC(ew_map(device, "square", "const float *t, float *u", "u[i] = 1.0f + t[i]*t[i]", &exact,
                    &square));
    CHECK_HC(ew_map(device, "divide", "const float *t, const float *u, float *z",
                    "z[i] = t[i] / u[i]", &exact, &divide));
    CHECK_HC(ew_run(scale, EW_ALL, EW_VALUES(EW_FLOAT(a), EW_OF(*x), EW_OF(t))));
    CHECK_HC(ew_run(add, EW_ALL, EW_VALUES(EW_OF(*y), EW_OF(t))));
    CHECK_HC(ew_run(square, EW_ALL, EW_VALUES(EW_OF(t), EW_OF(u))));
    CHECK_HC(ew_run(divide, EW_ALL, EW_VALUES(EW_OF(t), EW_OF(u), EW_OF(*z))));
    ew_free(divide), ew_free(square), ew_free(add), ew_free(scale);
    ew_array_free(&u), ew_array_free(&t);
    return HC_OK;
}
