// SPDX-License-Identifier: MIT
/* From counts to colours to a PNG file. Points that never left are black; the others run through
 * a palette by the logarithm of their count, so that the few steps far outside and the many near
 * the edge both show.
 */
#include <math.h>

#include "hc_png.h"
#include "mandelbrot.h"

int write_picture(const char *path, const Job *job, const char *mark) {
    const View *v = &job->view;
    bool tint = strcmp(mark, "tint") == 0, line = strcmp(mark, "line") == 0;
    size_t wide = 1 + v->width / 1000;
    double scale = 1 / log2(v->limit + 2.0);
    unsigned char *rgb;
    int status = hc_alloc(v->width * v->height, 3, &rgb);
    if (status != HC_OK) return status;
    for (size_t row = 0; row < v->height; row++)
        for (size_t column = 0; column < v->width; column++) {
            size_t p = row * v->width + column;
            uint32_t n = job->counts[p];
            double c[3] = {0, 0, 0};
            if (n < v->limit) hc_palette(log2(n + 1.0) * scale, c);
            if (tint && column >= job->first) { /* the device's: red and blue exchanged, lighter */
                double red = c[0];
                c[0] = 40 + 0.84 * c[2], c[1] = 24 + 0.84 * c[1], c[2] = 40 + 0.84 * red;
            }
            if (line && column < job->first && column + wide >= job->first && job->first < v->width)
                c[0] = 255, c[1] = 0, c[2] = 90;
            for (int i = 0; i < 3; i++) rgb[3 * p + (size_t)i] = (unsigned char)lround(c[i]);
        }
    status = hc_png_write(path, rgb, v->width, v->height);
    free(rgb);
    return status;
}
