// SPDX-License-Identifier: MIT
/* y[0] = where a walk from y[0] ends after steps steps; from element p it goes to element x[p]. No
 * load can begin before the one before it has ended.
 * Shapes: x: as many elements as its largest number demands; y: 1. Launch: one work-item.
 * Local memory: none. */
__kernel void chase(__global uint *y, __global const uint *x, uint steps) {
    uint p = y[0];
    for (uint k = 0; k < steps; k++) p = x[p];
    y[0] = p;
}
