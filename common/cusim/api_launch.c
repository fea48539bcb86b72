// SPDX-License-Identifier: MIT
/* api_launch.c - launches: check everything that can be known beforehand, then queue.
 *
 * A launch that is refused here has done nothing, and the context stays sound. What goes wrong in
 * the kernel itself is told by a later call, once the stream gets there. Refusals say on stderr
 * which rule was broken, since INVALID_VALUE alone has cost many an afternoon. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "stream.h"

enum { SMALL_THREADS = 2048 }; /* so few that no second thread is called for help */

typedef struct {
    unsigned grid[3], block[3], shared;
    bool cooperative;
} Shape;

#define REFUSE(code, ...)                                                                          \
    do {                                                                                           \
        cusim_report(__VA_ARGS__);                                                                 \
        return code;                                                                               \
    } while (0)

static CUresult check_shape(const CusimKernel *kernel, const Shape *s) {
    static const unsigned most_grid[3] = {INT32_MAX, 65535, 65535},
                          most_block[3] = {1024, 1024, 64};
    const char *name = kernel->code->function->name;
    for (int d = 0; d < 3; d++) {
        if (!s->grid[d] || !s->block[d])
            REFUSE(CUDA_ERROR_INVALID_VALUE,
                   "%s: grid %u x %u x %u, block %u x %u x %u: none of these may be 0", name,
                   s->grid[0], s->grid[1], s->grid[2], s->block[0], s->block[1], s->block[2]);
        if (s->grid[d] > most_grid[d])
            REFUSE(CUDA_ERROR_INVALID_VALUE, "%s: grid %u x %u x %u: the most is %u x %u x %u",
                   name, s->grid[0], s->grid[1], s->grid[2], most_grid[0], most_grid[1],
                   most_grid[2]);
    }
    uint64_t threads = (uint64_t)s->block[0] * s->block[1];
    threads = threads > CUSIM_MAX_THREADS ? threads : threads * s->block[2];
    if (s->block[0] > most_block[0] || s->block[1] > most_block[1] || s->block[2] > most_block[2] ||
        threads > CUSIM_MAX_THREADS)
        REFUSE(CUDA_ERROR_INVALID_VALUE,
               "%s: block %u x %u x %u: the most is %u x %u x %u, and %d threads in all", name,
               s->block[0], s->block[1], s->block[2], most_block[0], most_block[1], most_block[2],
               CUSIM_MAX_THREADS);
    if (threads > (uint64_t)kernel->max_threads)
        REFUSE(CUDA_ERROR_INVALID_VALUE,
               "%s: %u threads per block, but the kernel was compiled for at most %d (.maxntid or "
               ".reqntid, __launch_bounds__ in CUDA C)",
               name, (unsigned)threads, kernel->max_threads);
    const uint32_t *required = kernel->code->function->reqntid;
    for (int d = 0; d < 3 && required[0]; d++)
        if (s->block[d] != (required[d] ? required[d] : 1))
            REFUSE(CUDA_ERROR_INVALID_VALUE,
                   "%s: block %u x %u x %u, but .reqntid says %u x %u x %u", name, s->block[0],
                   s->block[1], s->block[2], required[0], required[1], required[2]);
    if (s->shared > (unsigned)kernel->max_dynamic)
        REFUSE(CUDA_ERROR_INVALID_VALUE,
               "%s: %u bytes of dynamic shared memory (%u static); the most is %d, which "
               "cuFuncSetAttribute(MAX_DYNAMIC_SHARED_SIZE_BYTES) raises to %d",
               name, s->shared, kernel->code->shared_bytes, kernel->max_dynamic,
               cusim_limits()->shared_per_block_optin - (int)kernel->code->shared_bytes);
    return CUDA_SUCCESS;
}

/* The end of the last parameter, in bytes. */
static size_t bytes_needed(const CusimCode *code) {
    uint32_t n = code->function->n_params;
    return n ? code->param_offset[n - 1] + code->function->param[n - 1]->bytes : 0;
}

static CUresult gather(const CusimKernel *kernel, void **params, void **extra, uint8_t *to) {
    const CusimCode *code = kernel->code;
    const char *name = code->function->name;
    if (params && extra) return CUDA_ERROR_INVALID_VALUE;
    if (!extra) {
        if (code->function->n_params && !params)
            REFUSE(CUDA_ERROR_INVALID_VALUE, "%s has %u parameters, but none were given", name,
                   code->function->n_params);
        for (uint32_t i = 0; i < code->function->n_params; i++) {
            if (!params[i])
                REFUSE(CUDA_ERROR_INVALID_VALUE, "%s: the pointer to parameter %u is NULL", name,
                       i);
            memcpy(to + code->param_offset[i], params[i], code->function->param[i]->bytes);
        }
        return CUDA_SUCCESS;
    }
    const void *buffer = NULL;
    size_t bytes = 0;
    for (void **e = extra; *e != CU_LAUNCH_PARAM_END; e += 2) {
        if (*e == CU_LAUNCH_PARAM_BUFFER_POINTER) buffer = e[1];
        else if (*e == CU_LAUNCH_PARAM_BUFFER_SIZE && e[1]) bytes = *(size_t *)e[1];
        else return CUDA_ERROR_INVALID_VALUE;
    }
    size_t least = bytes_needed(code), most = (code->param_bytes + 15u) & ~(size_t)15;
    if ((bytes && !buffer) || bytes < least || bytes > most)
        REFUSE(CUDA_ERROR_INVALID_VALUE, "%s: a buffer of %zu bytes, but its parameters take %zu",
               name, bytes, least);
    if (bytes > code->param_bytes) bytes = code->param_bytes;
    if (bytes) memcpy(to, buffer, bytes);
    return CUDA_SUCCESS;
}

/* Parameters come from params, extra, or packed (of the old calls). */
static CUresult launch(CUfunction function, const Shape *s, CUstream stream_handle, void **params,
                       void **extra, const uint8_t *packed) {
    CusimStream *stream;
    CusimContext *context;
    CusimKernel *kernel;
    CUSIM_TRY(cusim_stream_of(stream_handle, &stream, &context));
    CUSIM_TRY(cusim_kernel_of(context, function, &kernel));
    if (kernel->module->context != context) return CUDA_ERROR_INVALID_HANDLE;
    CUSIM_TRY(check_shape(kernel, s));
    uint64_t threads = (uint64_t)s->block[0] * s->block[1] * s->block[2];
    int per_sm = cusim_occupancy(kernel, threads, s->shared);
    uint64_t resident = (uint64_t)(per_sm > 1 ? per_sm : 1) * (unsigned)cusim_settings()->sms;
    uint64_t blocks = (uint64_t)s->grid[0] * s->grid[1] * s->grid[2];
    if (s->cooperative && blocks > resident)
        REFUSE(CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE,
               "%s: a cooperative launch of %llu blocks, but only %llu fit on the device at once "
               "(%d on each of %d multiprocessors; CUSIM_SMS sets their number)",
               kernel->code->function->name, (unsigned long long)blocks,
               (unsigned long long)resident, per_sm, cusim_settings()->sms);

    CusimCommand *command = cusim_command_new_launch(kernel->code->param_bytes);
    if (!command) return CUDA_ERROR_OUT_OF_MEMORY;
    CusimLaunch *l = command->launch;
    CUresult result = CUDA_SUCCESS;
    if (packed) memcpy(l->params, packed, kernel->code->param_bytes);
    else result = gather(kernel, params, extra, l->params);
    if (result != CUDA_SUCCESS) {
        cusim_command_free(command);
        return result;
    }
    l->code = kernel->code;
    l->context = context;
    l->device = context->device;
    memcpy(l->grid, s->grid, sizeof l->grid);
    memcpy(l->block, s->block, sizeof l->block);
    l->dynamic_shared_bytes = s->shared;
    l->cooperative = s->cooperative;
    enum { LEAST_STACK = 64 << 10 }; /* frames have other sizes here than on a GPU */
    pthread_mutex_lock(&context->lock);
    size_t stack = context->limit[CU_LIMIT_STACK_SIZE];
    context->builtins |= kernel->code->program->builtins;
    pthread_mutex_unlock(&context->lock);
    l->stack_bytes = (uint32_t)(stack > LEAST_STACK ? stack : LEAST_STACK);
    l->heap = &context->heap;
    l->n_blocks = blocks;
    l->max_resident = resident > UINT32_MAX ? UINT32_MAX : (uint32_t)resident;
    command->small = blocks == 1 || blocks * threads <= SMALL_THREADS;
    return cusim_submit(stream, command);
}

CUSIM_EXPORT CUresult cuLaunchKernel(CUfunction function, unsigned int grid_x, unsigned int grid_y,
                                     unsigned int grid_z, unsigned int block_x,
                                     unsigned int block_y, unsigned int block_z,
                                     unsigned int shared_bytes, CUstream stream, void **parameters,
                                     void **extra) {
    Shape s = {{grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared_bytes, false};
    return launch(function, &s, stream, parameters, extra, NULL);
}

CUSIM_EXPORT CUresult cuLaunchCooperativeKernel(CUfunction function, unsigned int grid_x,
                                                unsigned int grid_y, unsigned int grid_z,
                                                unsigned int block_x, unsigned int block_y,
                                                unsigned int block_z, unsigned int shared_bytes,
                                                CUstream stream, void **parameters) {
    Shape s = {{grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared_bytes, true};
    return launch(function, &s, stream, parameters, NULL, NULL);
}

/* ---- As it was before cuLaunchKernel: shape and arguments are kept with the function ---- */

static CUresult kernel_of(CUfunction function, CusimKernel **kernel) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    return cusim_kernel_of(context, function, kernel);
}

CUSIM_EXPORT CUresult cuFuncSetBlockShape(CUfunction function, int x, int y, int z) {
    CusimKernel *kernel;
    CUSIM_TRY(kernel_of(function, &kernel));
    if (x <= 0 || y <= 0 || z <= 0) return CUDA_ERROR_INVALID_VALUE;
    kernel->legacy_block[0] = (unsigned)x;
    kernel->legacy_block[1] = (unsigned)y;
    kernel->legacy_block[2] = (unsigned)z;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuFuncSetSharedSize(CUfunction function, unsigned int bytes) {
    CusimKernel *kernel;
    CUSIM_TRY(kernel_of(function, &kernel));
    kernel->legacy_shared = bytes;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuParamSetSize(CUfunction function, unsigned int bytes) {
    CusimKernel *kernel;
    CUSIM_TRY(kernel_of(function, &kernel));
    if (bytes > CUSIM_MAX_PARAM_BYTES) return CUDA_ERROR_INVALID_VALUE;
    kernel->legacy_bytes = bytes;
    return CUDA_SUCCESS;
}

static CUresult set_param(CUfunction function, int offset, const void *data, unsigned bytes) {
    CusimKernel *kernel;
    CUSIM_TRY(kernel_of(function, &kernel));
    if (offset < 0 || !data || bytes > CUSIM_MAX_PARAM_BYTES ||
        (unsigned)offset > CUSIM_MAX_PARAM_BYTES - bytes)
        return CUDA_ERROR_INVALID_VALUE;
    if (!kernel->legacy_params) kernel->legacy_params = calloc(1, CUSIM_MAX_PARAM_BYTES);
    if (!kernel->legacy_params) return CUDA_ERROR_OUT_OF_MEMORY;
    memcpy(kernel->legacy_params + offset, data, bytes);
    return CUDA_SUCCESS;
}
CUSIM_EXPORT CUresult cuParamSeti(CUfunction function, int offset, unsigned int value) {
    return set_param(function, offset, &value, sizeof value);
}
CUSIM_EXPORT CUresult cuParamSetf(CUfunction function, int offset, float value) {
    return set_param(function, offset, &value, sizeof value);
}
CUSIM_EXPORT CUresult cuParamSetv(CUfunction function, int offset, void *data, unsigned int bytes) {
    return set_param(function, offset, data, bytes);
}

static CUresult launch_grid(CUfunction function, int width, int height, CUstream stream) {
    CusimKernel *kernel;
    CUSIM_TRY(kernel_of(function, &kernel));
    if (width <= 0 || height <= 0) return CUDA_ERROR_INVALID_VALUE;
    if (kernel->legacy_bytes < bytes_needed(kernel->code)) return CUDA_ERROR_INVALID_VALUE;
    Shape s = {{(unsigned)width, (unsigned)height, 1}, {0}, kernel->legacy_shared, false};
    memcpy(s.block, kernel->legacy_block, sizeof s.block);
    static const uint8_t nothing[CUSIM_MAX_PARAM_BYTES];
    if (kernel->code->param_bytes > CUSIM_MAX_PARAM_BYTES) return CUDA_ERROR_INVALID_VALUE;
    return launch(function, &s, stream, NULL, NULL,
                  kernel->legacy_params ? kernel->legacy_params : nothing);
}
CUSIM_EXPORT CUresult cuLaunch(CUfunction function) {
    return launch_grid(function, 1, 1, CU_STREAM_LEGACY);
}
CUSIM_EXPORT CUresult cuLaunchGrid(CUfunction function, int width, int height) {
    return launch_grid(function, width, height, CU_STREAM_LEGACY);
}
CUSIM_EXPORT CUresult cuLaunchGridAsync(CUfunction function, int width, int height,
                                        CUstream stream) {
    return launch_grid(function, width, height, stream);
}
