// SPDX-License-Identifier: MIT
/* The same work without a device: plain C on all cores of the host, each with its own piece of the
 * matrix. Nothing is copied and nothing is compiled; what is left of the ten steps is the work.
 */
#include "program.h"

/* Elements begin to end are doubled as if they were a matrix of one row. */
static void piece(size_t begin, size_t end, void *matrix) {
    double_matrix((float *)matrix + begin, 1, end - begin);
}

int double_on_host(float *a, float *b, float *want, size_t m, size_t n, unsigned repeat) {
    size_t count = m * n;
    for (unsigned i = 0; i <= repeat; i++) { /* the first time counts for nothing but the answer */
        memcpy(b, a, count * sizeof *b);
        double start_ms = hc_now_ms();
        hc_parallel_for(count, 0, piece, b);
        if (i > 0) hc_note_time(HC_TIME_KERNEL, hc_now_ms() - start_ms);
        else show_matrix(b, m, n);
    }
    hc_verify("b", hc_compare(HC_F32, b, want, count, HC_EXACT));
    free(want), free(b), free(a);
    return hc_end();
}
