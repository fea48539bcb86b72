// SPDX-License-Identifier: MIT
/* --png FILE: the last array of two axes and uint8 elements as a picture. 0 is black; the rest goes
 * from dark blue over white to orange, so that neighbours can be told apart. */
#include "program.h"
#ifndef HC_NO_PNG
#include "hc_png.h"

static void colour(unsigned char v, unsigned char *rgb) {
    static const int stops[4][3] = {{0, 7, 60}, {32, 107, 203}, {237, 255, 255}, {255, 170, 0}};
    int at = v * 3, k = at / 256, part = at % 256;
    for (int c = 0; c < 3; c++) {
        int low = stops[k][c], high = stops[k + 1][c];
        rgb[c] = (unsigned char)(v ? low + (high - low) * part / 256 : 0);
    }
}

int write_picture(const char *path, const JitValue *values, size_t n) {
    while (n && !(values[n - 1].ndim == 2 && values[n - 1].kind == JIT_U8)) n--;
    if (!n)
        return hc_set_error(HC_USAGE, 0, NULL, "give it an argument such as uint8[600x900]=0",
                            "--png: no array of two axes and uint8 elements");
    const JitArray *a = &values[n - 1].as.array;
    size_t count = (size_t)(a->shape[0] * a->shape[1]);
    unsigned char *rgb;
    int status = hc_alloc(count, 3, &rgb);
    if (status != HC_OK) return status;
    for (size_t i = 0; i < count; i++) colour(((const unsigned char *)a->data)[i], rgb + 3 * i);
    status = hc_png_write(path, rgb, (size_t)a->shape[1], (size_t)a->shape[0]);
    free(rgb);
    return status;
}

#else
int write_picture(const char *path, const JitValue *values, size_t n) {
    (void)path, (void)values, (void)n;
    return hc_set_error(HC_SKIP, 0, NULL, "install libpng's development files, and build again",
                        "--png: this build is without libpng");
}
#endif
