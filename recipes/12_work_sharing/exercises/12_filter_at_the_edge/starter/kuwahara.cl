// SPDX-License-Identifier: MIT
/* out[p] = the mean colour of the calmest of four squares that have pixel p of in in a corner: the
 * one whose colours vary least (Kuwahara's filter, 1976). Beyond the edge the edge's pixel repeats.
 * Shapes: in is rows x width, the whole photograph; out is rows x columns, the part of it that
 * begins at its column first; a pixel is 0xRRGGBB. reach <= 11, so that sums fit in 32 bits.
 * Launch: one work-item per pixel of the part, in two dimensions, rounded up to whole groups.
 * Shared memory: none. All numbers are whole, so that the answer has one right value. */
__kernel void kuwahara(__global uint *out, __global const uint *in, uint columns, uint rows,
                       uint first, uint width, uint reach) {
    uint column = get_global_id(0);
    uint row = get_global_id(1);
    if (column >= columns || row >= rows) return;
    int r = (int)reach;
    uint n = (reach + 1) * (reach + 1), least = 0xffffffffu, mean = 0;
    for (int square = 0; square < 4; square++) {
        int left = (int)(first + column) - (square & 1 ? 0 : r);
        int top = (int)row - (square & 2 ? 0 : r);
        uint red = 0, green = 0, blue = 0, squares = 0;
        for (int y = top; y <= top + r; y++)
            for (int x = left; x <= left + r; x++) {
                /* Beyond the picture's edge its outermost pixel repeats. Which one is that? */
                uint p = in[(size_t)y * width + x];
                uint p_red = p >> 16, p_green = p >> 8 & 255, p_blue = p & 255;
                red += p_red, green += p_green, blue += p_blue;
                squares += p_red * p_red + p_green * p_green + p_blue * p_blue;
            }
        uint spread = n * squares - red * red - green * green - blue * blue;
        if (spread >= least) continue;
        least = spread;
        mean = (red + n / 2) / n << 16 | (green + n / 2) / n << 8 | (blue + n / 2) / n;
    }
    out[(size_t)row * columns + column] = mean;
}
