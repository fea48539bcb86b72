// SPDX-License-Identifier: MIT
/* hc_png.h - pictures: one call that writes pixels into a PNG file, by libpng.
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

#endif
