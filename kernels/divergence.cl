// SPDX-License-Identifier: MIT
/* y[i] = x[i] after steps rounds of y = a * y + c, where c depends on the path that i takes: one of
 * paths, the same for each run of together neighbours. The work is the same for every path.
 * Shapes: x, y: n elements. Launch: one work-item per element, rounded up to whole groups.
 * Shared memory: none. */
__kernel void divergence(__global uint *y, __global const uint *x, uint n, uint paths,
                         uint together, uint steps) {
    uint i = get_global_id(0);
    if (i >= n) return;
    uint mine = i / together % paths, value = x[i];
    for (uint path = 0; path < paths; path++)
        if (path == mine)
            for (uint k = 0; k < steps; k++) value = 1664525u * value + 2u * path + 1u;
    y[i] = value;
}
