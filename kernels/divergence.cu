// SPDX-License-Identifier: MIT
/* y[i] = x[i] after steps rounds of y = a * y + c, where c depends on the path that i takes: one of
 * paths, the same for each run of together neighbours. The work is the same for every path.
 * Shapes: x, y: n elements. Launch: one thread per element, rounded up to whole blocks.
 * Shared memory: none. */
extern "C" __global__ void divergence(unsigned *y, const unsigned *x, unsigned n, unsigned paths,
                                      unsigned together, unsigned steps) {
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    unsigned mine = i / together % paths, value = x[i];
    for (unsigned path = 0; path < paths; path++)
        if (path == mine)
            for (unsigned k = 0; k < steps; k++) value = 1664525u * value + 2u * path + 1u;
    y[i] = value;
}
