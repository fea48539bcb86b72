// SPDX-License-Identifier: MIT
/* How many blocks fit on a multiprocessor: the least of what each resource allows.
 */
#include "occupancy.h"

static int32_t round_up(int32_t x, int32_t unit) { return (x + unit - 1) / unit * unit; }

int32_t resident_blocks(const Device *device, const Kernel *kernel) {
    if (kernel->threads > device->max_block_threads) return 0;
    if (kernel->shared > device->max_block_shared) return 0;

    int32_t warps = (kernel->threads + device->warp - 1) / device->warp;
    int32_t blocks = device->max_blocks, fit = device->max_threads / kernel->threads;
    if (fit < blocks) blocks = fit;

    int32_t registers = round_up(kernel->registers * device->warp, device->register_unit);
    fit = device->max_registers / registers / warps;
    if (fit < blocks) blocks = fit;

    int32_t shared = round_up(kernel->shared + device->shared_reserved, device->shared_unit);
    if (shared > 0 && device->max_shared / shared < blocks) blocks = device->max_shared / shared;
    return blocks;
}
