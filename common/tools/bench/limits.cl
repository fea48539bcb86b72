// SPDX-License-Identifier: MIT
/* The most multiply-adds that a kernel gets out of the device: twelve chains of vectors in
 * registers, which do nothing else. Chain k begins at k * factor; each step is v = v * factor +
 * summand; the sum of all lanes goes to out.
 * Shapes: out has one element for each work-item. Launch: some work-items for each core, groups of
 * one. Build: -DWIDTH=16, 8 or 4: the floats of a vector register. */
#pragma OPENCL FP_CONTRACT ON
#define JOIN(a, b) a##b
#define VECTOR(T, width) JOIN(T, width)
#define V VECTOR(float, WIDTH)
#define TWELVE(X) X(0) X(1) X(2) X(3) X(4) X(5) X(6) X(7) X(8) X(9) X(10) X(11)
#define BEGIN(k) V v##k = f * (float)(k + 1);
#define STEP(k) v##k = v##k * f + s;
#define END(k) total += v##k;

__kernel void fma_chains(__global float *out, ulong steps, float factor, float summand) {
    V f = factor, s = summand, total = 0;
    float sum = 0;
    TWELVE(BEGIN)
    for (ulong i = 0; i < steps; i++) {
        TWELVE(STEP)
    }
    TWELVE(END)
    float lanes[WIDTH];
    VECTOR(vstore, WIDTH)(total, 0, lanes);
    for (int k = 0; k < WIDTH; k++) sum += lanes[k];
    out[get_global_id(0)] = sum;
}
