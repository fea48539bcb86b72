// SPDX-License-Identifier: MIT
/* counts[p] = steps of z = z*z + c for which |z| <= 2, at most limit; pixel p has its own c. */
#pragma OPENCL FP_CONTRACT OFF
__kernel void mandelbrot(__global uint *counts, uint columns, uint rows, uint first, float left,
                         float top, float step, uint limit) {
    uint column = get_global_id(0);
    uint row = get_global_id(1);
    if (column >= columns || row >= rows) return;
    float cx = left + step * (float)(first + column), cy = top - step * (float)row;
    float x = 0, y = 0;
    uint n = 0;
    while (n < limit && x * x + y * y <= 4.0f) {
        x = x * x - y * y + cx;
        y = 2.0f * x * y + cy;
        n++;
    }
    counts[(size_t)row * columns + column] = n;
}
