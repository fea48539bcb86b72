// SPDX-License-Identifier: MIT
/* y[0] = where a walk from y[0] ends after steps steps; from element p it goes to element x[p]. No
 * load can begin before the one before it has ended.
 * Shapes: x: as many elements as its largest number demands; y: 1. Launch: one thread.
 * Shared memory: none. */
extern "C" __global__ void chase(unsigned *y, const unsigned *x, unsigned steps) {
    unsigned p = y[0];
    for (unsigned k = 0; k < steps; k++) p = x[p];
    y[0] = p;
}
