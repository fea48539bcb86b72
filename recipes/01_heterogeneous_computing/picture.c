// SPDX-License-Identifier: MIT
/* From counts to colours to a PNG file. Points that never left are black; the others run through
 * a palette by the logarithm of their count, so that the few steps far outside and the many near
 * the edge both show.
 */
#include <math.h>

#include "hc_png.h"
#include "mandelbrot.h"

typedef struct Colour {
    double red, green, blue;
} Colour;

/* From dark blue over light blue and white to gold and brown, from few steps to many. */
static Colour palette(double t) {
    static const Colour stops[] = {{9, 14, 52},     {24, 62, 140},  {74, 150, 208}, {226, 240, 244},
                                   {248, 206, 104}, {206, 112, 24}, {92, 32, 12},   {20, 8, 6}};
    const int last = sizeof stops / sizeof stops[0] - 1;
    double at = fmin(fmax(t, 0), 1) * last;
    int i = at < last ? (int)at : last - 1;
    double part = at - i;
    const Colour *a = &stops[i], *b = &stops[i + 1];
    return (Colour){a->red + part * (b->red - a->red), a->green + part * (b->green - a->green),
                    a->blue + part * (b->blue - a->blue)};
}

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
            Colour c = {0, 0, 0};
            if (n < v->limit) c = palette(log2(n + 1.0) * scale);
            if (tint &&
                column >= job->first) /* the device's part: red and blue exchanged, lighter */
                c = (Colour){40 + 0.84 * c.blue, 24 + 0.84 * c.green, 40 + 0.84 * c.red};
            if (line && column < job->first && column + wide >= job->first && job->first < v->width)
                c = (Colour){255, 0, 90};
            rgb[3 * p] = (unsigned char)lround(c.red);
            rgb[3 * p + 1] = (unsigned char)lround(c.green);
            rgb[3 * p + 2] = (unsigned char)lround(c.blue);
        }
    status = hc_png_write(path, rgb, v->width, v->height);
    free(rgb);
    return status;
}
