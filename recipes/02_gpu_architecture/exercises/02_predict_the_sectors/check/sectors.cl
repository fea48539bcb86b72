// SPDX-License-Identifier: MIT
/* 32 work-items mark the sectors that they would read and the paths that they take, and count
 * turns. Shapes: marks: rows of SLOTS numbers, zero before. Launch: one group of 32 work-items. */
__kernel void mark(__global uint *marks, __global uint *turns) {
    uint i = get_global_id(0);
    const uint first[7] = {0, 4, 0, 0, 0, 0, 0}, step[7] = {4, 4, 8, 12, 64, 8, 0};
    for (uint q = 0; q < 7; q++) atomic_inc(&marks[q * SLOTS + (first[q] + step[q] * i) / 32]);
    atomic_inc(&marks[7 * SLOTS + i % 4]);
    atomic_inc(&marks[8 * SLOTS + i / 8]);
    atomic_inc(&marks[9 * SLOTS + (i < 32 ? 1 : 0)]);
    for (uint turn = 0; turn < i % 4 + 1; turn++) {
        atomic_max(&turns[0], turn + 1);
        atomic_inc(&turns[1]);
    }
}
