// SPDX-License-Identifier: MIT
/* 01_picture FILE WIDTH HEIGHT LIMIT - is this the Mandelbrot set? Reads the PNG file, computes
 * each point anew, in double, and compares what does not depend on colours: points inside are
 * black, points that leave early are not, and points with equal counts have equal colours. A count
 * may differ between float and double; that must be rare. Exit code 0 or 1.
 */
#include <png.h>

#include "hc.h"

static unsigned steps(double cx, double cy, unsigned limit) {
    double x = 0, y = 0;
    unsigned n = 0;
    for (; n < limit && x * x + y * y <= 4; n++) {
        double next = x * x - y * y + cx;
        y = 2 * x * y + cy;
        x = next;
    }
    return n;
}

int main(int argc, char **argv) {
    uint64_t width, height, limit;
    if (argc != 5 || !hc_parse_count(argv[2], 100000, &width) ||
        !hc_parse_count(argv[3], 100000, &height) || !hc_parse_count(argv[4], 100000, &limit))
        return 2;
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_file(&image, argv[1])) {
        printf("%s: %s\n", argv[1], image.message);
        return 1;
    }
    image.format = PNG_FORMAT_RGB;
    if (image.width != width || image.height != height) {
        printf("%s: %ux%u pixels\n", argv[1], image.width, image.height);
        return 1;
    }
    unsigned char *rgb = malloc(PNG_IMAGE_SIZE(image));
    unsigned *colour_of = calloc(limit + 1, sizeof *colour_of); /* 0: none yet, else 1 + colour */
    size_t *seen = calloc(limit + 1, sizeof *seen), wrong = 0;
    bool right = false;
    if (!rgb || !colour_of || !seen || !png_image_finish_read(&image, NULL, rgb, 0, NULL))
        goto done;
    double wide = 3.0 / (double)width, high = 2.5 / (double)height;
    double step = wide > high ? wide : high;
    for (size_t row = 0; row < height; row++)
        for (size_t column = 0; column < width; column++) {
            const unsigned char *p = rgb + 3 * (row * width + column);
            unsigned colour = 1 + p[0] * 65536u + p[1] * 256u + p[2];
            unsigned n =
                steps(-0.75 - step * ((double)width - 1) / 2 + step * (double)column,
                      step * ((double)height - 1) / 2 - step * (double)row, (unsigned)limit);
            if (!colour_of[n]) colour_of[n] = colour;
            seen[n]++;
            if (colour != colour_of[n]) wrong++;
        }
    size_t pixels = width * height, colours = 0;
    for (size_t n = 0; n < 8 && n < limit; n++) /* counts with many pixels: colours of their own */
        for (size_t m = n + 1; m < 8 && m < limit; m++)
            if (seen[n] && seen[m] && colour_of[n] == colour_of[m]) wrong += pixels;
    for (size_t n = 0; n <= limit; n++) colours += seen[n] > 0;
    printf("%zu of %zu pixels are unlike others with the same count; %zu counts\n", wrong, pixels,
           colours);
    bool inside = seen[limit] == 0 || colour_of[limit] == 1; /* black */
    right = wrong * 200 <= pixels && inside && colours > 10; /* one pixel in 200 */
done:
    free(seen), free(colour_of), free(rgb);
    return right ? 0 : 1;
}
