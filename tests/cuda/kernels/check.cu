// SPDX-License-Identifier: MIT
/* Fails on purpose: an assertion, or a trap. Exercises: __assertfail, trap. Shapes: x is n ints.
 * Launch: one thread per element. x[i] < 0 fails the assertion, x[i] == 99 traps. */
extern "C" __global__ void check(int *sum, const int *x, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    assert(x[i] >= 0);
    if (x[i] == 99) __trap();
    atomicAdd(sum, x[i]);
}
