// SPDX-License-Identifier: MIT
/* counts[b] += how many x[i] are b. Exercises: bytes, shared atomics, then global ones.
 * Shapes: x is n bytes, counts is 256 unsigned ints. Launch: any. Shared: 1,024 bytes. */
extern "C" __global__ void histogram(unsigned int *counts, const unsigned char *x, int n) {
    __shared__ unsigned int bins[256];
    for (int b = threadIdx.x; b < 256; b += blockDim.x) bins[b] = 0;
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
        atomicAdd(&bins[x[i]], 1u);
    __syncthreads();
    for (int b = threadIdx.x; b < 256; b += blockDim.x)
        if (bins[b] != 0) atomicAdd(&counts[b], bins[b]);
}
