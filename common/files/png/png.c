// SPDX-License-Identifier: MIT
/* PNG files from pixels and to pixels, by libpng's simple interface. A reader never sees half a
 * picture: the file is written under another name in the same folder and renamed when it is
 * complete. A file that is read may be anything: its size is looked at before room is made for it.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <limits.h>
#include <math.h>
#include <png.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hc_png.h"

enum { MAX_SIDE = 1000000 }; /* libpng reads no more unless told to, so other programs would not */

int hc_png_write(const char *path, const unsigned char *rgb, size_t width, size_t height) {
    char part[PATH_MAX];
    png_image image = {.version = PNG_IMAGE_VERSION, .format = PNG_FORMAT_RGB};
    const char *why = NULL;
    if (width == 0 || height == 0 || width > MAX_SIDE || height > MAX_SIDE)
        return hc_set_error(HC_ERROR, 0, NULL, "choose another --size",
                            "%s: a PNG file has 1 to %d pixels each way, not %zux%zu", path,
                            MAX_SIDE, width, height);
    if (snprintf(part, sizeof part, "%s.%ld.part", path, (long)getpid()) >= (int)sizeof part)
        return hc_set_error(HC_ERROR, ENAMETOOLONG, NULL, NULL, "%s: the path is too long", path);
    struct stat info; /* a pipe or /dev/null is written to; it must not be replaced by a file */
    bool aside = stat(path, &info) != 0 || S_ISREG(info.st_mode) || S_ISDIR(info.st_mode);
    FILE *file = fopen(aside ? part : path, "wb");
    if (!file)
        return hc_set_error(HC_ERROR, errno, NULL,
                            "is the folder there, and may you write to it? choose with --output",
                            "cannot write the picture %s: %s", path, strerror(errno));
    image.width = (png_uint_32)width;
    image.height = (png_uint_32)height;
    if (!png_image_write_to_stdio(&image, file, 0, rgb, 0, NULL)) why = image.message;
    errno = 0;
    if (fclose(file) != 0 && !why) why = strerror(errno);
    if (!why && aside && rename(part, path) != 0) why = strerror(errno);
    if (!why) return HC_OK;
    hc_set_error(HC_ERROR, errno, NULL, "is the disk full, or is that a folder?",
                 "cannot write the picture %s: %s", path, why);
    if (aside) unlink(part);
    return HC_ERROR;
}

int hc_png_read(const char *path, unsigned char **rgb, size_t *width, size_t *height) {
    const uint64_t most = 1 << 26;
    const char *hint = "give another picture, in PNG";
    struct stat info;
    FILE *file = NULL; /* a pipe could make the program wait for ever: it is not even opened */
    bool is_file = stat(path, &info) == 0;
    if (is_file && !S_ISREG(info.st_mode))
        return hc_set_error(HC_USAGE, 0, NULL, hint, "cannot read the picture %s: not a file",
                            path);
    if (is_file) file = fopen(path, "rb");
    if (!file)
        return hc_set_error(HC_USAGE, errno, NULL, hint, "cannot read the picture %s: %s", path,
                            strerror(errno));
    png_image image = {.version = PNG_IMAGE_VERSION};
    const png_color white = {255, 255, 255};
    int status = HC_OK;
    if (!png_image_begin_read_from_stdio(&image, file))
        status = hc_set_error(HC_USAGE, 0, NULL, hint, "cannot read the picture %s: %s", path,
                              image.message);
    else if ((uint64_t)image.width * image.height > most)
        status = hc_set_error(HC_USAGE, 0, NULL, "give a smaller picture",
                              "the picture %s has %ux%u pixels; %llu are the most", path,
                              image.width, image.height, (unsigned long long)most);
    image.format = PNG_FORMAT_RGB;
    if (status == HC_OK) status = hc_alloc((size_t)image.width * image.height, 3, rgb);
    if (status == HC_OK && !png_image_finish_read(&image, &white, *rgb, 0, NULL)) {
        free(*rgb);
        status = hc_set_error(HC_USAGE, 0, NULL, hint, "cannot read the picture %s: %s", path,
                              image.message);
    }
    *width = image.width, *height = image.height;
    png_image_free(&image);
    fclose(file);
    return status;
}

void hc_palette(double t, double rgb[3]) {
    static const double stops[][3] = {{9, 14, 52},     {24, 62, 140},   {74, 150, 208},
                                      {226, 240, 244}, {248, 206, 104}, {206, 112, 24},
                                      {92, 32, 12},    {20, 8, 6}};
    const int last = sizeof stops / sizeof stops[0] - 1;
    double at = fmin(fmax(t, 0), 1) * last;
    int i = at < last ? (int)at : last - 1;
    for (int c = 0; c < 3; c++) rgb[c] = stops[i][c] + (at - i) * (stops[i + 1][c] - stops[i][c]);
}
