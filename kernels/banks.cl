// SPDX-License-Identifier: MIT
/* Each lane of a warp walks down a tile of 32 rows and 32 columns in local memory, from element
 * lane * stride on: y[i] = sum, after rounds times sum = 3 * sum + the element; then one row down.
 * Rows begin width elements apart. Local memory of a GPU has banks: element e is in bank e % 32.
 * Shapes: x: the tile, 1024 elements; y: one for each work-item; stride: 1 to 32; width: 32 or 33.
 * Launch: whole groups of a multiple of 32 work-items. Local memory: 32 * 33 * 4 bytes. */
__kernel void banks(__global uint *y, __global const uint *x, uint stride, uint width,
                    uint rounds) {
    __local uint tile[32 * 33];
    uint me = get_local_id(0), lane = me % 32;
    uint row = lane * stride / 32, column = lane * stride % 32, sum = 0;
    for (uint e = me; e < 1024; e += get_local_size(0)) tile[e / 32 * width + e % 32] = x[e];
    barrier(CLK_LOCAL_MEM_FENCE);
    for (uint k = 0; k < rounds; k++) {
        sum = 3 * sum + tile[row * width + column];
        row = (row + 1) % 32;
    }
    y[get_group_id(0) * get_local_size(0) + me] = sum;
}
