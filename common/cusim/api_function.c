// SPDX-License-Identifier: MIT
/* api_function.c - what is known about a kernel, and how many of its blocks fit on a
 * multiprocessor.
 *
 * Occupancy follows the rules that the CUDA C++ Programming Guide gives for a compute capability:
 * threads, blocks, shared memory and registers of a multiprocessor are each divided among blocks,
 * and the scarcest decides. Registers are an estimate, see count_registers() in api_module.c. */
#include <string.h>

#include "stream.h"

CUresult cusim_kernel_attribute(const CusimKernel *kernel, CUfunction_attribute attribute,
                                int *value) {
    const CusimCode *code = kernel->code;
    const CusimPtxModule *module = kernel->module->program->module;
    switch (attribute) {
    case CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK: *value = kernel->max_threads; break;
    case CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES: *value = (int)code->shared_bytes; break;
    case CU_FUNC_ATTRIBUTE_CONST_SIZE_BYTES: {
        size_t bytes = 0;
        for (const CusimVariable *v = module->variables; v; v = v->next)
            if (v->space == CUSIM_SPACE_CONST) bytes += v->bytes;
        *value = (int)bytes;
        break;
    }
    case CU_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES: *value = (int)code->local_bytes; break;
    case CU_FUNC_ATTRIBUTE_NUM_REGS: *value = kernel->registers; break;
    case CU_FUNC_ATTRIBUTE_PTX_VERSION: *value = module->target; break;
    case CU_FUNC_ATTRIBUTE_BINARY_VERSION: *value = cusim_settings()->cc; break;
    case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES: *value = kernel->max_dynamic; break;
    case CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT: *value = kernel->carveout; break;
    case CU_FUNC_ATTRIBUTE_CACHE_MODE_CA:
    case CU_FUNC_ATTRIBUTE_CLUSTER_SIZE_MUST_BE_SET:
    case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_WIDTH:
    case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_HEIGHT:
    case CU_FUNC_ATTRIBUTE_REQUIRED_CLUSTER_DEPTH:
    case CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED:
    case CU_FUNC_ATTRIBUTE_CLUSTER_SCHEDULING_POLICY_PREFERENCE: *value = 0; break;
    default: return CUDA_ERROR_INVALID_VALUE;
    }
    return CUDA_SUCCESS;
}

CUresult cusim_kernel_set_attribute(CusimKernel *kernel, CUfunction_attribute attribute,
                                    int value) {
    int room = cusim_limits()->shared_per_block_optin - (int)kernel->code->shared_bytes;
    switch (attribute) {
    case CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
        if (value < 0 || value > room) return CUDA_ERROR_INVALID_VALUE;
        kernel->max_dynamic = value;
        return CUDA_SUCCESS;
    case CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
        if (value < CU_SHAREDMEM_CARVEOUT_DEFAULT || value > CU_SHAREDMEM_CARVEOUT_MAX_SHARED)
            return CUDA_ERROR_INVALID_VALUE;
        kernel->carveout = value;
        return CUDA_SUCCESS;
    default: return CUDA_ERROR_INVALID_VALUE;
    }
}

static CUresult kernel_of(CUfunction function, const void *out, CusimKernel **kernel) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if (!out) return CUDA_ERROR_INVALID_VALUE;
    return cusim_kernel_of(context, function, kernel);
}

CUSIM_EXPORT CUresult cuFuncGetAttribute(int *value, CUfunction_attribute attribute,
                                         CUfunction function) {
    CusimKernel *kernel;
    CUSIM_TRY(kernel_of(function, value, &kernel));
    return cusim_kernel_attribute(kernel, attribute, value);
}

CUSIM_EXPORT CUresult cuFuncSetAttribute(CUfunction function, CUfunction_attribute attribute,
                                         int value) {
    CusimKernel *kernel;
    CUSIM_TRY(kernel_of(function, &kernel, &kernel));
    return cusim_kernel_set_attribute(kernel, attribute, value);
}

CUSIM_EXPORT CUresult cuFuncSetCacheConfig(CUfunction function, CUfunc_cache config) {
    CusimKernel *kernel;
    CUSIM_TRY(kernel_of(function, &kernel, &kernel));
    return (unsigned)config <= CU_FUNC_CACHE_PREFER_EQUAL ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUSIM_EXPORT CUresult cuFuncSetSharedMemConfig(CUfunction function, CUsharedconfig config) {
    CusimKernel *kernel;
    CUSIM_TRY(kernel_of(function, &kernel, &kernel));
    return (unsigned)config <= CU_SHARED_MEM_CONFIG_EIGHT_BYTE_BANK_SIZE ? CUDA_SUCCESS
                                                                         : CUDA_ERROR_INVALID_VALUE;
}

CUSIM_EXPORT CUresult cuFuncGetModule(CUmodule *module, CUfunction function) {
    CusimKernel *kernel;
    CUSIM_TRY(kernel_of(function, module, &kernel));
    *module = kernel->module->handle;
    return CUDA_SUCCESS;
}

/* ---- Occupancy ---- */

enum {
    REGISTER_UNIT = 256,
    WARP_UNIT = 4
}; /* registers per warp and warps are given out in these */

int cusim_occupancy(const CusimKernel *kernel, uint64_t threads, uint64_t dynamic_bytes) {
    const CusimLimits *l = cusim_limits();
    uint64_t fixed = kernel->code->shared_bytes;
    if (!threads || threads > (uint64_t)kernel->max_threads ||
        dynamic_bytes > (uint64_t)l->shared_per_block_optin ||
        fixed + dynamic_bytes > (uint64_t)l->shared_per_block_optin)
        return 0;
    uint64_t warps = (threads + CUSIM_LANES - 1) / CUSIM_LANES;
    uint64_t blocks = (uint64_t)l->blocks_per_sm;
    uint64_t by_threads = (uint64_t)l->threads_per_sm / (warps * CUSIM_LANES);
    if (by_threads < blocks) blocks = by_threads;

    uint64_t unit = (uint64_t)l->shared_unit;
    uint64_t shared =
        (fixed + dynamic_bytes + (uint64_t)l->shared_reserved + unit - 1) / unit * unit;
    if (shared && (uint64_t)l->shared_per_sm / shared < blocks)
        blocks = (uint64_t)l->shared_per_sm / shared;

    uint64_t per_warp = ((uint64_t)kernel->registers * CUSIM_LANES + REGISTER_UNIT - 1) /
                        REGISTER_UNIT * REGISTER_UNIT;
    if (per_warp) {
        uint64_t fit = CUSIM_REGISTERS_PER_SM / per_warp / WARP_UNIT * WARP_UNIT / warps;
        /* A compiler keeps registers so few that one block fits; the estimate does not know. */
        if (fit < 1) fit = 1;
        if (fit < blocks) blocks = fit;
    }
    return (int)blocks;
}

static CUresult active_blocks(int *blocks, CUfunction function, int block_size,
                              size_t dynamic_bytes, unsigned flags) {
    CusimKernel *kernel;
    CUSIM_TRY(kernel_of(function, blocks, &kernel));
    if (block_size <= 0 || (flags & ~(unsigned)CU_OCCUPANCY_DISABLE_CACHING_OVERRIDE))
        return CUDA_ERROR_INVALID_VALUE;
    *blocks = cusim_occupancy(kernel, (uint64_t)block_size, dynamic_bytes);
    return CUDA_SUCCESS;
}
CUSIM_EXPORT CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int *blocks, CUfunction function,
                                                                  int block_size,
                                                                  size_t dynamic_bytes) {
    return active_blocks(blocks, function, block_size, dynamic_bytes, CU_OCCUPANCY_DEFAULT);
}
CUSIM_EXPORT CUresult cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
    int *blocks, CUfunction function, int block_size, size_t dynamic_bytes, unsigned int flags) {
    return active_blocks(blocks, function, block_size, dynamic_bytes, flags);
}

/* The size with most threads on a multiprocessor; of two that are equal the larger. */
static CUresult best_block(int *min_grid, int *block_size, CUfunction function,
                           CUoccupancyB2DSize bytes_of, size_t dynamic_bytes, int limit,
                           unsigned flags) {
    CusimKernel *kernel;
    CUSIM_TRY(kernel_of(function, min_grid, &kernel));
    if (!block_size || limit < 0 || (flags & ~(unsigned)CU_OCCUPANCY_DISABLE_CACHING_OVERRIDE))
        return CUDA_ERROR_INVALID_VALUE;
    int most = kernel->max_threads, best = 0, best_blocks = 0;
    if (limit && limit < most) most = limit;
    for (int size = most; size > 0; size = (size - 1) / CUSIM_LANES * CUSIM_LANES) {
        size_t bytes = bytes_of ? bytes_of(size) : dynamic_bytes;
        int blocks = cusim_occupancy(kernel, (uint64_t)size, bytes);
        if (blocks * size <= best * best_blocks) continue;
        best = size;
        best_blocks = blocks;
    }
    *block_size = best;
    *min_grid = best_blocks * cusim_settings()->sms;
    return CUDA_SUCCESS;
}
CUSIM_EXPORT CUresult cuOccupancyMaxPotentialBlockSize(int *min_grid, int *block_size,
                                                       CUfunction function,
                                                       CUoccupancyB2DSize bytes_of,
                                                       size_t dynamic_bytes, int limit) {
    return best_block(min_grid, block_size, function, bytes_of, dynamic_bytes, limit,
                      CU_OCCUPANCY_DEFAULT);
}
CUSIM_EXPORT CUresult cuOccupancyMaxPotentialBlockSizeWithFlags(int *min_grid, int *block_size,
                                                                CUfunction function,
                                                                CUoccupancyB2DSize bytes_of,
                                                                size_t dynamic_bytes, int limit,
                                                                unsigned int flags) {
    return best_block(min_grid, block_size, function, bytes_of, dynamic_bytes, limit, flags);
}

CUSIM_EXPORT CUresult cuOccupancyAvailableDynamicSMemPerBlock(size_t *dynamic_bytes,
                                                              CUfunction function, int blocks,
                                                              int block_size) {
    CusimKernel *kernel;
    CUSIM_TRY(kernel_of(function, dynamic_bytes, &kernel));
    const CusimLimits *l = cusim_limits();
    if (blocks <= 0 || block_size <= 0 || blocks > cusim_occupancy(kernel, (uint64_t)block_size, 0))
        return CUDA_ERROR_INVALID_VALUE;
    int share = l->shared_per_sm / blocks / l->shared_unit * l->shared_unit - l->shared_reserved;
    if (share > l->shared_per_block_optin) share = l->shared_per_block_optin;
    int fixed = (int)kernel->code->shared_bytes;
    *dynamic_bytes = share > fixed ? (size_t)(share - fixed) : 0;
    return CUDA_SUCCESS;
}
