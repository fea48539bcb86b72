// SPDX-License-Identifier: MIT
/* Each thread writes who it is; each element of an nx x ny x nz index space gets its owner.
 * Shapes: who is 8 numbers for each thread launched, in the order of blocks and, in a block, of
 * threads; owner is one number for each element: its thread's place in that order.
 * Launch: one thread per element, rounded up to whole blocks. Shared memory: none. */
extern "C" __global__ void who_am_i(unsigned *who, unsigned *owner, unsigned warp_size, unsigned nx,
                                    unsigned ny, unsigned nz) {
    /* Its place in the whole index space: x (y, z) counts over all blocks. */
    unsigned x = blockIdx.x * blockDim.x + threadIdx.x;
    unsigned y = blockIdx.y * blockDim.y + threadIdx.y;
    unsigned z = blockIdx.z * blockDim.z + threadIdx.z;

    /* Its number within its block, and its block's number: x runs fastest, then y, then z. */
    unsigned in_block = threadIdx.z * blockDim.y + threadIdx.y;
    in_block = in_block * blockDim.x + threadIdx.x;
    unsigned block = blockIdx.z * gridDim.y + blockIdx.y;
    block = block * gridDim.x + blockIdx.x;
    unsigned me = block * (blockDim.x * blockDim.y * blockDim.z) + in_block;

    /* The guard: is there an element for this thread? */
    bool inside = x < nx && y < ny && z < nz;
    if (inside) owner[((size_t)z * ny + y) * nx + x] = me;

    who += (size_t)me * 8; /* its own 8 numbers */
    who[0] = blockIdx.x, who[1] = blockIdx.y, who[2] = blockIdx.z;
    who[3] = threadIdx.x, who[4] = threadIdx.y, who[5] = threadIdx.z;
    who[6] = in_block / warp_size;
    who[7] = inside;
}
