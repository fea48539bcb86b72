// SPDX-License-Identifier: MIT
/* hc_png.h - pictures: PNG files written and read, by libpng, and colours for numbers.
 */
#ifndef HC_PNG_H
#define HC_PNG_H
#include "hc.h"

/* hc_png_write - write a picture. The file appears whole or not at all: it is written beside path,
 * under a name of its own, and then renamed. A path that is no file, as /dev/null, is written to.
 *   shapes  rgb: height rows from the top, of width pixels, of 3 bytes: red, green, blue (sRGB)
 *   errors  HC_ERROR with the path and the reason: no such folder, no right to write there, a full
 *           disk, or a picture without pixels or too large for a PNG file */
int hc_png_write(const char *path, const unsigned char *rgb, size_t width, size_t height);

/* hc_png_read - read a picture of any kind of PNG as 8 bits of red, green and blue, what is
 * transparent as if on white. *rgb is to be freed.
 *   shapes  *rgb: *height rows of *width pixels, as for hc_png_write
 *   errors  HC_USAGE with the path and the reason: no such file, no regular one, no PNG, a damaged
 *           one, or more than 2^26 pixels, which a few bytes can claim to be */
int hc_png_read(const char *path, unsigned char **rgb, size_t *width, size_t *height);

/* hc_palette - a colour for a number from 0 to 1: from dark blue over light blue and white to gold
 * and brown, in rgb, from 0 to 255. */
void hc_palette(double t, double rgb[3]);

#endif
