// SPDX-License-Identifier: MIT
/* nvrtc.h - the compiler for CUDA C as a library: kernel source in, PTX text out, while the program
 * runs. It needs no GPU and no driver.
 *
 * A program is made from source, compiled with options as on a command line, asked for its PTX (or
 * for a cubin, the code of one architecture), and destroyed. Every call returns an nvrtcResult;
 * sizes are bytes and include the final 0 of a text.
 *
 * As in cuda.h, names, values and types are those of NVIDIA's reference for CUDA 12, compared with
 * the toolkit's header by tests/cuda; the words are ours. One table below makes the prototypes here
 * and the forwarders of the loader. */
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

/* The calls: HC_NVRTC(name, (parameters), (arguments)); all of them return nvrtcResult. */
#define HC_NVRTC_CALLS                                                                               \
    /* The version of the compiler, as 12 and 0. */                                                  \
    HC_NVRTC(nvrtcVersion, (int *major, int *minor), (major, minor))                                 \
    /* How many architectures it compiles for, and which: 75 is compute_75. */                       \
    HC_NVRTC(nvrtcGetNumSupportedArchs, (int *n), (n))                                               \
    HC_NVRTC(nvrtcGetSupportedArchs, (int *archs), (archs))                                          \
    /* Make a program from source text. name is for messages, and may be NULL; so may headers and  \
     * header_names, n_headers texts that the source includes by these names. */ \
    HC_NVRTC(nvrtcCreateProgram,                                                                     \
             (nvrtcProgram * program, const char *source, const char *name, int n_headers,           \
              const char *const *headers, const char *const *header_names),                          \
             (program, source, name, n_headers, headers, header_names))                              \
    /* Free it and set the handle to NULL. */                                                        \
    HC_NVRTC(nvrtcDestroyProgram, (nvrtcProgram * program), (program))                               \
    /* Compile, as with "--gpu-architecture=compute_75". The log has errors and warnings. */         \
    HC_NVRTC(nvrtcCompileProgram,                                                                    \
             (nvrtcProgram program, int n_options, const char *const *options),                      \
             (program, n_options, options))                                                          \
    HC_NVRTC(nvrtcGetProgramLogSize, (nvrtcProgram program, size_t * bytes), (program, bytes))       \
    HC_NVRTC(nvrtcGetProgramLog, (nvrtcProgram program, char *log), (program, log))                  \
    /* PTX text, which the driver compiles for the device it finds. */                               \
    HC_NVRTC(nvrtcGetPTXSize, (nvrtcProgram program, size_t * bytes), (program, bytes))              \
    HC_NVRTC(nvrtcGetPTX, (nvrtcProgram program, char *ptx), (program, ptx))                         \
    /* A cubin, for one real architecture (sm_75); 0 bytes after compiling for compute_75. */        \
    HC_NVRTC(nvrtcGetCUBINSize, (nvrtcProgram program, size_t * bytes), (program, bytes))            \
    HC_NVRTC(nvrtcGetCUBIN, (nvrtcProgram program, char *cubin), (program, cubin))                   \
    /* Names in C++: before compiling, say which template or function ("twice<float>") will be     \
     * wanted; afterwards ask what it is called in the PTX. */ \
    HC_NVRTC(nvrtcAddNameExpression, (nvrtcProgram program, const char *expression),                 \
             (program, expression))                                                                  \
    HC_NVRTC(nvrtcGetLoweredName,                                                                    \
             (nvrtcProgram program, const char *expression, const char **lowered),                   \
             (program, expression, lowered))

#define HC_NVRTC(name, parameters, arguments) nvrtcResult name parameters;
HC_NVRTC_CALLS
#undef HC_NVRTC

/* The name of a code, as "NVRTC_ERROR_COMPILATION"; never NULL, never freed. */
const char *nvrtcGetErrorString(nvrtcResult result);

#ifdef __cplusplus
}
#endif
#endif
