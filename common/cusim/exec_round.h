// SPDX-License-Identifier: MIT
/* exec_round.h - what the handlers of floating-point instructions share: NaN, flushing, saturation,
 * and the four rounding modes.
 *
 * PTX names a rounding in each instruction (add.rz.f32), while a CPU has one mode for all that it
 * does. Rounding to nearest even, .rn, is the mode that handlers find set. For .rz, .rm and .rp a
 * handler sets the CPU's mode, runs its loop over the lanes, and sets the mode back: two writes of
 * a control register for 32 lanes. The hardware then rounds add, sub, mul, div, sqrt and fma
 * exactly, with overflow, subnormal numbers and the signs of zeros as IEEE 754 has them, on every
 * CPU alike.
 *
 * What is left to the choice of a CPU is the NaN that an operation gives. f32: always 0x7fffffff,
 * as on NVIDIA GPUs. f64: the first NaN among the operands, quiet; if none is NaN,
 * 0xfff8000000000000.
 *
 * Source: PTX ISA, "Floating-Point Instructions"; CUDA C++ Programming Guide, "Floating-Point
 * Standard"; the NaN constants are those of CUDA's math_constants.h. */
#ifndef CUSIM_EXEC_ROUND_H
#define CUSIM_EXEC_ROUND_H

#include "exec.h"
#include "half.h"

#if !defined(__x86_64__) && !defined(__aarch64__)
#include <fenv.h>
#endif

/* The parts of bind_float that live in files of their own. */
CUSIM_BIND(double);
CUSIM_BIND(approx);

/* ---- Modifiers, in inst->aux ---- */
enum {
    CUSIM_AUX_ROUNDING = 3, /* a CusimRounding */
    CUSIM_AUX_FTZ = 4,
    CUSIM_AUX_SAT = 8,
    CUSIM_AUX_RELU = 16,
    CUSIM_AUX_NAN = 32,
    CUSIM_AUX_XORSIGN = 64,
    CUSIM_AUX_ABS = 128
};
static inline uint32_t cusim_float_aux(const CusimForm *form) {
    uint32_t aux = CUSIM_RN;
    if (cusim_has(form, CUSIM_M_rz)) aux = CUSIM_RZ;
    if (cusim_has(form, CUSIM_M_rm)) aux = CUSIM_RM;
    if (cusim_has(form, CUSIM_M_rp)) aux = CUSIM_RP;
    if (cusim_has(form, CUSIM_M_ftz)) aux |= CUSIM_AUX_FTZ;
    if (cusim_has(form, CUSIM_M_sat)) aux |= CUSIM_AUX_SAT;
    if (cusim_has(form, CUSIM_M_relu)) aux |= CUSIM_AUX_RELU;
    if (cusim_has(form, CUSIM_M_NaN)) aux |= CUSIM_AUX_NAN;
    if (cusim_has(form, CUSIM_M_xorsign)) aux |= CUSIM_AUX_XORSIGN;
    if (cusim_has(form, CUSIM_M_abs)) aux |= CUSIM_AUX_ABS;
    return aux;
}

/* ---- f32 ---- */

/* A result: any NaN becomes the one NaN. */
CUSIM_ALWAYS_INLINE float cusim_canonical(float x) {
    return x == x ? x : cusim_bits_float(CUSIM_NAN32);
}
/* .ftz: a subnormal number becomes the zero of its sign. Zeros pass as subnormals, unchanged. */
CUSIM_ALWAYS_INLINE float cusim_flush(float x) {
    uint32_t bits = cusim_float_bits(x);
    return cusim_bits_float((bits & 0x7f800000) == 0 ? bits & 0x80000000 : bits);
}
/* The same where aux decides: keep is cusim_flush_keep(aux), the bits that a subnormal retains. */
CUSIM_ALWAYS_INLINE float cusim_flush_if(float x, uint32_t keep) {
    uint32_t bits = cusim_float_bits(x);
    return cusim_bits_float((bits & 0x7f800000) == 0 ? bits & keep : bits);
}
CUSIM_ALWAYS_INLINE uint32_t cusim_flush_keep(uint32_t aux) {
    return aux & CUSIM_AUX_FTZ ? 0x80000000 : 0xffffffff;
}
/* .sat: into [0, 1]; NaN and -0 become +0. */
CUSIM_ALWAYS_INLINE float cusim_saturate(float x) {
    float low = x > 0 ? x : 0;
    return low < 1 ? low : 1;
}

/* ---- f64 ---- */

#define CUSIM_NAN64_INVALID 0xfff8000000000000u /* of an operation without a NaN operand */

CUSIM_ALWAYS_INLINE double cusim_quiet(double nan) {
    return cusim_bits_double(cusim_double_bits(nan) | 0x0008000000000000u);
}
/* The NaN of an operation on a, b, c; leave operands that it lacks 0. */
CUSIM_ALWAYS_INLINE double cusim_pick_nan(double a, double b, double c) {
    if (a != a) return cusim_quiet(a);
    if (b != b) return cusim_quiet(b);
    if (c != c) return cusim_quiet(c);
    return cusim_bits_double(CUSIM_NAN64_INVALID);
}

/* a + b rounded "to odd": cut off, and if anything was cut off, the last bit is set. Rounding such
 * a sum once more, to a type with at least two bits less, is as good as rounding the exact sum. The
 * two-sum of Knuth gives what the addition lost; |a|, |b| must be far from a double's overflow.
 * Source: Boldo and Melquiond, "Emulation of a FMA and correctly rounded sums". */
CUSIM_ALWAYS_INLINE double cusim_add_odd(double a, double b) {
    double sum = a + b, of_b = sum - a;
    double lost = (a - (sum - of_b)) + (b - of_b);
    uint64_t bits = cusim_double_bits(sum);
    /* The sum's neighbour on the other side of the exact value, if the sum itself is even. */
    uint64_t away = (lost > 0) == (sum > 0) ? 1 : UINT64_MAX;
    int inexact = (lost > 0) | (lost < 0); /* not for NaN, of infinite operands */
    return cusim_bits_double((inexact & ~(int)bits & 1) != 0 ? bits + away : bits);
}

/* ---- Rounding modes of the CPU ----
 * The asm statements keep the loop between them: it reads and writes memory, which they, as far as
 * the compiler knows, change. What a handler computes in between must hence be loaded there and
 * stored there; results in a local array are pinned by giving its address to restore. */

/* Sets the mode; returns what restore needs. */
static inline uint64_t cusim_rounding_set(CusimRounding rounding) {
#if defined(__x86_64__)
    static const uint32_t mode[4] = {0x0000, 0x6000, 0x2000, 0x4000}; /* MXCSR.RC: rn rz rm rp */
    uint32_t old, new_;
    __asm__ volatile("stmxcsr %0" : "=m"(old));
    new_ = (old & ~0x6000u) | mode[rounding];
    __asm__ volatile("ldmxcsr %0" : : "m"(new_) : "memory");
    return old;
#elif defined(__aarch64__)
    static const uint64_t mode[4] = {0u << 22, 3u << 22, 2u << 22, 1u << 22}; /* FPCR.RMode */
    uint64_t old;
    __asm__ volatile("mrs %0, fpcr" : "=r"(old));
    __asm__ volatile("msr fpcr, %0" : : "r"((old & ~(3ull << 22)) | mode[rounding]) : "memory");
    return old;
#else
    static const int mode[4] = {FE_TONEAREST, FE_TOWARDZERO, FE_DOWNWARD, FE_UPWARD};
    int old = fegetround();
    fesetround(mode[rounding]);
    __asm__ volatile("" : : : "memory");
    return (uint64_t)old;
#endif
}
static inline void cusim_rounding_restore(uint64_t old, const void *results) {
    __asm__ volatile("" : : "r"(results) : "memory");
#if defined(__x86_64__)
    uint32_t mxcsr = (uint32_t)old;
    __asm__ volatile("ldmxcsr %0" : : "m"(mxcsr) : "memory");
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" : : "r"(old) : "memory");
#else
    fesetround((int)old);
    __asm__ volatile("" : : : "memory");
#endif
}

#define CUSIM_HANDLER(name) static int name(CusimWarp *warp, const CusimInst *inst, uint32_t mask)
#endif
