// SPDX-License-Identifier: MIT
/* The matrix product by cuBLAS, where it is installed: NVIDIA's own kernels. Arrays and clock are
 * those of cuda.c. cuBLAS counts in columns, as Fortran does: what it takes for b' a' is, read row
 * by row, a b.
 */
#include "evaluation.h"
#ifndef HC_NO_CUDA
#include <dlfcn.h>

#include "cuda_row.h"

typedef int Create(void **handle);
typedef int SetStream(void *handle, CUstream stream);
typedef int Sgemm(void *handle, int a_transpose, int b_transpose, int m, int n, int k,
                  const float *alpha, const float *a, int a_ld, const float *b, int b_ld,
                  const float *beta, float *c, int c_ld);
static void *handles[MOST_DEVICES]; /* by the device's index */
static Sgemm *sgemm;

static void check(int status, const char *call) {
    if (status != 0)
        CHECK_HC(hc_set_error(HC_ERROR, status, NULL, "leave it out: --only", "%s returned %d",
                              call, status));
}

static void enqueue(CudaRow *c, const Shape *s) {
    int n = (int)s->size[0];
    const float one = 1, zero = 0;
    check(sgemm(c->library, 0, 0, n, n, n, &one, (const float *)(uintptr_t)c->d_in[1], n,
                (const float *)(uintptr_t)c->d_in[0], n, &zero, (float *)(uintptr_t)c->d_out, n),
          "cublasSgemm");
}

/* A function of the library; C has no cast from an object pointer to one of a function. */
static bool find(void *library, const char *name, void *function) {
    void *address = library ? dlsym(library, name) : NULL;
    memcpy(function, &address, sizeof address);
    return address != NULL;
}

static int prepare(Row *row, const Shape *s) {
    static const char *const names[] = {"libcublas.so.13", "libcublas.so.12", "libcublas.so.11"};
    Create *create = NULL;
    SetStream *set_stream = NULL;
    int status = cuda_arrays(row, s);
    CudaRow *c = row->state;
    c->enqueue = enqueue;
    void **handle = &handles[row->device->index % MOST_DEVICES];
    if (status == HC_OK && !*handle) {
        void *library = NULL;
        for (size_t i = 0; i < 3 && !library; i++) library = dlopen(names[i], RTLD_NOW);
        if (!find(library, "cublasCreate_v2", &create) ||
            !find(library, "cublasSetStream_v2", &set_stream) ||
            !find(library, "cublasSgemm_v2", &sgemm))
            status = hc_set_error(HC_SKIP, 0, NULL, NULL,
                                  "not installed (it comes with the CUDA toolkit)");
        if (status == HC_OK && create && set_stream) {
            check(create(handle), "cublasCreate");
            check(set_stream(*handle, c->stream), "cublasSetStream");
        }
    }
    if (status == HC_OK) c->library = *handle;
    else cuda_finish(row);
    return status;
}

const Backend cublas_backend = {"cuBLAS", prepare, cuda_run, cuda_finish};
#endif
