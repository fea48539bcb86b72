// SPDX-License-Identifier: MIT
/* Pitched: rows padded, so that each begins at an address that suits the device.
 *
 * A row of 33 floats has 132 bytes; the second one would begin in the middle of a piece of memory
 * that the device fetches at once. cuMemAllocPitch puts bytes behind each row, and says how many
 * lie from one row to the next: the pitch, in bytes. Kernel and copies must go by the pitch;
 * whoever takes the width for it reads the padding as data.
 */
#include "../product.h"

//> matrix
typedef struct Matrix {
    CUdeviceptr data;
    size_t rows, cols, pitch; /* pitch: bytes from one row to the next */
} Matrix;

static Matrix take(size_t rows, size_t cols) {
    Matrix x = {.rows = rows, .cols = cols};
    size_t width = (cols ? cols : 1) * sizeof(float), height = rows ? rows : 1;
    CHECK_CU(cuMemAllocPitch(&x.data, &x.pitch, width, height, sizeof(float)));
    return x;
}
//< matrix

//> copy
/* The host's rows are dense, the device's are pitched: what is copied is a rectangle. */
static void upload(Matrix d_x, const float *x) {
    CUDA_MEMCPY2D copy = {.srcMemoryType = CU_MEMORYTYPE_HOST,
                          .srcHost = x,
                          .srcPitch = d_x.cols * sizeof(float),
                          .dstMemoryType = CU_MEMORYTYPE_DEVICE,
                          .dstDevice = d_x.data,
                          .dstPitch = d_x.pitch,
                          .WidthInBytes = d_x.cols * sizeof(float),
                          .Height = d_x.rows};
    if (d_x.rows && d_x.cols) CHECK_CU(cuMemcpy2D(&copy));
}
//< copy

static void download(void *x, Matrix d_x) {
    CUDA_MEMCPY2D copy = {.srcMemoryType = CU_MEMORYTYPE_DEVICE,
                          .srcDevice = d_x.data,
                          .srcPitch = d_x.pitch,
                          .dstMemoryType = CU_MEMORYTYPE_HOST,
                          .dstHost = x,
                          .dstPitch = d_x.cols * sizeof(float),
                          .WidthInBytes = d_x.cols * sizeof(float),
                          .Height = d_x.rows};
    if (d_x.rows && d_x.cols) CHECK_CU(cuMemcpy2D(&copy));
}

void pitched(const Product *p, Laps *laps) {
    Matrix d_a = take(p->m, p->k), d_b = take(p->k, p->n), d_c = take(p->m, p->n);
    lap(laps, ALLOCATE);
    CHECK_CU(cuMemsetD8(d_c.data, 0xff, d_c.pitch * (p->m ? p->m : 1))); /* NaN */
    CHECK_CU(cuCtxSynchronize());
    lap(laps, NOT_COUNTED);

    upload(d_a, p->a);
    upload(d_b, p->b);
    CHECK_CU(cuCtxSynchronize());
    lap(laps, UPLOAD);
    //> launch
    Layout layout = {.rows = p->m,
                     .ldc = d_c.pitch / sizeof(float), /* kernels count elements, not bytes */
                     .lda = d_a.pitch / sizeof(float),
                     .ldb = d_b.pitch / sizeof(float)};
    launch(p, layout, d_c.data, d_a.data, d_b.data, NULL);
    //< launch
    CHECK_CU(cuCtxSynchronize());
    lap(laps, KERNEL);
    download(p->c, d_c);
    lap(laps, DOWNLOAD);
    laps->copied = p->bytes_a + p->bytes_b + p->bytes_c;
    check(p, "pitched", p->c);
    lap(laps, NOT_COUNTED);

    CHECK_CU(cuMemFree(d_c.data));
    CHECK_CU(cuMemFree(d_b.data));
    CHECK_CU(cuMemFree(d_a.data));
    lap(laps, RELEASE);
}
