// SPDX-License-Identifier: MIT
/* contract.h - what rows may use. Only cuda.h is known of the driver. */
#ifndef CONTRACT_H
#define CONTRACT_H

#include <cuda.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* What a row wants to find: nothing at all, cuInit done, or all that Given has. */
typedef enum { NOTHING, STARTED, READY } Setup;

typedef struct {
    CUdevice device;
    CUcontext context; /* the primary one, current */
    CUmodule module;
    CUfunction nothing, one, few, store, wait, trapped; /* one: a parameter; few: .maxntid 64 */
    CUdeviceptr x;                                      /* as large as host */
    CUstream stream;                                    /* non-blocking */
    CUevent event;                                      /* not recorded */
    char host[4096];
} Given;
extern Given given;

CUresult fail_kernel(void); /* 700 if all is well */
_Atomic uint32_t *keep_busy(CUstream stream);
CUresult launch(CUfunction f, unsigned grid, unsigned block, unsigned shared);

/* Go on only if this succeeds; a row that cannot is answered UNKNOWN, which no row expects. */
#define MUST(call)                                                                                 \
    do {                                                                                           \
        if ((call) != CUDA_SUCCESS) return CUDA_ERROR_UNKNOWN;                                     \
    } while (0)
/* A handle that no driver has given out. */
#define INVENTED(type) ((type)(uintptr_t)0x5151515150u)
#endif
