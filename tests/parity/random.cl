// SPDX-License-Identifier: MIT
/* u[i], f[i] = number first + i of a stream, as 32 bits and as a float, for i in 0 .. n-1.
 * Shapes: u, f are n elements. Launch: one work-item per element. The generator stands before this
 * text. */
__kernel void random_numbers(__global uint *u, __global float *f, ulong seed, uint stream,
                             ulong first, ulong n) {
    size_t i = get_global_id(0);
    if (i < n) {
        u[i] = hc_random_u32(seed, stream, first + i);
        f[i] = hc_random_f32(seed, stream, first + i);
    }
}
