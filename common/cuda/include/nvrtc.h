// SPDX-License-Identifier: MIT
/* nvrtc.h - the compiler for CUDA C as a library: kernel source in, PTX text out, while the
 * program runs. It needs no GPU and no driver.
 *
 * A program is made from source, compiled with options as on a command line, asked for its PTX (or
 * for a cubin, the code of one architecture), and destroyed. Every call returns an nvrtcResult;
 * sizes are bytes and include the final 0 of a text.
 *
 * As in cuda.h, names, values and types are those of NVIDIA's reference for CUDA 12, compared with
 * the toolkit's header by tests/cuda; the words are ours. The calls stand in hc_nvrtc_api.def,
 * each with a line that says what it does. */
#ifndef HC_NVRTC_H
#define HC_NVRTC_H
#define __NVRTC_H__ /* the toolkit's guard */

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    NVRTC_SUCCESS = 0,
    NVRTC_ERROR_OUT_OF_MEMORY = 1,
    NVRTC_ERROR_PROGRAM_CREATION_FAILURE = 2,
    NVRTC_ERROR_INVALID_INPUT = 3,
    NVRTC_ERROR_INVALID_PROGRAM = 4,
    NVRTC_ERROR_INVALID_OPTION = 5,
    NVRTC_ERROR_COMPILATION = 6,               /* an error in the kernel: read the log */
    NVRTC_ERROR_BUILTIN_OPERATION_FAILURE = 7, /* most often: libnvrtc-builtins was not found */
    NVRTC_ERROR_NO_NAME_EXPRESSIONS_AFTER_COMPILATION = 8,
    NVRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION = 9,
    NVRTC_ERROR_NAME_EXPRESSION_NOT_VALID = 10,
    NVRTC_ERROR_INTERNAL_ERROR = 11,
    /* Since 12.1 and later: */
    NVRTC_ERROR_TIME_FILE_WRITE_FAILED = 12,
    NVRTC_ERROR_NO_PCH_CREATE_ATTEMPTED = 13,
    NVRTC_ERROR_PCH_CREATE_HEAP_EXHAUSTED = 14,
    NVRTC_ERROR_PCH_CREATE = 15,
    NVRTC_ERROR_CANCELLED = 16,
    NVRTC_ERROR_TIME_TRACE_FILE_WRITE_FAILED = 17
} nvrtcResult;

typedef struct _nvrtcProgram *nvrtcProgram;

#define HC_NVRTC(name, parameters, arguments) nvrtcResult name parameters;
#include "hc_nvrtc_api.def"

/* The name of a code, as "NVRTC_ERROR_COMPILATION"; never NULL, never freed. */
const char *nvrtcGetErrorString(nvrtcResult result);

#ifdef __cplusplus
}
#endif
#endif
