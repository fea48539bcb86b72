// SPDX-License-Identifier: MIT
/* occupancy.h - what a multiprocessor has, and what a kernel's block takes. Nothing here needs to
 * be changed. Behind each figure stands the attribute that it comes from.
 */
#ifndef OCCUPANCY_H
#define OCCUPANCY_H
#include <stdint.h>

typedef struct Device {
    int32_t warp;              /* WARP_SIZE */
    int32_t max_threads;       /* MAX_THREADS_PER_MULTIPROCESSOR */
    int32_t max_blocks;        /* MAX_BLOCKS_PER_MULTIPROCESSOR */
    int32_t max_registers;     /* MAX_REGISTERS_PER_MULTIPROCESSOR */
    int32_t register_unit;     /* known for each compute capability: 256 from 3.0 on */
    int32_t max_shared;        /* MAX_SHARED_MEMORY_PER_MULTIPROCESSOR, bytes */
    int32_t shared_reserved;   /* RESERVED_SHARED_MEMORY_PER_BLOCK, bytes */
    int32_t shared_unit;       /* 128 bytes from 8.0 on, 256 before */
    int32_t max_block_threads; /* MAX_THREADS_PER_BLOCK */
    int32_t max_block_shared;  /* MAX_SHARED_MEMORY_PER_BLOCK_OPTIN, bytes */
} Device;

typedef struct Kernel {
    int32_t threads;   /* of one block, at least 1 */
    int32_t registers; /* of each thread, at least 1 */
    int32_t shared;    /* bytes of one block; may be 0 */
} Kernel;

/* resident_blocks - how many blocks of the kernel run on one multiprocessor at once. */
int32_t resident_blocks(const Device *device, const Kernel *kernel);

#endif
