// SPDX-License-Identifier: MIT
/* partial[g] = what work-item g adds up; all of them together are x[0] + ... + x[n-1]. In the shape
 * a CPU likes: each work-item has one long contiguous chunk, and four sums of sixteen elements,
 * since an addition that waits for the one before would be slower than memory.
 * Shapes: x is n elements, partial one for each work-item; the host adds those.
 * Launch: any number of work-items, some for each core; groups of one. Shared memory: none. */
__kernel void reduction(__global float *partial, __global const float *x, ulong n) {
    size_t items = get_global_size(0), me = get_global_id(0), blocks = n / 64;
    size_t each = (blocks + items - 1) / items; /* blocks of 4 x 16 elements */
    size_t begin = min(each * me, blocks), end = min(begin + each, blocks);
    float16 sum0 = 0, sum1 = 0, sum2 = 0, sum3 = 0;
    for (size_t b = begin; b < end; b++) {
        sum0 += vload16(4 * b, x);
        sum1 += vload16(4 * b + 1, x);
        sum2 += vload16(4 * b + 2, x);
        sum3 += vload16(4 * b + 3, x);
    }
    float lane[16];
    vstore16((sum0 + sum1) + (sum2 + sum3), 0, lane);
    float sum = 0;
    for (uint l = 0; l < 16; l++) sum += lane[l];
    if (me == items - 1) /* the rest, fewer than 64 */
        for (size_t i = blocks * 64; i < n; i++) sum += x[i];
    partial[me] = sum;
}
