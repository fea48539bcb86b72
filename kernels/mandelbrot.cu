// SPDX-License-Identifier: MIT
/* counts[p] = steps of z = z*z + c for which |z| stays <= 2, at most limit; pixel p has its own c.
 * Shapes: counts is rows x columns, the part of the picture that begins at its column first; pixel
 * (0, 0) of the whole picture is c = left + top i, and neighbours are step apart.
 * Launch: one thread per pixel of the part, in two dimensions, rounded up to whole blocks.
 * Shared memory: none. Build it with --fmad=false: product and sum are two roundings, as in C. */
extern "C" __global__ void mandelbrot(unsigned *counts, unsigned columns, unsigned rows,
                                      unsigned first, float left, float top, float step,
                                      unsigned limit) {
    unsigned column = blockIdx.x * blockDim.x + threadIdx.x;
    unsigned row = blockIdx.y * blockDim.y + threadIdx.y;
    if (column >= columns || row >= rows) return;
    float cx = left + step * (float)(first + column), cy = top - step * (float)row;
    float x = 0, y = 0;
    unsigned n = 0;
    while (n < limit && x * x + y * y <= 4.0f) {
        float next = x * x - y * y + cx;
        y = 2.0f * x * y + cy;
        x = next;
        n++;
    }
    counts[(size_t)row * columns + column] = n;
}
