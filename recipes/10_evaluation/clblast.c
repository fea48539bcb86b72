// SPDX-License-Identifier: MIT
/* The matrix product by CLBlast, where it is installed: a library of tuned OpenCL kernels. Arrays,
 * queue and clock are those of opencl.c; only what is queued differs.
 */
#include "evaluation.h"
#ifndef HC_NO_OPENCL
#include <dlfcn.h>

#include "opencl_row.h"

enum { ROW_MAJOR = 101, NO_TRANSPOSE = 111 };
typedef int Sgemm(int layout, int a_transpose, int b_transpose, size_t m, size_t n, size_t k,
                  float alpha, cl_mem a, size_t a_offset, size_t a_ld, cl_mem b, size_t b_offset,
                  size_t b_ld, float beta, cl_mem c, size_t c_offset, size_t c_ld,
                  cl_command_queue *queue, cl_event *event);
static Sgemm *sgemm;

static void enqueue(OpenclRow *o, const Shape *s, cl_event *event) {
    size_t n = s->size[0];
    int status = sgemm(ROW_MAJOR, NO_TRANSPOSE, NO_TRANSPOSE, n, n, n, 1, o->d_in[0], 0, n,
                       o->d_in[1], 0, n, 0, o->d_out, 0, n, &o->queue, event);
    if (status != 0)
        CHECK_HC(hc_set_error(HC_ERROR, status, NULL, "leave it out: --only",
                              "CLBlastSgemm returned %d", status));
}

static int prepare(Row *row, const Shape *s) {
    static const char *const names[] = {"libclblast.so.1", "libclblast.so"};
    void *library = NULL, *address;
    for (size_t i = 0; i < 2 && !library && !sgemm; i++) library = dlopen(names[i], RTLD_NOW);
    if (!sgemm && (address = library ? dlsym(library, "CLBlastSgemm") : NULL))
        memcpy(&sgemm, &address, sizeof address); /* C has no cast from object to function */
    if (!sgemm) return hc_set_error(HC_SKIP, 0, NULL, NULL, "not installed (Debian: libclblast1)");
    int status = opencl_arrays(row, s);
    OpenclRow *o = row->state;
    o->enqueue = enqueue;
    if (status != HC_OK) opencl_finish(row);
    return status;
}

const Backend clblast_backend = {"CLBlast", prepare, opencl_run, opencl_finish};
#endif
