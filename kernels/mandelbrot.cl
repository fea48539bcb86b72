// SPDX-License-Identifier: MIT
/* counts[p] = steps of z = z*z + c for which |z| stays <= 2, at most limit; pixel p has its own c.
 * Shapes: counts is rows x columns, the part of the picture that begins at its column first; pixel
 * (0, 0) of the whole picture is c = left + top i, and neighbours are step apart.
 * Launch: one work-item per pixel of the part, in two dimensions, rounded up to whole groups.
 * Shared memory: none. A product and the sum after it stay two roundings, as in C: the pragma. */
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
        float next = x * x - y * y + cx;
        y = 2.0f * x * y + cy;
        x = next;
        n++;
    }
    counts[(size_t)row * columns + column] = n;
}
