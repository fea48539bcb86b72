// SPDX-License-Identifier: MIT
/* Work-items that say who they are: each writes whether it has an element, in the order of groups
 * and, in a group, of work-items; the one with element (x, y) writes its numbers.
 * Shapes: busy: one for each work-item; owner: 5 numbers. */
__kernel void threads(__global uint *busy, __global uint *owner, uint nx, uint ny, uint x, uint y) {
    uint place = get_local_id(1) * get_local_size(0) + get_local_id(0);
    uint group = get_group_id(1) * get_num_groups(0) + get_group_id(0);
    busy[group * get_local_size(0) * get_local_size(1) + place] =
        get_global_id(0) < nx && get_global_id(1) < ny;
    if (get_global_id(0) == x && get_global_id(1) == y) {
        owner[0] = get_group_id(0);
        owner[1] = get_group_id(1);
        owner[2] = get_local_id(0);
        owner[3] = get_local_id(1);
        owner[4] = place;
    }
}
