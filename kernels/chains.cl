// SPDX-License-Identifier: MIT
/* y[i] = what becomes of x[lane] in 4 * steps multiply-adds v = v * v + c, lane being i's place in
 * its group. dependent: one chain, in which each needs the result of the one before. independent:
 * four chains of steps each, from x[lane], x[lane] + 1, + 2 and + 3, whose ends are combined.
 * Shapes: x: one number for each work-item of a group; y: one for each work-item of all.
 * Launch: whole groups, one work-item per element. Local memory: none. */
__kernel void dependent(__global uint *y, __global const uint *x, uint c, uint steps) {
    uint i = get_global_id(0), v = x[get_local_id(0)];
    for (uint k = 0; k < 4 * steps; k++) v = v * v + c;
    y[i] = v;
}

__kernel void independent(__global uint *y, __global const uint *x, uint c, uint steps) {
    uint i = get_global_id(0), v = x[get_local_id(0)];
    uint v1 = v + 1, v2 = v + 2, v3 = v + 3;
    for (uint k = 0; k < steps; k++) {
        v = v * v + c;
        v1 = v1 * v1 + c;
        v2 = v2 * v2 + c;
        v3 = v3 * v3 + c;
    }
    y[i] = v ^ v1 ^ v2 ^ v3;
}
