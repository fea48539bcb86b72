// SPDX-License-Identifier: MIT
/* partial[g] = what group g adds up; all of them together are x[0] + ... + x[n-1]. A work-item adds
 * every element that is a whole index space further, and a group's sums meet in a tree.
 * Shapes: x is n elements, partial one for each group; the host adds those. Launch: groups of 256
 * work-items, any number of them. Local memory: 1,024 bytes. */
#define GROUP 256
__kernel void reduction(__global float *partial, __global const float *x, ulong n) {
    __local float sums[GROUP];
    uint me = get_local_id(0);
    size_t first = get_global_id(0), stride = get_global_size(0);
    float sum = 0;
    for (size_t i = first; i < n; i += stride) sum += x[i];
    sums[me] = sum;
    barrier(CLK_LOCAL_MEM_FENCE); /* all sums are there */
    for (uint step = GROUP / 2; step > 0; step /= 2) {
        if (me < step) sums[me] += sums[me + step];
        barrier(CLK_LOCAL_MEM_FENCE); /* this level of the tree is done */
    }
    if (me == 0) partial[get_group_id(0)] = sums[0];
}
