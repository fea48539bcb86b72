// SPDX-License-Identifier: MIT
/* ops.h - the tests of PTX instructions: a list of cases, each a few lines of PTX and a C function
 * that says what must come out of them.
 *
 * Nothing here knows how cusim is made: the program sees the driver API alone, and what it
 * expects is computed in plain C from the text of the PTX ISA. Most cases work element by
 * element: a kernel loads the operands of element i, carries out the instruction, and stores
 * what it gave. The others bring a kernel and a check of their own. */
#ifndef OPS_H
#define OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MOST_INPUTS = 4, MOST_OUTPUTS = 4 };

typedef struct Case Case;

/* What an instruction must give for the operands in[0..3], as bits. False: the ISA leaves the
 * result open, and nothing is compared. */
typedef bool Reference(const Case *c, const uint64_t *in, uint64_t *out);

/* A case with a kernel of its own; returns true if all is well, after complain() otherwise. */
typedef bool Custom(const Case *c);

/* How results are compared. */
typedef enum {
    EXACT,
    NAN_F32, /* exact, but any NaN will do for a NaN; ISA, "Floating Point Instructions": programs
              * should not rely on the specific NaNs being generated */
    NAN_F64,
    NAN_F16,
    NAN_BF16,
    NAN_F16X2,
    NAN_BF16X2,
    CLOSE_F32, /* near(c, exact) decides: the reference gives the bits of a double */
    CLOSE_F64,
    CLOSE_F16,
    CLOSE_F16X2, /* out[0] and out[1] are doubles for the low and the high half */
    TOP_19_BITS
} Compare;

struct Case {
    const char *rows; /* of ops.def, separated by spaces */
    char text[400]; /* one or more instructions with $d $e $f $g (results), $a $b $c $x (sources) */
    char out[5];    /* the register of each result: h 16, r 32, l 64 bits, p predicate */
    char in[5];     /* the same of each source */
    char kind[5];   /* the values of each source: see values.c */
    Reference *reference;
    Compare compare;
    int x[8]; /* for the reference */
    /* CLOSE: |got - exact| <= max(absolute, relative * |exact|, ulps * ulp(exact)) */
    double absolute, relative, ulps;
    Custom *run;        /* instead of reference */
    const char *header; /* .version and .target; NULL: the usual ones */
    const char *body;   /* for run */
    int n;              /* elements at most; 0: as many as the operands deserve */
    const char *group;  /* set by main.c */
};

/* ---- The list ---- */
Case *new_case(const char *rows, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The usual one: a reference, registers "r:rr" (results : sources), and a kind for each source. */
Case *element_case(const char *rows, const char *registers, const char *kinds, Reference *reference,
                   const char *format, ...) __attribute__((format(printf, 5, 6)));
Case *custom_case(const char *rows, Custom *run, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void add_int_cases(void);
void add_logic_cases(void);
void add_compare_cases(void);
void add_convert_cases(void);
void add_float_cases(void);
void add_half_cases(void);
void add_move_cases(void);
void add_memory_cases(void);
void add_atomic_cases(void);
void add_warp_cases(void);
void add_control_cases(void);

/* ---- What a case with its own kernel uses ---- */

/* A line about what is wrong; the case's name stands before the first. Always false. */
bool complain(const Case *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Load PTX of one kernel named k and run it: k(in, out, n), in and out being device memory that
 * begins as the host's arrays; out comes back. What the body finds ready: %in %out (.b64), %n %i
 * %lane (.b32; i counts threads of the grid), and registers %h0-15 %r0-63 %l0-31 %f0-15 %d0-7
 * %p0-15. before: what stands outside the kernel (variables, functions); may be NULL. */
typedef struct {
    const char *header, *before, *body;
    unsigned grid[3], block[3]; /* 0 counts as 1 */
    unsigned shared;            /* dynamic, bytes */
    const void *in;
    size_t in_bytes;
    void *out;
    size_t out_bytes;
    unsigned n;
} Kernel;
bool run_kernel(const Case *c, const Kernel *kernel);
/* The same, but the launch must end in an error: its number is in *code (0: it did not). */
bool run_kernel_to_error(const Case *c, const Kernel *kernel, int *code);

/* Compare n words; what names the array in the message. */
bool same32(const Case *c, const char *what, const uint32_t *got, const uint32_t *want, size_t n);
bool same64(const Case *c, const char *what, const uint64_t *got, const uint64_t *want, size_t n);

extern const char usual_header[], newer_header[], sm90_header[], sm60_header[];

/* Element kernels find a constant array of 256 bytes called table, in which byte k is this. */
unsigned table_byte(unsigned k);

/* ---- Values ---- */
uint64_t random64(void); /* from a fixed seed, set anew for each case */
void random_start(uint64_t seed);
size_t make_values(const Case *c, uint64_t (*in)[MOST_INPUTS], size_t most);
double double_of(uint64_t bits);
uint64_t bits_of(double x);
float float_of(uint32_t bits);
uint32_t bits_of_float(float x);
#endif
