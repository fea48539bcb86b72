// SPDX-License-Identifier: MIT
/* Arrays that are owned: PyCUDA's GPUArray in C.
 *
 * An address alone does not know how long its memory is, of which shape, or in which context it was
 * taken. A struct can. Python frees an array when nobody holds it any more; C has no such moment,
 * so here life time is explicit: array_create begins it, array_release ends it, and what is done
 * with an array before or after is an error, not a crash. The leak report names who created what is
 * left.
 */
#include "../product.h"

//> array
typedef struct Array {
    CUcontext context; /* where the memory is; may not be the one that is current */
    CUdeviceptr data;  /* 0: not created, or released */
    size_t rows, cols; /* of floats, row by row, without padding */
    size_t bytes;      /* rows * cols floats, or one, where that is none */
} Array;
//< array

static int create(Array *x, size_t rows, size_t cols, const char *file, int line) {
    *x = (Array){.rows = rows, .cols = cols};
    size_t n;
    if (__builtin_mul_overflow(rows, cols, &n))
        return hc_set_error(HC_ERROR, 0, NULL, "take a smaller --size",
                            "an array of %zu x %zu elements has no size in 64 bits", rows, cols);
    x->bytes = (n ? n : 1) * sizeof(float);
    int status = hc_cu_check_alloc(n, sizeof(float), 1);
    CUresult code = CUDA_SUCCESS;
    if (status == HC_OK) code = cuCtxGetCurrent(&x->context);
    if (status == HC_OK && code == CUDA_SUCCESS)
        code = leaks_taken(cuMemAlloc_v2(&x->data, x->bytes), &x->data, x->bytes, "array_create",
                           file, line);
    return code == CUDA_SUCCESS ? status : hc_cu_set_error(code);
}
/* A macro, so that the leak report names the line that wanted the array, not one in here. */
#define array_create(x, rows, cols) create(x, rows, cols, __FILE__, __LINE__)

//> borrow
/* Make the array's context current, whatever the thread's was; leave brings that one back. */
static int enter(const Array *x) {
    if (!x->data)
        return hc_set_error(HC_ERROR, 0, NULL, "array_create comes first, array_release last",
                            "an array is used that has been released, or was never created");
    CUresult code = cuCtxPushCurrent(x->context);
    return code == CUDA_SUCCESS ? HC_OK : hc_cu_set_error(code);
}

static int leave(CUresult code) {
    CUcontext ours;
    CUresult popped = cuCtxPopCurrent(&ours);
    if (code == CUDA_SUCCESS) code = popped;
    return code == CUDA_SUCCESS ? HC_OK : hc_cu_set_error(code);
}

static int array_upload(const Array *x, const float *host) {
    int status = enter(x);
    return status == HC_OK ? leave(cuMemcpyHtoD(x->data, host, x->bytes)) : status;
}
//< borrow

static int array_download(float *host, const Array *x) {
    int status = enter(x);
    return status == HC_OK ? leave(cuMemcpyDtoH(host, x->data, x->bytes)) : status;
}

static int array_fill(const Array *x, unsigned char byte) {
    int status = enter(x);
    return status == HC_OK ? leave(cuMemsetD8(x->data, byte, x->bytes)) : status;
}

static int array_release(Array *x) {
    int status = enter(x);
    if (status == HC_OK) status = leave(cuMemFree(x->data));
    *x = (Array){0}; /* a second release, or any use, is noticed */
    return status;
}

//> use
void arrays(const Product *p, Laps *laps) {
    Array a, b, c;
    CHECK_HC(array_create(&a, p->m, p->k));
    CHECK_HC(array_create(&b, p->k, p->n));
    CHECK_HC(array_create(&c, p->m, p->n));
    lap(laps, ALLOCATE);
    CHECK_HC(array_fill(&c, 0xff)); /* NaN: what no kernel writes is wrong */
    CHECK_CU(cuCtxSynchronize());
    lap(laps, NOT_COUNTED);

    CHECK_HC(array_upload(&a, p->a));
    CHECK_HC(array_upload(&b, p->b));
    CHECK_CU(cuCtxSynchronize());
    lap(laps, UPLOAD);
    launch(p, dense(p), c.data, a.data, b.data, NULL);
    CHECK_CU(cuCtxSynchronize());
    lap(laps, KERNEL);
    CHECK_HC(array_download(p->c, &c));
    lap(laps, DOWNLOAD);
    laps->copied = a.bytes + b.bytes + c.bytes;
    check(p, "arrays", p->c);
    lap(laps, NOT_COUNTED);

    CHECK_HC(array_release(&c));
    CHECK_HC(array_release(&b));
    if (!p->leak) CHECK_HC(array_release(&a)); /* --leak: this is what is forgotten */
    lap(laps, RELEASE);
}
//< use
