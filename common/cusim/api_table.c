// SPDX-License-Identifier: MIT
/* api_table.c - looking up calls by name: cuGetProcAddress.
 *
 * A call keeps its name when its arguments change, and old programs must still run, so that a
 * driver has several forms of some calls: cuMemAlloc of before CUDA 3.2, cuMemAlloc_v2. A program
 * asks for "cuMemAlloc" as of the CUDA version that it was compiled for, and gets the newest form
 * of then. */
#include <string.h>

#include "api.h"

typedef void Function(void);
static const struct {
    const char *name;
    int since;
    Function *function;
} calls[] = {
#define HC_CU(name, suffix, since, parameters, arguments) {#name, since, (Function *)name##suffix},
#define HC_CU_OTHER HC_CU
#include <hc_cuda_api.def>
};

/* The newest form of a call that a program of that CUDA version can know; *known: there is one at
 * all. Forms for a default stream per thread are the ordinary ones: see README.md. */
static Function *find(const char *name, int version, bool *known) {
    Function *best = NULL;
    int newest = -1;
    *known = false;
    for (size_t i = 0; i < CUSIM_COUNT(calls); i++) {
        if (strcmp(calls[i].name, name) != 0) continue;
        *known = true;
        if (calls[i].since <= version && calls[i].since > newest) {
            newest = calls[i].since;
            best = calls[i].function;
        }
    }
    return best;
}

static CUresult look_up(const char *name, void **function, int version, cuuint64_t flags,
                        bool *known) {
    cuuint64_t good =
        CU_GET_PROC_ADDRESS_LEGACY_STREAM | CU_GET_PROC_ADDRESS_PER_THREAD_DEFAULT_STREAM;
    if (!name || !function || (flags & ~good) || flags == good) return CUDA_ERROR_INVALID_VALUE;
    if (version <= 0 || version > cusim_driver_version()) return CUDA_ERROR_INVALID_VALUE;
    Function *found = find(name, version, known);
    memcpy(function, &found, sizeof found);
    return CUDA_SUCCESS;
}

/* From 12.0 on, a name that is not there is told by result alone. */
CUSIM_EXPORT CUresult cuGetProcAddress_v2(const char *name, void **function, int version,
                                          cuuint64_t flags,
                                          CUdriverProcAddressQueryResult *result) {
    bool known;
    CUSIM_TRY(look_up(name, function, version, flags, &known));
    if (result)
        *result = *function ? CU_GET_PROC_ADDRESS_SUCCESS
                  : known   ? CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT
                            : CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuGetProcAddress(const char *name, void **function, int version,
                                       cuuint64_t flags) {
    bool known;
    CUSIM_TRY(look_up(name, function, version, flags, &known));
    return *function ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
}

CUSIM_EXPORT CUresult cuGetExportTable(const void **table, const CUuuid *id) {
    if (!table || !id) return CUDA_ERROR_INVALID_VALUE;
    *table = NULL;
    return CUDA_ERROR_NOT_FOUND; /* undocumented tables: none is here */
}

/* Profilers attach to hardware; here observers count, whether started or not. */
CUSIM_EXPORT CUresult cuProfilerStart(void) { return cusim_ready(); }
CUSIM_EXPORT CUresult cuProfilerStop(void) { return cusim_ready(); }

/* By this symbol a loader knows that it has found this library, and no driver of a GPU. */
CUSIM_EXPORT const char *cusim_version(void);
CUSIM_EXPORT const char *cusim_version(void) { return "cusim 1"; }
