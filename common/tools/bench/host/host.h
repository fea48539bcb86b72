// SPDX-License-Identifier: MIT
/* host.h - the other side of many ratios: the same work in plain C on the threads of the host, as
 * an OpenCL device on the same processor must be measured against.
 *
 * The loops are compiled for several instruction sets (kernels.c), and the best one that this
 * processor has is taken at run time, as a driver compiles for the processor that it finds.
 */
#ifndef HC_BENCH_HOST_H
#define HC_BENCH_HOST_H
#include <stdbool.h>
#include <stddef.h>

/* Loops over elements begin .. end - 1; begin is a multiple of HOST_GRAIN. _nt: non-temporal
 * stores, which need z + begin at a multiple of 64 bytes; NULL where the instruction set has
 * none. */
typedef struct HostKernels {
    int lanes; /* floats in one vector register */
    void (*copy)(float *z, const float *x, size_t begin, size_t end);
    void (*copy_nt)(float *z, const float *x, size_t begin, size_t end);
    void (*add)(float *z, const float *x, const float *y, size_t begin, size_t end);
    void (*add_nt)(float *z, const float *x, const float *y, size_t begin, size_t end);
    void (*triad)(float *z, const float *x, const float *y, float a, size_t begin, size_t end);
    void (*triad_nt)(float *z, const float *x, const float *y, float a, size_t begin, size_t end);
    float (*sum)(const float *x, size_t begin, size_t end);
    /* z = sin x + cos x + exp -x: with the vector functions of the C library if the compiler knows
     * them */
    void (*map)(float *z, const float *x, size_t begin, size_t end);
    /* Rows begin .. end - 1 of z: the mean of the four neighbours, the border copied. */
    void (*stencil)(float *z, const float *x, size_t rows, size_t cols, size_t begin, size_t end);
    /* Rows begin .. end - 1 of the product z = x y of n x n matrices. */
    void (*product)(float *z, const float *x, const float *y, size_t n, size_t begin, size_t end);
    /* steps times v = v * factor + summand in each lane of fma_chains registers, of which the first
     * begins at factor, the next at twice that and so on; returns the sum of all lanes */
    float (*fma)(size_t steps, float factor, float summand);
    int fma_chains;
} HostKernels;

enum { HOST_GRAIN = 1024 };

extern const HostKernels host_kernels_plain, host_kernels_v3, host_kernels_v4;
const HostKernels *host_kernels(void); /* the best for this processor */

/* host_aligned - n floats, zeroed, at a multiple of 64 bytes; free() releases them. NULL: no
 * memory. */
float *host_aligned(size_t n);

/* host_for - body on pieces of 0 .. n that begin at multiples of grain, by threads that wait for
 * work since the first call (0: one for each core; the caller is one of them), each taking the next
 * piece when it is done with one: a core that others keep busy leaves its share to the rest.
 *   part   the number of the piece, below HOST_PARTS */
enum { HOST_PARTS = 4096 };
typedef void HostBody(size_t part, size_t begin, size_t end, void *context);
void host_for(size_t n, size_t grain, unsigned threads, HostBody *body, void *context);

/* ---- jobs.c: whole jobs on the threads ---- */
typedef enum {
    HOST_COPY,
    HOST_COPY_NT,
    HOST_ADD,
    HOST_ADD_NT,
    HOST_TRIAD,
    HOST_TRIAD_NT,
    HOST_SUM,
    HOST_MAP,
    HOST_STENCIL, /* x and z are n / cols rows */
    HOST_PRODUCT, /* z = x y: square matrices of cols columns */
    HOST_FMA      /* n * HOST_FMA_STEPS steps, spread over the threads */
} HostJob;

enum { HOST_FMA_STEPS = 20000 };
#define HOST_FMA_FACTOR 0.999f
#define HOST_FMA_SUMMAND 0.5f

typedef struct HostData {
    size_t n, cols;
    float *x, *y, *z; /* n elements each, at multiples of 64 bytes */
    float a;          /* of the triad: z = x + a y */
    double sum;       /* what HOST_SUM and HOST_FMA found */
} HostData;

bool host_has(
    HostJob job); /* has the instruction set non-temporal stores, if the job wants them? */

/* host_job - run it; wall time in milliseconds. */
double host_job(HostData *data, HostJob job, unsigned threads);

#endif
