// SPDX-License-Identifier: MIT
/* partial[g] = what block g adds up; all of them together are x[0] + ... + x[n-1].
 * Shapes: x is n elements, partial one for each block; the host adds those. Launch: 64 blocks of
 * 256 threads, whatever n is.
 *
 * It is right, and slow. Each thread has one long contiguous piece of x. That is what a CPU likes.
 * TODO: let the threads of a warp read neighbouring elements at the same time.
 * TODO: the tree makes lanes of a warp ask the same bank for different words. Give it another
 * order.
 */
#define GROUP 256
extern "C" __global__ void reduction(float *partial, const float *x, unsigned long long n) {
    __shared__ float sums[GROUP];
    unsigned me = threadIdx.x;
    size_t threads = (size_t)gridDim.x * blockDim.x, each = (n + threads - 1) / threads;
    size_t begin = ((size_t)blockIdx.x * blockDim.x + me) * each, end = begin + each;
    float sum = 0;
    for (size_t i = begin; i < end && i < n; i++) sum += x[i];
    sums[me] = sum;
    __syncthreads();
    for (unsigned step = 1; step < GROUP; step *= 2) {
        unsigned at = 2 * step * me;
        if (at < GROUP) sums[at] += sums[at + step];
        __syncthreads();
    }
    if (me == 0) partial[blockIdx.x] = sums[0];
}
