// SPDX-License-Identifier: MIT
/* Pageable: plain host memory and plain device memory, as main.c has it; here with its times.
 *
 * The host's arrays are of malloc. The operating system may move or swap their pages, so a GPU
 * cannot fetch from them by itself: the driver copies piece by piece into pinned memory of its own,
 * and from there to the device. That is simple and safe, and every byte is copied twice.
 */
#include "../product.h"

void pageable(const Product *p, Laps *laps) {
    CUdeviceptr d_a, d_b, d_c;
    CHECK_CU(cuMemAlloc(&d_a, p->bytes_a));
    CHECK_CU(cuMemAlloc(&d_b, p->bytes_b));
    CHECK_CU(cuMemAlloc(&d_c, p->bytes_c));
    lap(laps, ALLOCATE);
    CHECK_CU(cuMemsetD8(d_c, 0xff, p->bytes_c)); /* NaN: what no kernel writes is wrong */
    CHECK_CU(cuCtxSynchronize());
    lap(laps, NOT_COUNTED);

    CHECK_CU(cuMemcpyHtoD(d_a, p->a, p->bytes_a)); /* returns when p->a may be changed again */
    CHECK_CU(cuMemcpyHtoD(d_b, p->b, p->bytes_b));
    CHECK_CU(cuCtxSynchronize());
    lap(laps, UPLOAD);
    launch(p, dense(p), d_c, d_a, d_b, NULL);
    CHECK_CU(cuCtxSynchronize());
    lap(laps, KERNEL);
    CHECK_CU(cuMemcpyDtoH(p->c, d_c, p->bytes_c)); /* returns when p->c is complete */
    lap(laps, DOWNLOAD);
    laps->copied = p->bytes_a + p->bytes_b + p->bytes_c;
    check(p, "pageable", p->c);
    lap(laps, NOT_COUNTED);

    CHECK_CU(cuMemFree(d_c));
    CHECK_CU(cuMemFree(d_b));
    CHECK_CU(cuMemFree(d_a));
    lap(laps, RELEASE);
}
