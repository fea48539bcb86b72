// SPDX-License-Identifier: MIT
/* y[i] = what becomes of x[lane] in 4 * steps multiply-adds v = v * v + c, lane being i's place in
 * its block. dependent: one chain, in which each needs the result of the one before. independent:
 * four chains of steps each, from x[lane], x[lane] + 1, + 2 and + 3, whose ends are combined.
 * Shapes: x: one number for each thread of a block; y: one for each thread of the grid.
 * Launch: whole blocks, one thread per element. Shared memory: none. */
extern "C" __global__ void dependent(unsigned *y, const unsigned *x, unsigned c, unsigned steps) {
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x, v = x[threadIdx.x];
    for (unsigned k = 0; k < 4 * steps; k++) v = v * v + c;
    y[i] = v;
}

extern "C" __global__ void independent(unsigned *y, const unsigned *x, unsigned c, unsigned steps) {
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x, v = x[threadIdx.x];
    unsigned v1 = v + 1, v2 = v + 2, v3 = v + 3;
    for (unsigned k = 0; k < steps; k++) {
        v = v * v + c;
        v1 = v1 * v1 + c;
        v2 = v2 * v2 + c;
        v3 = v3 * v3 + c;
    }
    y[i] = v ^ v1 ^ v2 ^ v3;
}
