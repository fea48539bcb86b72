// SPDX-License-Identifier: MIT
/* Which APIs this program was built with, which devices take part, and what runs kernels on
 * them. */
#include "evaluation.h"
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

/* The chosen one; all: every OpenCL device and every real CUDA device besides. cusim is none of
 * those: its times would be a simulator's. */
int find_devices(bool all, HcDevice *device, size_t *count) {
    int status = hc_choose_device(&device[0]);
    *count = status == HC_OK;
    for (size_t a = 0; status == HC_OK && all && device_apis[a]; a++) {
        HcDevice found[MOST_DEVICES];
        const HcApi *api = device_apis[a];
        size_t n = 0;
        if (strcmp(api->name, "sim") == 0 || strcmp(device[0].api, "sim") == 0) continue;
        int there = api->list(found, MOST_DEVICES, &n);
        if (there == HC_OK && n > 0 && api->use) there = api->use();
        if (there != HC_OK && there != HC_SKIP) /* broken, not merely absent */
            fprintf(stderr, "%s left out: %s\n", api->name, hc_last_error()->message);
        if (there != HC_OK || n == 0) continue;
        for (size_t i = 0; i < n && i < MOST_DEVICES && *count < MOST_DEVICES; i++) {
            const HcDevice *d = &found[i], *first = &device[0];
            bool same = strcmp(d->api, first->api) == 0 && d->platform == first->platform &&
                        d->index == first->index;
            if (!same) device[(*count)++] = *d;
        }
    }
    return status;
}

const Backend *backend_for(const HcDevice *device) {
#ifndef HC_NO_OPENCL
    if (strcmp(device->api, "opencl") == 0) return &opencl_backend;
#endif
#ifndef HC_NO_CUDA
    if (strcmp(device->api, "opencl") != 0) return &cuda_backend; /* "cuda" or "sim" */
#endif
    return NULL; /* not reached: only devices of device_apis are chosen */
}
