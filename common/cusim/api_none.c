// SPDX-License-Identifier: MIT
/* api_none.c - the calls that nobody has written.
 *
 * Every entry of hc_cuda_api.def becomes a weak function here that answers NOT_SUPPORTED, with the
 * call's own arguments. Where another file defines the call, the linker takes that one instead. So
 * none can be forgotten: a program that imports all calls, as PyCUDA does, can be loaded, and fails
 * only if it makes one that is missing. */
#include "api.h"

CUresult cusim_not_supported(const char *name, _Atomic int *told) {
    CUSIM_TRY(cusim_ready());
    if (!atomic_exchange(told, 1))
        cusim_report("%s is not supported by this software device", name);
    return CUDA_ERROR_NOT_SUPPORTED;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define HC_CU(name, suffix, since, parameters, arguments)                                          \
    __attribute__((weak)) CUSIM_EXPORT CUresult name##suffix parameters {                          \
        static _Atomic int told;                                                                   \
        return cusim_not_supported(#name #suffix, &told);                                          \
    }
#define HC_CU_OTHER HC_CU
#include <hc_cuda_api.def>
#pragma GCC diagnostic pop
