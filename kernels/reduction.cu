// SPDX-License-Identifier: MIT
/* partial[g] = what block g adds up; all of them together are x[0] + ... + x[n-1]. A thread adds
 * every element that is a whole grid further, and a block's sums meet in a tree.
 * Shapes: x is n elements, partial one for each block; the host adds those. Launch: blocks of 256
 * threads, any number of them. Shared memory: 1,024 bytes. */
#define GROUP 256
extern "C" __global__ void reduction(float *partial, const float *x, unsigned long long n) {
    __shared__ float sums[GROUP];
    unsigned me = threadIdx.x;
    size_t first = (size_t)blockIdx.x * blockDim.x + me, stride = (size_t)gridDim.x * blockDim.x;
    float sum = 0;
    for (size_t i = first; i < n; i += stride) sum += x[i];
    sums[me] = sum;
    __syncthreads(); /* all sums are there */
    for (unsigned step = GROUP / 2; step > 0; step /= 2) {
        if (me < step) sums[me] += sums[me + step];
        __syncthreads(); /* this level of the tree is done */
    }
    if (me == 0) partial[blockIdx.x] = sums[0];
}
