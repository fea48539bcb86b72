// SPDX-License-Identifier: MIT
/* Which APIs this program was built with, and what carries out work in each of them. */
#include "bench.h"
#ifndef HC_NO_OPENCL
#include "hc_cl.h"
#endif
#ifndef HC_NO_CUDA
#include "hc_cu.h"
#endif

const HcApi *const device_apis[] = {
#ifndef HC_NO_OPENCL
    &hc_cl_api,
#endif
#ifndef HC_NO_CUDA
    &hc_cu_api, &hc_sim_api,
#endif
    NULL};

const Backend *backend_for(const HcDevice *chosen) {
#ifndef HC_NO_OPENCL
    if (strcmp(chosen->api, "opencl") == 0) return &opencl_backend;
#endif
#ifndef HC_NO_CUDA
    if (strcmp(chosen->api, "opencl") != 0) return &cuda_backend; /* "cuda" or "sim" */
#endif
    return NULL; /* not reached: only devices of device_apis are chosen */
}
