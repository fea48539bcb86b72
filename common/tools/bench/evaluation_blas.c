// SPDX-License-Identifier: MIT
/* OpenBLAS as the yardstick of the matrix product: written by specialists, in assembly language for
 * each processor. It is opened at run time, so that the bench builds and runs without it.
 */
#include <dlfcn.h>

#include "evaluation.h"

static struct {
    void *library;
    void (*sgemm)(int order, int trans_a, int trans_b, int m, int n, int k, float alpha,
                  const float *a, int lda, const float *b, int ldb, float beta, float *c, int ldc);
} blas;

int eval_blas_open(Bench *bench) {
    void (*set_threads)(int) = NULL;
    char *(*config)(void) = NULL;
    void *symbol;
    if (blas.sgemm) return HC_OK;
    if (!blas.library) blas.library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
    if (!blas.library)
        return hc_set_error(HC_SKIP, 0, NULL, "install it: ./cook setup bench",
                            "OpenBLAS (libopenblas.so.0) is not installed");
    /* C has no conversion from an object's address to a function's; POSIX asks for this one. */
    symbol = dlsym(blas.library, "openblas_set_num_threads");
    memcpy(&set_threads, &symbol, sizeof symbol);
    symbol = dlsym(blas.library, "openblas_get_config");
    memcpy(&config, &symbol, sizeof symbol);
    symbol = dlsym(blas.library, "cblas_sgemm");
    memcpy(&blas.sgemm, &symbol, sizeof symbol);
    if (!blas.sgemm || !set_threads)
        return hc_set_error(HC_SKIP, 0, NULL, NULL, "libopenblas.so.0 has no cblas_sgemm");
    set_threads((int)hc_cores());
    bench_version(bench, "OpenBLAS", config ? config() : "unknown");
    return HC_OK;
}

void eval_blas_product(float *c, const float *a, const float *b, size_t n) {
    enum { ROW_MAJOR = 101, AS_IT_IS = 111 };
    int m = (int)n;
    blas.sgemm(ROW_MAJOR, AS_IT_IS, AS_IT_IS, m, m, m, 1, a, m, b, m, 0, c, m);
}
