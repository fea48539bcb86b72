// SPDX-License-Identifier: MIT
/* The same work without a device: plain C on all cores of the host, each with its own piece of the
 * matrix. Nothing is copied and nothing is compiled; what is left of the ten steps is the work.
 */
#include "program.h"

/* Elements begin to end are doubled as if they were a matrix of one row. */
static void piece(size_t begin, size_t end, void *matrix) {
    double_matrix((float *)matrix + begin, 1, end - begin);
}

int double_on_host(const HcArgs *args) {
    size_t m = args->size[0], n = args->size[1];
    size_t count = n && m > SIZE_MAX / n ? SIZE_MAX : m * n;
    float *a, *b, *want;
    CHECK_HC(hc_alloc(count, sizeof *a, &a));
    CHECK_HC(hc_alloc(count, sizeof *b, &b));
    CHECK_HC(hc_alloc(count, sizeof *want, &want));
    hc_fill(HC_F32, a, count, args->seed, 0);
    memcpy(want, a, count * sizeof *want);
    double_matrix(want, m, n);
    show_matrix("a", a, m, n);
    for (unsigned i = 0; i <= args->repeat; i++) { /* the first is not counted */
        memcpy(b, a, count * sizeof *b);
        double start_ms = hc_now_ms();
        hc_parallel_for(count, 0, piece, b);
        if (i > 0) hc_note_time(HC_TIME_KERNEL, hc_now_ms() - start_ms);
    }
    show_matrix("b", b, m, n);
    hc_verify("b", hc_compare(HC_F32, b, want, count, HC_EXACT));
    free(want), free(b), free(a);
    return hc_end();
}
