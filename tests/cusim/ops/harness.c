// SPDX-License-Identifier: MIT
/* harness.c - turns cases into PTX, runs it, and compares.
 *
 * An element case becomes two kernels: one that executes the instruction for all elements, and
 * one that does so under a guard predicate for every third element, the others keeping what
 * their destination held before. Thirty-two cases share a module; if that does not load, each is
 * loaded alone, so that one instruction that is refused does not hide the others. The number of
 * elements is no multiple of 32, so that the last warp is not full. */
#define _POSIX_C_SOURCE 200809L // NOLINT: setenv
#include "harness.h"

#include <cuda.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "soft.h"

const char usual_header[] = ".version 8.0\n.target sm_86\n.address_size 64\n";
const char newer_header[] = ".version 8.6\n.target sm_86\n.address_size 64\n";
const char sm90_header[] = ".version 8.6\n.target sm_90\n.address_size 64\n";
const char sm60_header[] = ".version 6.0\n.target sm_60\n.address_size 64\n";

enum { MOST = 2713, PACK = 32, IN_STRIDE = 8 * (MOST_INPUTS + 2), OUT_STRIDE = 8 * MOST_OUTPUTS };

static CUcontext context;
static CUdevice device;
static CUdeviceptr d_in, d_out;
static size_t n_wrong;
static const Case *complained;
static int kernels_written, restarts;
static const char *ptx_folder;

/* ---- Text that grows ---- */
typedef struct {
    char *text;
    size_t n, room;
} Text;
static void put(Text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(Text *t, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (n < 0) abort();
    if (t->n + (size_t)n + 1 > t->room) {
        t->room = 2 * (t->n + (size_t)n + 1);
        t->text = realloc(t->text, t->room);
        if (!t->text) abort();
    }
    va_start(arguments, format);
    vsnprintf(t->text + t->n, t->room - t->n, format, arguments);
    va_end(arguments);
    t->n += (size_t)n;
}

/* ---- Messages ---- */
bool complain(const Case *c, const char *format, ...) {
    if (complained != c) {
        n_wrong++;
        printf("FAILED: %s: %s\n", c->rows, c->text);
    }
    complained = c;
    printf("    ");
    va_list arguments;
    va_start(arguments, format);
    vprintf(format, arguments);
    va_end(arguments);
    printf("\n");
    return false;
}

bool same32(const Case *c, const char *what, const uint32_t *got, const uint32_t *want, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (got[i] != want[i])
            return complain(c, "%s[%zu]: got 0x%08x, wanted 0x%08x", what, i, got[i], want[i]);
    return true;
}
bool same64(const Case *c, const char *what, const uint64_t *got, const uint64_t *want, size_t n) {
    for (size_t i = 0; i < n; i++)
        if (got[i] != want[i])
            return complain(c, "%s[%zu]: got 0x%016llx, wanted 0x%016llx", what, i,
                            (unsigned long long)got[i], (unsigned long long)want[i]);
    return true;
}

static const char *error_name(CUresult result) {
    const char *name = NULL;
    (void)cuGetErrorName(result, &name);
    return name ? name : "an unknown error";
}

/* ---- The device ---- */
static bool start(void) {
    if (cuDevicePrimaryCtxRetain(&context, device) || cuCtxSetCurrent(context)) return false;
    return !cuMemAlloc(&d_in, (size_t)MOST * IN_STRIDE) &&
           !cuMemAlloc(&d_out, (size_t)MOST * OUT_STRIDE);
}
/* After an error that stays, the context is made anew. */
static void restart(void) {
    restarts++;
    (void)cuDevicePrimaryCtxReset(device);
    (void)cuDevicePrimaryCtxRelease(device);
    if (!start()) {
        printf("FAILED: no new context after an error\n");
        exit(1);
    }
}

static CUresult load(const char *ptx, CUmodule *module, char *log, size_t log_bytes) {
    CUjit_option options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
    void *values[] = {log, (void *)log_bytes};
    log[0] = '\0';
    return cuModuleLoadDataEx(module, ptx, 2, options, values);
}

static CUresult launch(CUmodule module, const char *name, const unsigned *grid,
                       const unsigned *block, unsigned shared, CUdeviceptr in, CUdeviceptr out,
                       unsigned n) {
    CUfunction function;
    CUresult result = cuModuleGetFunction(&function, module, name);
    if (result) return result;
    void *arguments[] = {&in, &out, &n};
    unsigned size[6];
    for (int i = 0; i < 3; i++) {
        size[i] = grid[i] ? grid[i] : 1;
        size[3 + i] = block[i] ? block[i] : 1;
    }
    result = cuLaunchKernel(function, size[0], size[1], size[2], size[3], size[4], size[5], shared,
                            NULL, arguments, NULL);
    return result ? result : cuCtxSynchronize();
}

/* ---- Kernels ---- */
static void prologue(Text *t, const char *name) {
    put(t,
        ".visible .entry %s(.param .u64 %s_in, .param .u64 %s_out, .param .u32 %s_n)\n{\n"
        "  .reg .b16 %%h<16>; .reg .b32 %%r<64>; .reg .b64 %%l<32>; .reg .pred %%p<16>;\n"
        "  .reg .f32 %%f<16>; .reg .f64 %%d<8>;\n"
        "  .reg .b64 %%in, %%out; .reg .b32 %%i, %%n, %%lane, %%t0, %%t1, %%t2;\n"
        "  ld.param.u64 %%in, [%s_in];\n  ld.param.u64 %%out, [%s_out];\n"
        "  ld.param.u32 %%n, [%s_n];\n"
        "  mov.u32 %%t0, %%tid.x;\n  mov.u32 %%t1, %%ctaid.x;\n  mov.u32 %%t2, %%ntid.x;\n"
        "  mov.u32 %%lane, %%laneid;\n"
        "  mad.lo.u32 %%i, %%t1, %%t2, %%t0;\n",
        name, name, name, name, name, name, name);
}

static const char *type_of(char letter) {
    return letter == 'h' ? "b16" : letter == 'r' || letter == 'p' ? "b32" : "b64";
}
/* The registers of a case: results are 0 to 3, sources 8 to 11. */
static void put_register(Text *t, const Case *c, char place) {
    const char *results = "defg", *sources = "abcx", *at;
    if ((at = strchr(results, place))) put(t, "%%%c%d", c->out[at - results], (int)(at - results));
    else if ((at = strchr(sources, place)))
        put(t, "%%%c%d", c->in[at - sources], (int)(at - sources) + 8);
    else put(t, "$%c", place);
}

/* The instructions, each behind a guard if there is one. Registers are $d and so on; "@$a ..." has
 * a guard of its own and stays as it is, and so do braces and declarations. */
static void put_instructions(Text *t, const Case *c, const char *guard) {
    bool begins = true;
    for (const char *p = c->text; *p; p++) {
        if (begins && strchr(" {}", *p)) {
            if (*p != ' ') put(t, "%c\n", *p);
            continue;
        }
        if (begins && *guard && !strchr("@.", *p)) put(t, "  %s ", guard);
        begins = false;
        if (*p == '$' && p[1]) put_register(t, c, *++p);
        else put(t, "%c", *p);
        if (*p == ';') {
            put(t, "\n");
            begins = true;
        }
    }
    put(t, "\n");
}

static void put_element_kernel(Text *t, const Case *c, const char *name, bool guarded) {
    prologue(t, name);
    put(t,
        "  setp.ge.u32 %%p7, %%i, %%n;\n  @%%p7 bra END;\n"
        "  mad.wide.u32 %%in, %%i, %d, %%in;\n  mad.wide.u32 %%out, %%i, %d, %%out;\n",
        IN_STRIDE, OUT_STRIDE);
    for (int k = 0; c->in[k]; k++) {
        if (c->in[k] == 'p')
            put(t, "  ld.global.b32 %%r%d, [%%in+%d];\n  setp.ne.b32 %%p%d, %%r%d, 0;\n", k + 8,
                8 * k, k + 8, k + 8);
        else
            put(t, "  ld.global.%s %%%c%d, [%%in+%d];\n", type_of(c->in[k]), c->in[k], k + 8,
                8 * k);
    }
    for (int k = 0; c->out[k]; k++) {
        if (c->out[k] == 'p')
            put(t,
                "  ld.global.b32 %%r%d, [%%out+%d];\n  and.b32 %%r%d, %%r%d, 1;\n"
                "  setp.ne.b32 %%p%d, %%r%d, 0;\n",
                k, 8 * k, k, k, k, k);
        else
            put(t, "  ld.global.%s %%%c%d, [%%out+%d];\n", type_of(c->out[k]), c->out[k], k, 8 * k);
    }
    if (guarded)
        put(t, "  ld.global.b32 %%r15, [%%in+%d];\n  setp.ne.b32 %%p6, %%r15, 0;\n",
            8 * MOST_INPUTS);
    put_instructions(t, c, guarded ? "@%p6" : "");
    for (int k = 0; c->out[k]; k++) {
        if (c->out[k] == 'p')
            put(t, "  selp.b32 %%r%d, 1, 0, %%p%d;\n  st.global.b32 [%%out+%d], %%r%d;\n", k, k,
                8 * k, k);
        else
            put(t, "  st.global.%s [%%out+%d], %%%c%d;\n", type_of(c->out[k]), 8 * k, c->out[k], k);
    }
    put(t, "END:\n  ret;\n}\n");
}

/* ---- Comparing ---- */
static uint64_t width_mask(char letter) {
    return letter == 'h' ? 0xffff : letter == 'r' ? 0xffffffffu : letter == 'p' ? 1 : ~0ull;
}

static bool near(const Case *c, Format f, uint64_t got, double exact) {
    double g = soft_to_double(f, got);
    if (isnan(exact)) return isnan(g);
    if (isinf(exact)) return g == exact; // NOLINT: infinities compare exactly
    double bound = c->absolute;
    if (c->relative * fabs(exact) > bound) bound = c->relative * fabs(exact);
    int exponent;
    (void)frexp(exact, &exponent);
    int least = 2 - (1 << (f.exponent_bits - 1));
    if (exponent - 1 < least) exponent = least + 1;
    double ulp = ldexp(1.0, exponent - 1 - f.mantissa_bits);
    if (c->ulps * ulp > bound) bound = c->ulps * ulp;
    if (exact == 0.0 && !(bound > 0)) return g == 0.0;
    /* Past the largest number: infinity, or the largest. */
    if (isinf(g))
        return fabs(exact) + bound >= ldexp(1.0, 1 << (f.exponent_bits - 1)) - ulp &&
               (g > 0) == (exact > 0);
    return fabs(g - exact) <= bound;
}

static bool like(Format f, uint64_t got, uint64_t want) {
    return got == want || (soft_is_nan(f, got) && soft_is_nan(f, want));
}
static bool agrees(const Case *c, int k, uint64_t got, const uint64_t *want) {
    bool first = k == 0;
    switch (first ? c->compare : EXACT) {
    case NAN_F32: return like(f32, got, want[k]);
    case NAN_F64: return like(f64, got, want[k]);
    case NAN_F16: return like(f16, got, want[k]);
    case NAN_BF16: return like(bf16, got, want[k]);
    case NAN_F16X2:
        return like(f16, got & 0xffff, want[k] & 0xffff) && like(f16, got >> 16, want[k] >> 16);
    case NAN_BF16X2:
        return like(bf16, got & 0xffff, want[k] & 0xffff) && like(bf16, got >> 16, want[k] >> 16);
    case CLOSE_F32: return near(c, f32, got, double_of(want[k]));
    case CLOSE_F64: return near(c, f64, got, double_of(want[k]));
    case CLOSE_F16: return near(c, f16, got, double_of(want[k]));
    case CLOSE_F16X2:
        return near(c, f16, got & 0xffff, double_of(want[0])) &&
               near(c, f16, got >> 16, double_of(want[1]));
    case TOP_19_BITS: return got >> 13 == want[k] >> 13;
    case EXACT: break;
    }
    return got == want[k];
}

static void explain(const Case *c, size_t i, int k, bool guarded, const uint64_t *in, uint64_t got,
                    const uint64_t *want) {
    char operands[200] = "";
    size_t n = 0;
    for (int j = 0; c->in[j]; j++)
        n += (size_t)snprintf(operands + n, sizeof operands - n, " $%c=0x%llx", "abcx"[j],
                              (unsigned long long)(in[j] & width_mask(c->in[j])));
    bool close = k == 0 && c->compare >= CLOSE_F32 && c->compare <= CLOSE_F16X2;
    char expected[64];
    if (close) snprintf(expected, sizeof expected, "%.17g", double_of(want[k]));
    else snprintf(expected, sizeof expected, "0x%llx", (unsigned long long)want[k]);
    complain(c, "element %zu%s:%s: $%c is 0x%llx, wanted %s", i, guarded ? " under a guard" : "",
             operands, "defg"[k], (unsigned long long)got, expected);
}

/* ---- Running ---- */
static uint64_t old_value(size_t i, int k) {
    return 0xa5c3a5c3a5c3a5c3ull ^ (i * 0x10001 + (unsigned)k);
}

static bool run_element(const Case *c, CUmodule module, const char *name, bool guarded) {
    static uint64_t values[MOST][MOST_INPUTS], in[MOST][IN_STRIDE / 8], out[MOST][MOST_OUTPUTS];
    uint64_t seed = 1;
    for (const char *p = c->text; *p; p++) seed = seed * 31 + (unsigned char)*p;
    random_start(seed);
    size_t n = make_values(c, values, MOST - 13);
    while (n % 32 != 19) { /* the last warp is not full */
        memcpy(values[n], values[n / 2], sizeof values[n]);
        n++;
    }
    for (size_t i = 0; i < n; i++) {
        memcpy(in[i], values[i], sizeof values[i]);
        in[i][MOST_INPUTS] = i % 3 == 1;
        for (int k = 0; k < MOST_OUTPUTS; k++) out[i][k] = old_value(i, k);
    }
    unsigned width = guarded ? 100 : 128, block[3] = {width},
             grid[3] = {(unsigned)(n + width - 1) / width};
    CUresult result = cuMemcpyHtoD(d_in, in, n * IN_STRIDE);
    if (!result) result = cuMemcpyHtoD(d_out, out, n * OUT_STRIDE);
    if (!result) result = launch(module, name, grid, block, 0, d_in, d_out, (unsigned)n);
    if (!result) result = cuMemcpyDtoH(out, d_out, n * OUT_STRIDE);
    if (result) {
        complain(c, "%s%s", error_name(result), guarded ? " under a guard" : "");
        restart();
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        uint64_t want[MOST_OUTPUTS] = {0};
        bool runs = !guarded || i % 3 == 1;
        if (runs) {
            uint64_t operands[MOST_INPUTS];
            for (int k = 0; k < MOST_INPUTS; k++)
                operands[k] = c->in[k] ? values[i][k] & width_mask(c->in[k]) : 0;
            if (!c->reference(c, operands, want)) continue;
        }
        for (int k = 0; c->out[k]; k++) {
            uint64_t mask = width_mask(c->out[k]), got = out[i][k];
            if (c->out[k] == 'p') got &= 0xffffffffu;
            else got &= mask;
            if (!runs) {
                if (got == (old_value(i, k) & mask)) continue;
                complain(c, "element %zu, whose guard is false, was $%c=0x%llx and is 0x%llx", i,
                         "defg"[k], (unsigned long long)(old_value(i, k) & mask),
                         (unsigned long long)got);
                return false;
            }
            bool raw = k == 0 && c->compare >= CLOSE_F32 && c->compare <= CLOSE_F16X2;
            if (!raw) want[k] &= mask;
            if (!agrees(c, k, got, want)) {
                explain(c, i, k, guarded, values[i], got, want);
                return false;
            }
        }
    }
    return true;
}

unsigned table_byte(unsigned k) { return (k * 37 + 131) & 0xff; }

static const char *header_of(const Case *c) { return c->header ? c->header : usual_header; }

static void write_module(const char *text) {
    char path[4000];
    snprintf(path, sizeof path, "%s/m%05d.ptx", ptx_folder, kernels_written++);
    FILE *file = fopen(path, "w");
    if (!file || fputs(text, file) < 0 || fclose(file)) {
        perror(path);
        exit(2);
    }
}

/* Element cases of one header: list[0..n-1]. */
static void run_pack(Case **pack, size_t n) {
    Text t = {0};
    put(&t, "%s.const .align 16 .b8 table[256] = {", header_of(pack[0]));
    for (unsigned k = 0; k < 256; k++) put(&t, "%s%u", k ? "," : "", table_byte(k));
    put(&t, "};\n");
    for (size_t i = 0; i < n; i++)
        for (int guarded = 0; guarded < 2; guarded++) {
            char name[32];
            snprintf(name, sizeof name, "k%zu_%d", i, guarded);
            put_element_kernel(&t, pack[i], name, guarded != 0);
        }
    if (ptx_folder) {
        write_module(t.text);
        free(t.text);
        return;
    }
    static char log[8192];
    CUmodule module;
    CUresult result = load(t.text, &module, log, sizeof log);
    free(t.text);
    if (result) {
        if (n > 1) {
            for (size_t i = 0; i < n; i++) run_pack(pack + i, 1);
        } else {
            char *end = strchr(log, '\n');
            if (end) *end = '\0';
            complain(pack[0], "does not load: %s: %s", error_name(result), log);
        }
        return;
    }
    for (size_t i = 0; i < n; i++) {
        char name[32];
        snprintf(name, sizeof name, "k%zu_0", i);
        int before = restarts;
        if (run_element(pack[i], module, name, false)) {
            snprintf(name, sizeof name, "k%zu_1", i);
            run_element(pack[i], module, name, true);
        }
        if (restarts == before) continue;
        /* An error made the context anew, and the module went with the old one. */
        if (i + 1 < n) run_pack(pack + i + 1, n - i - 1);
        return;
    }
    (void)cuModuleUnload(module);
}

static CUresult run_module(const Case *c, const Kernel *kernel, bool *loaded) {
    Text t = {0};
    *loaded = false;
    put(&t, "%s%s\n", kernel->header ? kernel->header : header_of(c),
        kernel->before ? kernel->before : "");
    prologue(&t, "k");
    put(&t, "%s\n  ret;\n}\n", kernel->body);
    if (ptx_folder) {
        write_module(t.text);
        free(t.text);
        return CUDA_SUCCESS;
    }
    static char log[8192];
    CUmodule module;
    CUresult result = load(t.text, &module, log, sizeof log);
    free(t.text);
    if (result) {
        char *end = strchr(log, '\n');
        if (end) *end = '\0';
        complain(c, "does not load: %s: %s", error_name(result), log);
        return result;
    }
    *loaded = true;
    CUdeviceptr in = 0, out = 0;
    if (kernel->in_bytes) {
        result = cuMemAlloc(&in, kernel->in_bytes);
        if (!result) result = cuMemcpyHtoD(in, kernel->in, kernel->in_bytes);
    }
    if (!result && kernel->out_bytes) {
        result = cuMemAlloc(&out, kernel->out_bytes);
        if (!result) result = cuMemcpyHtoD(out, kernel->out, kernel->out_bytes);
    }
    if (!result)
        result =
            launch(module, "k", kernel->grid, kernel->block, kernel->shared, in, out, kernel->n);
    if (!result && kernel->out_bytes) result = cuMemcpyDtoH(kernel->out, out, kernel->out_bytes);
    if (result) {
        restart();
        return result;
    }
    if (in) (void)cuMemFree(in);
    if (out) (void)cuMemFree(out);
    (void)cuModuleUnload(module);
    return CUDA_SUCCESS;
}

bool run_kernel(const Case *c, const Kernel *kernel) {
    bool loaded;
    CUresult result = run_module(c, kernel, &loaded);
    if (ptx_folder) return false;
    if (result && loaded) complain(c, "%s", error_name(result));
    return result == CUDA_SUCCESS;
}

bool run_kernel_to_error(const Case *c, const Kernel *kernel, int *code) {
    bool loaded;
    *code = (int)run_module(c, kernel, &loaded);
    return !ptx_folder && loaded;
}

static void run_all(Case **list, size_t n) {
    Case *pack[PACK];
    size_t in_pack = 0;
    for (size_t i = 0; i < n; i++) {
        if (list[i]->run) {
            list[i]->run(list[i]);
            continue;
        }
        if (in_pack == PACK || (in_pack && header_of(pack[0]) != header_of(list[i]))) {
            run_pack(pack, in_pack);
            in_pack = 0;
        }
        pack[in_pack++] = list[i];
    }
    if (in_pack) run_pack(pack, in_pack);
}

int run_cases(Case **list, size_t n, bool verbose) {
    /* One conversion needs sm_90, which cusim is only when asked. */
    (void)setenv("CUSIM_CC", "9.0", 0);
    CUresult result = cuInit(0);
    if (!result) result = cuDeviceGet(&device, 0);
    if (result || !start()) {
        printf("no CUDA device: %s\n", error_name(result));
        return 3;
    }
    if (verbose)
        for (size_t i = 0; i < n; i++) printf("%s: %s\n", list[i]->rows, list[i]->text);
    run_all(list, n);
    (void)cuMemFree(d_in);
    (void)cuMemFree(d_out);
    (void)cuDevicePrimaryCtxRelease(device);
    printf("%zu cases, %zu wrong\n", n, n_wrong);
    return n_wrong ? 1 : 0;
}

int write_ptx(const char *folder, Case **list, size_t n) {
    ptx_folder = folder;
    run_all(list, n);
    printf("%d modules\n", kernels_written);
    return 0;
}
