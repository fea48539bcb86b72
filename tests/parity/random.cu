// SPDX-License-Identifier: MIT
/* u[i], f[i] = number first + i of a stream, as 32 bits and as a float, for i in 0 .. n-1.
 * Shapes: u, f are n elements. Launch: one thread per element. The generator stands before this
 * text. */
extern "C" __global__ void random_numbers(unsigned *u, float *f, unsigned long long seed,
                                          unsigned stream, unsigned long long first,
                                          unsigned long long n) {
    size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        u[i] = hc_random_u32(seed, stream, first + i);
        f[i] = hc_random_f32(seed, stream, first + i);
    }
}
