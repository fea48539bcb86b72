// SPDX-License-Identifier: MIT
/* Numbers that the languages do not have alike: complex ones, which become a struct with functions
 * c_add, c_mul ... (so that a*b of two complex numbers is an error and not a product of the parts),
 * and halves, which are stored in 16 bits and calculated with as floats. Also the reader's own
 * functions: each gets in front what makes it a function of the device.
 */
#include "internal.h"

/* The functions of one complex type: R its real type, C its name. TAG is put behind the names of
 * the functions in C, which has no overloading; a macro chooses by the first argument there. */
static const char complex_functions[] =
    "OVERLOAD C c_make@(R re, R im) { C z; z.re = re; z.im = im; return z; }\n"
    "OVERLOAD R c_real@(C a) { return a.re; }\n"
    "OVERLOAD R c_imag@(C a) { return a.im; }\n"
    "OVERLOAD C c_conj@(C a) { a.im = -a.im; return a; }\n"
    "OVERLOAD C c_neg@(C a) { a.re = -a.re; a.im = -a.im; return a; }\n"
    "OVERLOAD C c_add@(C a, C b) { a.re += b.re; a.im += b.im; return a; }\n"
    "OVERLOAD C c_sub@(C a, C b) { a.re -= b.re; a.im -= b.im; return a; }\n"
    "OVERLOAD C c_scale@(C a, R r) { a.re *= r; a.im *= r; return a; }\n"
    "OVERLOAD C c_mul@(C a, C b) {\n"
    "    C z; z.re = a.re * b.re - a.im * b.im; z.im = a.re * b.im + a.im * b.re; return z;\n}\n"
    "OVERLOAD R c_norm@(C a) { return a.re * a.re + a.im * a.im; }\n"
    "OVERLOAD R c_abs@(C a) { return hypot(a.re, a.im); }\n"
    "OVERLOAD R c_arg@(C a) { return atan2(a.im, a.re); }\n"
    "/* Smith's division: the larger part of b is the divisor, so that |b|^2 cannot overflow. */\n"
    "OVERLOAD C c_div@(C a, C b) {\n"
    "    C z;\n"
    "    if (fabs(b.re) >= fabs(b.im)) {\n"
    "        const R q = b.im / b.re, d = b.re + b.im * q;\n"
    "        z.re = (a.re + a.im * q) / d; z.im = (a.im - a.re * q) / d;\n"
    "    } else {\n"
    "        const R q = b.re / b.im, d = b.re * q + b.im;\n"
    "        z.re = (a.re * q + a.im) / d; z.im = (a.im * q - a.re) / d;\n"
    "    }\n"
    "    return z;\n}\n"
    "OVERLOAD C c_exp@(C a) {\n"
    "    const R r = exp(a.re); return c_make@(r * cos(a.im), r * sin(a.im));\n}\n"
    "OVERLOAD C c_log@(C a) { return c_make@(log(c_abs@(a)), c_arg@(a)); }\n"
    "OVERLOAD C c_sqrt@(C a) {\n"
    "    const R m = c_abs@(a), u = sqrt((m + fabs(a.re)) / 2);\n"
    "    if (m == 0) return a;\n"
    "    if (a.re >= 0) return c_make@(u, a.im / (2 * u));\n"
    "    return c_make@(fabs(a.im) / (2 * u), a.im < 0 ? -u : u);\n}\n";

static const char *const complex_names[] = {"real",  "imag", "conj", "neg", "add", "sub",
                                            "scale", "mul",  "norm", "abs", "arg", "div",
                                            "exp",   "log",  "sqrt", NULL};

static void complex_type(EwText *out, EwLanguage language, const char *name, const char *real,
                         const char *tag, size_t bytes) {
    static const char *const overload[] = {"static inline __attribute__((overloadable))",
                                           "static inline __device__", "static inline"};
    ew_add(out, "typedef struct __attribute__((aligned(%zu))) { %s re, im; } %s;\n", bytes, real,
           name);
    for (const char *p = complex_functions; *p; p++) {
        bool word = p[1] == ' ' && strchr(" (\n{", p[-1]); /* a letter that stands alone */
        if (strncmp(p, "OVERLOAD", 8) == 0) ew_add(out, "%s", overload[language]), p += 7;
        else if (*p == '@') ew_add(out, "%s", language == EW_C ? tag : "");
        else if (*p == 'R' && word) ew_add(out, "%s", real);
        else if (*p == 'C' && word) ew_add(out, "%s", name);
        else ew_add(out, "%c", *p);
    }
}

void ew_complex(EwText *out, const EwKernel *kernel, bool floats, bool doubles) {
    EwLanguage language = kernel->device->backend->language;
    if (floats) complex_type(out, language, "cfloat", "float", "_f", 8);
    if (doubles) complex_type(out, language, "cdouble", "double", "_d", 16);
    for (size_t k = 0; language == EW_C && complex_names[k]; k++) {
        const char *name = complex_names[k];
        if (floats && doubles)
            ew_add(out,
                   "#define c_%s(a, ...) _Generic((a), cfloat: c_%s_f, cdouble: c_%s_d)(a%s)\n",
                   name, name, name, strstr("add sub scale mul div", name) ? ", __VA_ARGS__" : "");
        else ew_add(out, "#define c_%s c_%s%s\n", name, name, floats ? "_f" : "_d");
    }
    if (language == EW_C && floats && doubles)
        ew_add(out,
               "#define c_make(a, b) _Generic((a), double: c_make_d, default: c_make_f)(a, b)\n");
    else if (language == EW_C) ew_add(out, "#define c_make c_make%s\n", floats ? "_f" : "_d");
}

void ew_half(EwText *out, const EwKernel *kernel) {
    static const char functions[] =
        /* Both ways by the bits: exact one way, to the nearest, ties to even, the other. */
        "typedef union { float f; uint u; } ew_bits;\n"
        "FUNCTION float ew_half_load(uint16_t h) {\n"
        "    const uint sign = (uint)(h & 0x8000) << 16, rest = h & 0x7fff;\n"
        "    ew_bits b;\n"
        "    if (rest >= 0x7c00) b.u = sign | 0x7f800000 | rest << 13;\n"
        "    else { b.u = rest << 13; b.f *= 0x1p112f; b.u |= sign; }\n"
        "    return b.f;\n}\n"
        "FUNCTION uint16_t ew_half_store(float x) {\n"
        "    ew_bits b;\n"
        "    b.f = x;\n"
        "    const uint sign = b.u >> 16 & 0x8000;\n"
        "    uint rest = b.u & 0x7fffffff;\n"
        "    if (rest > 0x7f800000) return (uint16_t)(sign | 0x7e00);\n"
        "    if (rest >= 0x477ff000) return (uint16_t)(sign | 0x7c00);\n"
        "    if (rest < 0x38800000) { b.u = rest; b.f += 0.5f; rest = b.u - 0x3f000000; }\n"
        "    else { rest += 0xfff + (rest >> 13 & 1) - 0x38000000; rest >>= 13; }\n"
        "    return (uint16_t)(sign | rest);\n}\n"
        "#define HALF_LOAD(p, k) ew_half_load((p)[k])\n"
        "#define HALF_STORE(x, p, k) ((p)[k] = ew_half_store(x))\n";
    if (kernel->device->backend->language != EW_OPENCL_C) ew_add(out, "%s", functions);
    else
        ew_add(out, "#define HALF_LOAD(p, k) vload_half(k, (__global const half *)(p))\n"
                    "#define HALF_STORE(x, p, k) vstore_half_rte(x, k, (__global half *)(p))\n");
}

void ew_preamble(EwText *out, EwLanguage language, const char *text) {
    (void)language;
    ew_paste(out, "preamble", text, "");
}

/* The same on the host, for scalars: bits as in ew_half_store, and back. */
float ew_round_half(float x) {
    union {
        float f;
        uint32_t u;
    } b = {x};
    uint32_t sign = b.u & 0x80000000u, rest = b.u & 0x7fffffffu;
    if (rest > 0x7f800000u) return x;
    if (rest >= 0x477ff000u) rest = 0x7f800000u;
    else if (rest < 0x38800000u) { /* below the normal halves: multiples of 2^-24 */ b.u = rest;
        b.f = (b.f + 0.5f) - 0.5f;
        rest = b.u;
    } else rest = (rest + 0xfffu + (rest >> 13 & 1)) & ~0x1fffu;
    b.u = sign | rest;
    return b.f;
}
