// SPDX-License-Identifier: MIT
/* The first lines of every generated source: the words of words.def in the device's language,
 * then complex numbers and halves if the arguments have them, then the reader's own functions. And
 * the head of a kernel: its parameters, which the engine and not the reader has in hand.
 */
#include "internal.h"

#define GENERATED "#line GENERATED" /* for ew_finish, which knows the number */

static const char *const rows[][4] = {
#define EW_WORD(word, opencl, cuda, c) {word, opencl, cuda, c},
#include "words.def"
#undef EW_WORD
};

static bool has_type(const EwKernel *kernel, EwType type) {
    for (size_t k = 0; k < kernel->arg_count; k++)
        if (kernel->args[k].type == type) return true;
    for (size_t k = 0; k < kernel->field_count; k++)
        if (kernel->fields[k].type == type) return true;
    return false;
}

void ew_prologue(EwText *out, const EwKernel *kernel) {
    EwLanguage language = kernel->device->backend->language;
    const EwOptions *options = &kernel->options;
    if (language == EW_OPENCL_C && options->exact) ew_add(out, "#pragma OPENCL FP_CONTRACT OFF\n");
    if (language == EW_OPENCL_C && kernel->device->has_f64)
        ew_add(out, "#pragma OPENCL EXTENSION cl_khr_fp64 : enable\n");
    if (language == EW_C)
        ew_add(out, "#include <stddef.h>\n#include <stdint.h>\n#include <tgmath.h>\n");
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        if (rows[k][1 + language])
            ew_add(out, "#define %s %s\n", rows[k][0], rows[k][1 + language]);
    if (language == EW_CUDA_C) /* <math.h> is not there */
        ew_add(out, "#define INFINITY __int_as_float(0x7f800000)\n"
                    "#define NAN __int_as_float(0x7fc00000)\n");
    if (has_type(kernel, EW_C32) || has_type(kernel, EW_C64))
        ew_complex(out, kernel, has_type(kernel, EW_C32), has_type(kernel, EW_C64));
    if (has_type(kernel, EW_F16)) ew_half(out, kernel);
    if (kernel->kind != EW_MAP) ew_item_type(out, kernel);
    if (options->preamble) ew_preamble(out, language, options->preamble);
    ew_add(out, "\n");
}

/* The type of an argument as a parameter: halves travel as their bits, or, alone, as floats. */
static const char *parameter_type(const EwArg *arg) {
    if (arg->type != EW_F16) return ew_type_word(arg->type);
    return arg->array ? "uint16_t" : "float";
}

/* Half arrays keep their prefix: the name itself is that of the float that stands for NAME[i]. */
static const char *local_prefix(const EwArg *arg) { return arg->type == EW_F16 ? "ew_half_" : ""; }

/* In C a kernel gets what cuLaunchKernel gets: the addresses of its arguments. */
static void begin_c(EwText *out, const EwKernel *kernel, const char *entry, const EwExtra *extra,
                    size_t extras) {
    static const char *const counts[] = {"ew_n", "ew_start", "ew_step", "ew_count"};
    size_t place = 0;
    ew_add(out, "KERNEL %s(void *const *ew_p, size_t ew_item, size_t ew_items_in_all)\n{\n", entry);
    for (size_t k = 0; k < kernel->arg_count; k++) {
        const EwArg *arg = &kernel->args[k];
        const char *type = parameter_type(arg);
        if (arg->array) {
            const char *c = arg->written ? "" : "const ";
            ew_add(out,
                   "    %s%s *%s%s = *(%s%s *const *)ew_p[%zu] + *(const size_t *)ew_p[%zu];\n", c,
                   type, local_prefix(arg), arg->name, c, type, place, place + 1);
            place += 2;
        } else {
            ew_add(out, "    const %s %s = *(const %s *)ew_p[%zu];\n", type, arg->name, type,
                   place++);
        }
    }
    for (size_t k = 0; k < sizeof counts / sizeof *counts; k++)
        ew_add(out, "    const size_t %s = *(const size_t *)ew_p[%zu];\n", counts[k], place++);
    for (size_t k = 0; k < extras; k++)
        ew_add(out, "    %s %s = *(%s const *)ew_p[%zu];\n", extra[k].type, extra[k].name,
               extra[k].type, place++);
}

static void begin_device(EwText *out, const EwKernel *kernel, const char *entry,
                         const EwExtra *extra, size_t extras) {
    ew_add(out, "KERNEL %s(\n", entry);
    for (size_t k = 0; k < kernel->arg_count; k++) {
        const EwArg *arg = &kernel->args[k];
        const char *type = parameter_type(arg);
        if (arg->array)
            ew_add(out, "    GLOBAL %s%s *ew_p_%s, ulong ew_first_%s,\n",
                   arg->written ? "" : "const ", type, arg->name, arg->name);
        else ew_add(out, "    %s %s,\n", type, arg->name);
    }
    ew_add(out, "    ulong ew_n, ulong ew_start, ulong ew_step, ulong ew_count");
    for (size_t k = 0; k < extras; k++) ew_add(out, ", %s %s", extra[k].type, extra[k].name);
    ew_add(out, ")\n{\n");
    for (size_t k = 0; k < kernel->arg_count; k++) {
        const EwArg *arg = &kernel->args[k];
        if (arg->array)
            ew_add(out, "    GLOBAL %s%s *%s%s = ew_p_%s + ew_first_%s;\n",
                   arg->written ? "" : "const ", parameter_type(arg), local_prefix(arg), arg->name,
                   arg->name, arg->name);
    }
}

void ew_begin(EwText *out, const EwKernel *kernel, const char *entry, const EwExtra *extra,
              size_t extras) {
    if (kernel->device->backend->language == EW_C) begin_c(out, kernel, entry, extra, extras);
    else begin_device(out, kernel, entry, extra, extras);
    ew_add(out, "    const long n = (long)ew_n;\n    (void)n;\n");
}

void ew_paste(EwText *out, const char *what, const char *text, const char *end) {
    ew_add(out, "\n#line 1 \"%s\"\n%s %s\n" GENERATED "\n", what, text, end);
}

/* Is word in the source, other than as the word that a #define defines? */
static bool uses(const char *source, const char *word) {
    size_t bytes = strcspn(word, "(");
    char name[64];
    snprintf(name, sizeof name, "%.*s", (int)bytes, word);
    for (const char *p = source; (p = strstr(p, name)) != NULL; p += bytes) {
        char before[2] = {' ', '\0'}, after[2] = {p[bytes], '\0'};
        if (p > source) before[0] = p[-1];
        bool defined = p - source >= 8 && strncmp(p - 8, "#define ", 8) == 0;
        if (!defined && !ew_is_name(before) && !ew_is_name(after) && !strchr("0123456789", *after))
            return true;
    }
    return false;
}

static bool drop(char *source, const char *word) {
    char line[80];
    snprintf(line, sizeof line, "#define %s ", word);
    char *p = strstr(source, line);
    if (!p || uses(source, word)) return false;
    const char *next = p + strcspn(p, "\n");
    memmove(p, next + (*next == '\n'), strlen(next) + (*next != '\n'));
    return true;
}

/* The C library has some functions for vectors, too (libmvec, within 4 ulp), which a compiler calls
 * only if it is told of them; old: before glibc 2.35. */
static const struct {
    const char *name;
    bool old, two;
} lanes[] = {{"sin", true, false},    {"cos", true, false},    {"exp", true, false},
             {"log", true, false},    {"pow", true, true},     {"tan", false, false},
             {"asin", false, false},  {"acos", false, false},  {"atan", false, false},
             {"sinh", false, false},  {"cosh", false, false},  {"tanh", false, false},
             {"exp2", false, false},  {"log2", false, false},  {"log10", false, false},
             {"expm1", false, false}, {"log1p", false, false}, {"cbrt", false, false},
             {"erf", false, false},   {"erfc", false, false},  {"atan2", false, true},
             {"hypot", false, true}};

static void add_lanes(EwText *out, const char *source) {
    bool any = false;
    for (size_t k = 0; k < sizeof lanes / sizeof *lanes; k++) {
        if (!uses(source, lanes[k].name)) continue;
        if (!any)
            ew_add(out,
                   "#if defined __x86_64__ && defined __GLIBC__ && !defined __clang__\n"
                   "#define LANES __attribute__((simd(\"notinbranch\"), const)) /* <= 4 ulp */\n");
        any = true;
        const char *name = lanes[k].name;
        if (!lanes[k].old) ew_add(out, "#if __GLIBC_PREREQ(2, 35)\n");
        ew_add(out,
               lanes[k].two ? "LANES float %sf(float, float);\nLANES double (%s)(double, double);\n"
                            : "LANES float %sf(float);\nLANES double (%s)(double);\n",
               name, name);
        if (!lanes[k].old) ew_add(out, "#endif\n");
    }
    if (any) ew_add(out, "#endif\n");
}

/* The number of the line that comes after what is in the text. */
static size_t next_line(const EwText *out) {
    size_t line = 1;
    for (size_t k = 0; out->text && k < out->used; k++) line += out->text[k] == '\n';
    return line;
}

int ew_finish(EwKernel *kernel) {
    EwText out = {0};
    bool in_c = kernel->device->backend->language == EW_C, again = true;
    while (again) { /* a word may be used by another one alone */
        again = false;
        for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
            if (drop(kernel->source, rows[k][0])) again = true;
    }
    for (const char *p = kernel->source; *p;) {
        size_t bytes = strcspn(p, "\n");
        if (strncmp(p, GENERATED, strlen(GENERATED)) == 0)
            ew_add(&out, "#line %zu \"generated\"\n", next_line(&out) + 1);
        else ew_add(&out, "%.*s\n", (int)bytes, p);
        if (in_c && !kernel->options.exact && strncmp(p, "#include <tgmath.h>\n", 20) == 0)
            add_lanes(&out, kernel->source);
        p += bytes + (p[bytes] == '\n');
    }
    free(kernel->source);
    return ew_text_take(&out, &kernel->source);
}
