// SPDX-License-Identifier: MIT
/* In, Out, InOut: a launch that takes the host's arrays, as PyCUDA's argument handlers do.
 *
 * kernel(drv.Out(c), drv.In(a), drv.In(b)) is one line in Python, and one call here. It hides nine
 * steps: for each array an allocation, a copy, and a free. That is fine once. In a loop it copies
 * the same matrix again and again, and nobody sees it; here each hidden copy is told. Whoever is
 * lazy and says InOut for everything pays for twice as many.
 */
#include "../product.h"

//> arguments
typedef enum Direction { VALUE = 0, IN = 1, OUT = 2, IN_OUT = IN | OUT } Direction;
typedef struct Argument {
    Direction direction;
    void *host;   /* the array, or the value that is passed as it is */
    size_t bytes; /* of the array */
    CUdeviceptr d_x;
} Argument;
//< arguments

static void tell(const Product *p, size_t i, const char *what, size_t bytes) {
    char text[32];
    if (p->tell)
        hc_say("hidden     argument %zu: %s of %s\n", i, what,
               hc_format_bytes(bytes, false, text, sizeof text));
}

//> call
/* Allocate, copy in, launch, copy out, free: grid_x x grid_y blocks of 16 x 16 threads. */
static size_t call(const Product *p, unsigned grid_x, unsigned grid_y, Argument *arguments,
                   size_t count) {
    enum { MOST = 16 };
    void *parameters[MOST];
    size_t copied = 0;
    for (size_t i = 0; i < count && i < MOST; i++) {
        Argument *x = &arguments[i];
        parameters[i] = x->direction == VALUE ? x->host : &x->d_x;
        if (x->direction == VALUE) continue;
        CHECK_CU(cuMemAlloc(&x->d_x, x->bytes));
        if (x->direction & IN) {
            CHECK_CU(cuMemcpyHtoD(x->d_x, x->host, x->bytes));
            tell(p, i, "upload", x->bytes);
            copied += x->bytes;
        } else {
            CHECK_CU(cuMemsetD8(x->d_x, 0xff, x->bytes)); /* NaN: what no kernel writes is wrong */
        }
    }
    CHECK_CU(
        cuLaunchKernel(p->kernel, grid_x, grid_y, 1, TILE, TILE, 1, 0, NULL, parameters, NULL));
    for (size_t i = 0; i < count && i < MOST; i++) {
        const Argument *x = &arguments[i];
        if (x->direction & OUT) {
            CHECK_CU(cuMemcpyDtoH(x->host, x->d_x, x->bytes)); /* waits for the kernel */
            tell(p, i, "download", x->bytes);
            copied += x->bytes;
        }
        if (x->direction != VALUE) CHECK_CU(cuMemFree(x->d_x));
    }
    return copied;
}
//< call

/* c = a b; c, a and b go in and out as the caller says. A grid has at most 65,535 blocks in y. */
static size_t multiply(const Product *p, Direction dir_c, Direction dir_a, Direction dir_b) {
    size_t n = p->n, k = p->k, most = (size_t)65535 * TILE, copied = 0;
    for (size_t first = 0; first < p->m && n > 0; first += most) {
        size_t m = p->m - first < most ? p->m - first : most;
        Argument list[] = {{dir_c, p->c + first * n, m * n * sizeof(float), 0},
                           {dir_a, p->a + first * k, (k ? m * k : 1) * sizeof(float), 0},
                           {dir_b, p->b, p->bytes_b, 0},
                           {VALUE, &m, 0, 0}, /* by value, as C would */
                           {VALUE, &n, 0, 0},
                           {VALUE, &k, 0, 0},
                           {VALUE, &n, 0, 0}, /* ldc, lda, ldb: the rows are dense */
                           {VALUE, &k, 0, 0},
                           {VALUE, &n, 0, 0}};
        unsigned grid_x = (unsigned)((n + TILE - 1) / TILE);
        unsigned grid_y = (unsigned)((m + TILE - 1) / TILE);
        copied += call(p, grid_x, grid_y, list, sizeof list / sizeof list[0]);
    }
    return copied;
}

void arguments(const Product *p, Laps *laps) {
    size_t lazy = multiply(p, IN_OUT, IN_OUT, IN_OUT);
    check(p, "arguments, all InOut", p->c);
    lap(laps, NOT_COUNTED);
    laps->copied = multiply(p, OUT, IN, IN);
    lap(laps, KERNEL); /* all in one: that is what the convenience costs */
    check(p, "arguments", p->c);
    lap(laps, NOT_COUNTED);
    char all[32], needed[32];
    if (p->tell)
        hc_say("hidden     all InOut: %s copied; c Out, a and b In: %s\n",
               hc_format_bytes(lazy, false, all, sizeof all),
               hc_format_bytes(laps->copied, false, needed, sizeof needed));
}
