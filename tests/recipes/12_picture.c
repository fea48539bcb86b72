// SPDX-License-Identifier: MIT
/* 12_picture BEFORE AFTER RADIUS - is AFTER what Kuwahara's filter makes of BEFORE? Both are PNG
 * files. Each pixel is computed anew from the filter's definition, in double: of four squares, the
 * one whose colours have the least variance gives its mean. Where two are equally calm either may
 * be taken. Exit code 0 or 1.
 */
#include <math.h>
#include <png.h>

#include "hc.h"

static unsigned char *read_rgb(const char *path, png_image *image) {
    *image = (png_image){.version = PNG_IMAGE_VERSION};
    if (!png_image_begin_read_from_file(image, path)) return NULL;
    image->format = PNG_FORMAT_RGB;
    unsigned char *rgb = malloc(PNG_IMAGE_SIZE(*image));
    return rgb && png_image_finish_read(image, NULL, rgb, 0, NULL) ? rgb : NULL;
}

static long within(long i, unsigned size) { return i < 0 ? 0 : i >= size ? (long)size - 1 : i; }

/* The mean colour of the square that begins at (left, top), and how much its colours vary. */
static double look(const unsigned char *rgb, const png_image *image, long left, long top, long side,
                   double mean[3]) {
    double variance = 0, n = (double)(side * side);
    for (int c = 0; c < 3; c++) {
        mean[c] = 0;
        for (int pass = 0; pass < 2; pass++) /* first the mean, then the distances from it */
            for (long i = 0; i < side * side; i++) {
                long x = within(left + i % side, image->width);
                long y = within(top + i / side, image->height);
                double value = rgb[3 * (y * (long)image->width + x) + c];
                if (pass == 0) mean[c] += value / n;
                else variance += (value - mean[c]) * (value - mean[c]) / n;
            }
    }
    return variance;
}

int main(int argc, char **argv) {
    uint64_t radius;
    png_image before, after;
    if (argc != 4 || !hc_parse_count(argv[3], 100, &radius)) return 2;
    unsigned char *in = read_rgb(argv[1], &before), *out = read_rgb(argv[2], &after);
    bool alike = in && out && before.width == after.width && before.height == after.height;
    long r = (long)radius, wrong = 0;
    for (long p = 0; alike && p < (long)before.width * (long)before.height; p++) {
        long x = p % (long)before.width, y = p / (long)before.width;
        double mean[4][3], variance[4], least = INFINITY;
        for (int s = 0; s < 4; s++) {
            variance[s] =
                look(in, &before, x - (s % 2 ? 0 : r), y - (s / 2 ? 0 : r), r + 1, mean[s]);
            least = fmin(least, variance[s]);
        }
        bool right = false;
        for (int s = 0; s < 4; s++) {
            if (variance[s] > least + 1e-6) continue;
            bool same = true;
            for (int c = 0; c < 3; c++) same &= fabs(out[3 * p + c] - mean[s][c]) <= 0.5 + 1e-6;
            right |= same;
        }
        wrong += !right;
    }
    printf("%ld pixels are wrong%s\n", wrong, alike ? "" : "; not two pictures of one size");
    free(in), free(out);
    return alike && wrong == 0 ? 0 : 1;
}
