// SPDX-License-Identifier: MIT
/* image.h - what programs hand over as device code: PTX text, several at once, or machine code. */
#ifndef CUSIM_IMAGE_H
#define CUSIM_IMAGE_H

#include "api.h"

/* The PTX texts in an image. They point into it. */
typedef struct {
    const char **text;
    size_t *bytes; /* without the final 0 */
    size_t n;
} CusimImages;

/* cusim_image_open - find the texts in what cuModuleLoadData was given. Machine code is one text
 * here; cusim_image_check refuses it. */
CUresult cusim_image_open(const void *image, CusimImages *images);
void cusim_image_close(CusimImages *images);
/* cusim_image_join - one image of n texts, which cusim_image_open takes apart again. free() it. */
CUresult cusim_image_join(const char *const *text, const size_t *bytes, size_t n, void **image,
                          size_t *image_bytes);
/* cusim_image_check - is this PTX that this driver and device could load, by its head?
 *   errors  INVALID_IMAGE, NO_BINARY_FOR_GPU, UNSUPPORTED_PTX_VERSION, INVALID_PTX; log says why */
CUresult cusim_image_check(const char *text, size_t bytes, char *log, size_t log_bytes);
#endif
