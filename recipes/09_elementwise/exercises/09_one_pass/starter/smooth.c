// SPDX-License-Identifier: MIT
/* z = t / (1 + t*t) with t = a*x + y: right, and slower than it need be. Change this file. */
#include "run.h"

int smooth(EwDevice *device, float a, const EwArray *x, const EwArray *y, EwArray *z) {
    EwKernel *scale, *add, *square, *divide;
    EwArray t, u, v;
    CHECK_HC(ew_array(device, EW_F32, x->n, NULL, &t));
    CHECK_HC(ew_array(device, EW_F32, x->n, NULL, &u));
    CHECK_HC(ew_array(device, EW_F32, x->n, NULL, &v));
    CHECK_HC(ew_map(device, "scale", "float a, const float *x, float *t", "t[i] = a*x[i]", &exact,
                    &scale));
    CHECK_HC(ew_map(device, "add", "const float *t, const float *y, float *u", "u[i] = t[i] + y[i]",
                    &exact, &add));
    CHECK_HC(ew_map(device, "square", "const float *u, float *v", "v[i] = 1.0f + u[i]*u[i]", &exact,
                    &square));
    CHECK_HC(ew_map(device, "divide", "const float *u, const float *v, float *z",
                    "z[i] = u[i] / v[i]", &exact, &divide));
    CHECK_HC(ew_run(scale, EW_ALL, EW_VALUES(EW_FLOAT(a), EW_OF(*x), EW_OF(t))));
    CHECK_HC(ew_run(add, EW_ALL, EW_VALUES(EW_OF(t), EW_OF(*y), EW_OF(u))));
    CHECK_HC(ew_run(square, EW_ALL, EW_VALUES(EW_OF(u), EW_OF(v))));
    CHECK_HC(ew_run(divide, EW_ALL, EW_VALUES(EW_OF(u), EW_OF(v), EW_OF(*z))));
    ew_free(divide), ew_free(square), ew_free(add), ew_free(scale);
    ew_array_free(&v), ew_array_free(&u), ew_array_free(&t);
    return HC_OK;
}
