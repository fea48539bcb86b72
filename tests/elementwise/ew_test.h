// SPDX-License-Identifier: MIT
/* ew_test.h - what the tests of recipe 9's engine share: the device that the first argument names
 * ("opencl", "sim" or "host"; "strides": OpenCL with the kernels for GPUs), calls that must work,
 * and a count of what did not.
 */
#ifndef EW_TEST_H
#define EW_TEST_H
#include "../../recipes/09_elementwise/engine/internal.h"
#ifndef HC_NO_OPENCL
#include "hc_cl.h"
#endif
#ifndef HC_NO_CUDA
#include "hc_cu.h"
#endif

static int failures;

#define FAIL(...)                                                                                  \
    (failures++, printf("%s:%d: ", __FILE__, __LINE__), printf(__VA_ARGS__), printf("\n"))
#define EXPECT(condition, ...) ((condition) ? (void)0 : (void)FAIL(__VA_ARGS__))

/* MUST(call) - it returns HC_OK, or the test ends with the error in full. */
#define MUST(call)                                                                                 \
    do {                                                                                           \
        int must_ = (call);                                                                        \
        if (must_ == HC_OK) break;                                                                 \
        const HcError *e_ = hc_last_error();                                                       \
        printf("%s:%d: %s: %d %s\n%s\n", __FILE__, __LINE__, #call, must_, e_->message,            \
               e_->detail ? e_->detail : "");                                                      \
        exit(must_ == HC_SKIP ? 77 : 1);                                                           \
    } while (0)

/* A part of the last error's message, or of what stands below it. */
static inline bool error_has(const char *part) {
    const HcError *e = hc_last_error();
    return strstr(e->message, part) || (e->detail && strstr(e->detail, part));
}

static inline EwDevice *open_device(const char *word) {
    static const HcApi *const apis[] = {
#ifndef HC_NO_OPENCL
        &hc_cl_api,
#endif
#ifndef HC_NO_CUDA
        &hc_cu_api, &hc_sim_api,
#endif
        &hc_host_api, NULL};
    HcDevice chosen;
    EwDevice *device;
    setvbuf(stdout, NULL, _IOLBF, 0);
    bool host = strcmp(word, "host") == 0;
    bool strides = strcmp(word, "strides") == 0;
    if (!host) MUST(hc_select_device(apis, strides ? "opencl" : word, &chosen));
    MUST(ew_open(host ? NULL : &chosen, &device));
    if (strides) device->shape = EW_STRIDES;
    printf("%s\n", ew_device_name(device));
    return device;
}

#endif
