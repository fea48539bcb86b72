// SPDX-License-Identifier: MIT
/* The matrix product by OpenBLAS, where it is installed: what decades of work on one function give.
 * It is found when the program runs, since nothing else here needs it.
 */
#include <dlfcn.h>

#include "evaluation.h"

enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111 };
typedef void Sgemm(int layout, int a_transpose, int b_transpose, int m, int n, int k, float alpha,
                   const float *a, int a_ld, const float *b, int b_ld, float beta, float *c,
                   int c_ld);
typedef void SetThreads(int threads);
static Sgemm *sgemm;
static SetThreads *set_threads;

static int prepare(Row *row, const Shape *s) {
    static const char *const names[] = {"libopenblas.so.0", "libopenblas.so"};
    void *library = NULL, *address;
    (void)row;
    for (size_t i = 0; i < 2 && !library && !sgemm; i++) library = dlopen(names[i], RTLD_NOW);
    if (library && (address = dlsym(library, "cblas_sgemm")))
        memcpy(&sgemm, &address, sizeof address); /* C has no cast from object to function */
    if (library && (address = dlsym(library, "openblas_set_num_threads")))
        memcpy(&set_threads, &address, sizeof address);
    if (!sgemm) return hc_set_error(HC_SKIP, 0, NULL, NULL, "not installed (Debian: libopenblas0)");
    if (s->size[0] > 1 << 20)
        return hc_set_error(HC_SKIP, 0, NULL, NULL, "its sizes are of type int");
    if (set_threads) set_threads((int)row->threads);
    return HC_OK;
}

static void run(Row *row, const Shape *s, float *out, const float *const *in, Times *times) {
    int n = (int)s->size[0];
    (void)row;
    double start_ms = hc_now_ms();
    if (n > 0)
        sgemm(ROW_MAJOR, NO_TRANSPOSE, NO_TRANSPOSE, n, n, n, 1, in[0], n, in[1], n, 0, out, n);
    times->total = times->kernel = hc_now_ms() - start_ms;
}

static void finish(Row *row) { (void)row; }

const Backend openblas_backend = {"OpenBLAS", prepare, run, finish};
