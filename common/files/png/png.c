// SPDX-License-Identifier: MIT
/* A PNG file from pixels, by libpng's simple interface. A reader never sees half a picture: the
 * file is written under another name in the same folder and renamed when it is complete.
 */
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <limits.h>
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
