// SPDX-License-Identifier: MIT
/* product.h - what the files of this recipe share: one matrix product, and how it is told and
 * timed.
 */
#ifndef PRODUCT_H
#define PRODUCT_H
#include "leaks.h"

enum { TILE = 16 }; /* threads of a block in x and in y, as in the kernels */

/* c = a b with c: m x n, a: m x k, b: k x n, row by row. An array without elements has room for one
 * all the same, since no driver gives 0 bytes. */
typedef struct Product {
    size_t m, k, n;
    size_t bytes_a, bytes_b, bytes_c;
    float *a, *b, *c; /* on the host, in plain memory; c is for results */
    float *want;      /* the reference: m x n, summed in double and rounded */
    HcTolerance tolerance;
    CUdevice device;
    CUfunction kernel; /* matmul_naive or matmul_tiled */
    CUstream stream;
    bool leak; /* --leak: forget to give one array back */
    bool tell; /* say what happens: --kind names this one, and it is its first round */
} Product;

/* Elements from one row to the next in device memory, and how many rows of c to compute. */
typedef struct Layout {
    size_t rows, ldc, lda, ldb;
} Layout;

/* make_arrays - a, b, c and want for p->m, p->k, p->n, and their sizes; free_arrays.
 *   errors  HC_ERROR if the host has no such memory, or sizes overflow */
int make_arrays(Product *p);
void free_arrays(Product *p);

/* dense - all rows, without padding. */
Layout dense(const Product *p);

/* launch - queue c = a b on a stream; d_c, d_a, d_b are laid out as layout says. */
void launch(const Product *p, Layout layout, CUdeviceptr d_c, CUdeviceptr d_a, CUdeviceptr d_b,
            CUstream stream);

/* ---- Times: a kind of memory tells its story, and says at each turn what has just passed ---- */
typedef enum { ALLOCATE, UPLOAD, KERNEL, DOWNLOAD, RELEASE, PARTS, NOT_COUNTED = PARTS } Part;
typedef struct Laps {
    double last_ms, ms[PARTS];
    double side_by_side_ms; /* upload, kernel and download together, where they overlap; else 0 */
    size_t copied;          /* bytes that the program had copied */
} Laps;
void lap(Laps *laps, Part part); /* the time since the last lap goes to part */

/* check - compare c (m x n) with the reference, and wipe it, so that no later result can be this
 * one. What differs is reported under the name of the kind, else added to what checked() tells. */
void check(const Product *p, const char *kind, float *c);
HcVerdict checked(void);

/* tolerance - how far a sum of k products in float may be from the reference. */
HcTolerance tolerance(const Product *p);

/* multiply_on_host - c in float by threads of the host: what --device cpu runs. */
void multiply_on_host(const Product *p);

/* ---- kinds.c: all kinds of memory, in one table ---- */

/* The words for --kind. */
#define KINDS                                                                                      \
    "all|pageable|pinned|mapped|registered|managed|pitched|async|overlapped|arrays|arguments|pool"

/* measure_kinds - the product through the kind of memory that name means, or all, repeat times
 * each.
 *   errors  HC_SKIP if the device lacks the one that was asked for */
int measure_kinds(const Product *p, const char *name, unsigned repeat);
void print_kinds(bool simulated); /* the table of what was measured */

/* check_options - HC_USAGE for what cannot be: a kind of device memory on the host, and a leak
 * where no array is made. */
int check_options(const char *kind, bool leak, bool on_host);

/* check_room - is there device memory for a, b and c, where the kind takes any?
 *   errors  HC_ERROR with what was asked for, what is free, and what there is in all */
int check_room(const Product *p, const char *kind);

/* Each file below kinds/ and pycuda/ is one of these. */
typedef void Story(const Product *p, Laps *laps);
Story pageable, pinned, mapped, registered, managed, pitched, async, overlapped; /* kinds/ */
Story arrays, arguments, pool;                                                   /* pycuda/ */

#endif
