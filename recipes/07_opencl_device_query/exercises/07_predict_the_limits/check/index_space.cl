// SPDX-License-Identifier: MIT
/* Work-items that count themselves: how many there are, how many groups, how many without an
 * element, how many with one in the last group, and the global number of work-item 5 of group 7.
 * Shapes: count has 5 elements, 0 at the start. */
__kernel void count(__global uint *count, uint n) {
    atomic_inc(&count[0]);
    if (get_local_id(0) == 0) atomic_inc(&count[1]);
    if (get_global_id(0) >= n) atomic_inc(&count[2]);
    else if (get_group_id(0) == get_num_groups(0) - 1) atomic_inc(&count[3]);
    if (get_group_id(0) == 7 && get_local_id(0) == 5) count[4] = (uint)get_global_id(0);
}
