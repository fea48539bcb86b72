// SPDX-License-Identifier: MIT
/* Each work-item writes who it is; each element of an nx x ny x nz index space gets its owner.
 * Shapes: who is 8 numbers for each work-item launched, in the order of groups and, in a group, of
 * work-items; owner is one number for each element: its work-item's place in that order.
 * Launch: one work-item per element, rounded up to whole groups. Shared memory: none. */
__kernel void who_am_i(__global uint *who, __global uint *owner, uint warp_size, uint nx, uint ny,
                       uint nz) {
    /* TODO: what who_am_i.cu does, line for line, in the words of OpenCL. */
}
