// SPDX-License-Identifier: MIT
/* Each work-item writes who it is; each element of an nx x ny x nz index space gets its owner.
 * Shapes: who is 8 numbers for each work-item launched, in the order of groups and, in a group, of
 * work-items; owner is one number for each element: its work-item's place in that order.
 * Launch: one work-item per element, rounded up to whole groups. Shared memory: none. */
__kernel void who_am_i(__global uint *who, __global uint *owner, uint warp_size, uint nx, uint ny,
                       uint nz) {
    /* Its place in the whole index space: 0, 1, 2 are x, y, z. */
    uint x = get_global_id(0);
    uint y = get_global_id(1);
    uint z = get_global_id(2);

    /* Its number within its group, and its group's number: x runs fastest, then y, then z. */
    uint in_block = get_local_id(2) * get_local_size(1) + get_local_id(1);
    in_block = in_block * get_local_size(0) + get_local_id(0);
    uint block = get_group_id(2) * get_num_groups(1) + get_group_id(1);
    block = block * get_num_groups(0) + get_group_id(0);
    uint me = block * (get_local_size(0) * get_local_size(1) * get_local_size(2)) + in_block;

    /* The guard: is there an element for this work-item? */
    bool inside = x < nx && y < ny && z < nz;
    if (inside) owner[((size_t)z * ny + y) * nx + x] = me;

    who += (size_t)me * 8; /* its own 8 numbers */
    who[0] = get_group_id(0), who[1] = get_group_id(1), who[2] = get_group_id(2);
    who[3] = get_local_id(0), who[4] = get_local_id(1), who[5] = get_local_id(2);
    who[6] = in_block / warp_size;
    who[7] = inside;
}
