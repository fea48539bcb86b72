// SPDX-License-Identifier: MIT
/* hc_cu.h - the CUDA part of the helper library: which CUDA device, CUDA's error codes in words,
 * and kernels from CUDA C to what a driver loads.
 *
 * A recipe includes this and calls the driver itself: cuInit, cuMemAlloc, cuLaunchKernel. These
 * names are the genuine ones. Here they are forwarders (driver.c) to one driver that is found when
 * the program runs: a GPU's, or cusim's, the software CUDA device. Built with -DHC_CUDA=link, they
 * are the linked driver's own.
 */
#ifndef HC_CU_H
#define HC_CU_H
#include <cuda.h>
#include <nvrtc.h>

#include "hc.h"

/* The CUDA devices of this machine, for a recipe's table of APIs, in this order: those of the real
 * driver ("cuda", --device cuda:N), and the software device ("sim"). A process has one driver,
 * fixed when one of its devices is chosen, or at the first call. The chosen device's index is what
 * cuDeviceGet takes. */
extern const HcApi hc_cu_api, hc_sim_api;

/* CHECK_CU(cuInit(0)); - end the program unless the call returns CUDA_SUCCESS; CHECK_NVRTC: the
 * same for NVRTC's calls. */
#define CHECK_CU(call)                                                                             \
    do {                                                                                           \
        CUresult hc_cu_code_ = (call);                                                             \
        if (hc_cu_code_ != CUDA_SUCCESS)                                                           \
            exit(hc_fail(hc_cu_set_error(hc_cu_code_), __FILE__, __LINE__, #call));                \
    } while (0)
#define CHECK_NVRTC(call)                                                                          \
    do {                                                                                           \
        nvrtcResult hc_nvrtc_code_ = (call);                                                       \
        if (hc_nvrtc_code_ != NVRTC_SUCCESS)                                                       \
            exit(hc_fail(hc_nvrtc_set_error(hc_nvrtc_code_), __FILE__, __LINE__, #call));          \
    } while (0)

/* hc_cu_set_error - make code the last error, with name, meaning and hint from cu_errors.def;
 * hc_nvrtc_set_error: from nvrtc_errors.def.
 *   returns  the exit code: HC_BUILD for PTX that is refused or a missing kernel, HC_SKIP for no
 *            driver or device, else HC_ERROR */
int hc_cu_set_error(CUresult code);
int hc_nvrtc_set_error(nvrtcResult code);
const char *hc_cu_error_name(CUresult code); /* "CUDA_ERROR_..." or "unknown CUDA error" */

/* hc_cu_check_alloc - has the current context's device room for count arrays of n elements of size
 * bytes each?
 *   errors  HC_ERROR with what was asked for, what is free, and what there is in all */
int hc_cu_check_alloc(size_t n, size_t size, size_t count);

/* hc_cu_compile - CUDA C to an image that the device's driver loads: PTX text, or a cubin where the
 * driver is too old for the compiler's PTX. The first of these that is there: NVRTC, clang's NVPTX
 * back end with hc_cuda_device.h, PTX kept in kernels/ptx/ for an unchanged kernel. The result is
 * kept in the cache (--no-cache: not); time and compiler go into the report.
 *   source   the program's text; file is its name, for messages and for kernels/ptx/
 *   options  as NVRTC has them, split by spaces: -DN=4 --fmad=false -lineinfo; NULL: none. A type
 *            is not one of them: put "typedef float T;" in front of the source.
 *   *image   for cuModuleLoadData or hc_cu_load; to be freed
 *   errors   HC_BUILD with compiler, options, the whole log and the source lines that it names;
 *            HC_SKIP if nothing here can compile it, with what to install */
int hc_cu_compile(const char *source, const char *file, const char *options, CUdevice device,
                  char **image);

/* hc_cu_load - cuModuleLoadDataEx for the current context, with the driver's log if it refuses.
 *   errors  HC_BUILD with that log; for PTX that is newer than the driver, both versions */
int hc_cu_load(const char *image, CUmodule *module);

/* hc_cu_kernel - cuModuleGetFunction.
 *   errors  HC_BUILD with the names of the kernels that the image does have */
int hc_cu_kernel(CUmodule module, const char *image, const char *name, CUfunction *kernel);

/* hc_cu_event_ms - milliseconds between two events that have happened; NaN if they cannot tell. */
double hc_cu_event_ms(CUevent start, CUevent end);

#endif
