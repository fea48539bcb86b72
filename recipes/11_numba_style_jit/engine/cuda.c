// SPDX-License-Identifier: MIT
/* Running on the CUDA device, which may be a GPU or cusim, the software device: load the PTX, copy
 * the arrays to the device, launch, copy them back. Numba does the same with arrays that lie on the
 * host. Two arguments that lie in the same memory do so on the device, too: what is copied are
 * stretches of memory, each once, and each argument points into one of them. */
#include <string.h>

#include "internal.h"

#ifdef HC_NO_CUDA

int jit_device_arch(Session *s) {
    (void)s;
    return 75;
}
Compiled *jit_compile_kernel(JitModule *m, Special *sp, bool apart) {
    (void)sp, (void)apart;
    jit_stop(&m->session, JIT_ABSENT, "this build is without CUDA (HC_CUDA=OFF)");
}
int jit_run_kernel(JitModule *m, const Compiled *c, const JitLaunch *launch, const JitValue *args,
                   size_t n, uint64_t slots[JIT_RESULTS], int *raised) {
    (void)m, (void)c, (void)launch, (void)args, (void)n, (void)slots, (void)raised;
    return JIT_ABSENT;
}
void jit_forget_kernel(Compiled *c) { (void)c; }

#else
#include "hc_cu.h"

enum { MAX_CELLS = 500 }; /* the parameters of a kernel fit into 4 KB */

typedef struct Kernel {
    CUcontext context;
    CUmodule module;
    CUfunction function;
} Kernel;

static int fail(CUresult code, const char *call) {
    int status = hc_cu_set_error(code);
    jit_set_error("%s: %s: %s", call, hc_last_error()->name, hc_last_error()->message);
    return status;
}
#define TRY(call)                                                                                  \
    do {                                                                                           \
        CUresult code_ = (call);                                                                   \
        if (code_ != CUDA_SUCCESS) {                                                               \
            status = fail(code_, #call);                                                           \
            goto done;                                                                             \
        }                                                                                          \
    } while (0)

/* The context of this thread; if there is none, that of the first device. */
static int get_context(CUcontext *context) {
    int status = JIT_OK;
    CUdevice device;
    TRY(cuInit(0));
    TRY(cuCtxGetCurrent(context));
    if (*context) return JIT_OK;
    TRY(cuDeviceGet(&device, 0));
    TRY(cuDevicePrimaryCtxRetain(context, device)); /* and kept: it is the process's */
    TRY(cuCtxSetCurrent(*context));
done:
    return status;
}

static int get_arch(int *arch) {
    int status, major = 0, minor = 0;
    CUcontext context = NULL;
    CUdevice device;
    if ((status = get_context(&context)) != JIT_OK) return status;
    TRY(cuCtxGetDevice(&device));
    TRY(cuDeviceGetAttribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device));
    TRY(cuDeviceGetAttribute(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device));
    *arch = 10 * major + minor;
done:
    return status;
}

int jit_device_arch(Session *s) {
    int arch = 0, status = get_arch(&arch);
    if (status != JIT_OK) jit_stop(s, status, "%s", jit_error());
    return arch;
}

static int load_kernel(JitModule *m, Special *sp, bool apart, const char *symbol, int arch,
                       Kernel *kernel, CacheUse *use) {
    char *ptx = jit_ptx(m, sp, apart, symbol, arch, JIT_PTX, use);
    int status = hc_cu_load(ptx, &kernel->module);
    if (status == HC_OK) {
        status = hc_cu_kernel(kernel->module, ptx, symbol, &kernel->function);
        if (status != HC_OK) cuModuleUnload(kernel->module);
    }
    free(ptx);
    return status;
}

Compiled *jit_compile_kernel(JitModule *m, Special *sp, bool apart) {
    Session *s = &m->session;
    char symbol[64];
    CUcontext context = NULL;
    int cells = 0, arch = jit_device_arch(s), status = get_context(&context);
    if (status != JIT_OK) jit_stop(s, status, "%s", jit_error());
    for (Compiled *c = m->compiled; c; c = c->next)
        if (c->special == sp && c->kind == ENTRY_KERNEL && c->apart == apart &&
            c->kernel->context == context)
            return c;
    for (int i = 0; i < sp->function->arity; i++)
        cells += sp->args[i]->kind == K_ARRAY ? 1 + 2 * sp->args[i]->ndim : 1;
    if (cells > MAX_CELLS) jit_refuse(s, sp->function->pos, "too many parameters for a kernel");
    snprintf(symbol, sizeof symbol, "%s", sp->function->name);
    for (char *dot = symbol; (dot = strchr(dot, '.')) != NULL;) *dot = '_'; /* PTX has no a.b */
    Compiled *c = jit_new(s, 1, sizeof *c);
    Kernel *kernel = jit_new(s, 1, sizeof *kernel);
    CacheUse use = CACHE_UNUSED;
    status = load_kernel(m, sp, apart, symbol, arch, kernel, &use);
    if (status != HC_OK && use == CACHE_HIT) { /* spoilt: once more, with a new text */
        use = CACHE_MISS;
        status = load_kernel(m, sp, apart, symbol, arch, kernel, &use);
    }
    if (status != HC_OK) {
        const HcError *error = hc_last_error();
        jit_stop(s, status, "%s\n%s", error->message, error->detail ? error->detail : "");
    }
    *c = (Compiled){.special = sp,
                    .kind = ENTRY_KERNEL,
                    .apart = apart,
                    .kernel = kernel,
                    .cache = use,
                    .next = m->compiled};
    kernel->context = context;
    m->compiled = c;
    return c;
}

void jit_forget_kernel(Compiled *c) {
    CUcontext before = NULL;
    if (!c->kernel || cuCtxGetCurrent(&before) != CUDA_SUCCESS) return;
    if (cuCtxSetCurrent(c->kernel->context) == CUDA_SUCCESS) cuModuleUnload(c->kernel->module);
    cuCtxSetCurrent(before);
}

/* ---- Memory ---- */

/* A stretch of the host's memory, and where it lies on the device. */
typedef struct Mirror {
    Stretch host;
    CUdeviceptr memory; /* 0: none */
    CUdeviceptr at;     /* of its begin; the same modulo 16, so that alignment stays */
} Mirror;

/* The stretches of all arrays; those that overlap become one. */
static size_t find_stretches(const JitValue *args, size_t n, Mirror *all) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++) {
        if (!args[i].ndim) continue;
        Stretch s = jit_covered(&args[i]);
        if (s.begin == s.end) continue;
        for (size_t k = 0; k < count;) {
            if (!jit_overlap(s, all[k].host)) {
                k++;
                continue;
            }
            if (all[k].host.begin < s.begin) s.begin = all[k].host.begin;
            if (all[k].host.end > s.end) s.end = all[k].host.end;
            all[k] = all[--count];
            k = 0; /* it has grown: it may overlap one from before */
        }
        all[count++] = (Mirror){.host = s};
    }
    return count;
}

/* The parameters of the kernel: the cells hold their values, and params point to them. */
static void set_params(const JitValue *args, size_t n, const Special *sp, const Mirror *all,
                       size_t count, uint64_t *cells, void **params, int used) {
    for (size_t i = 0; i < n; i++) {
        if (!args[i].ndim) {
            memcpy(&cells[used], &args[i].as, sizeof cells[used]);
            params[used] = &cells[used];
            used++;
            continue;
        }
        const JitArray *a = &args[i].as.array;
        const char *data = a->data;
        uint64_t address = 0;
        for (size_t k = 0; k < count; k++)
            if (data >= all[k].host.begin && data < all[k].host.end)
                address = all[k].at + (uint64_t)(data - all[k].host.begin);
        int first = used;
        cells[used++] = address;
        for (int k = 0; k < args[i].ndim; k++) cells[used++] = (uint64_t)a->shape[k];
        for (int k = 0; !sp->args[i]->contiguous && k < args[i].ndim; k++)
            cells[used++] = (uint64_t)a->stride[k];
        for (int k = first; k < used; k++) params[k] = &cells[k];
    }
}

int jit_run_kernel(JitModule *m, const Compiled *c, const JitLaunch *launch, const JitValue *args,
                   size_t n, uint64_t slots[JIT_RESULTS], int *raised) {
    Mirror all[64];
    uint64_t cells[MAX_CELLS + 8], answer[1 + JIT_RESULTS] = {0};
    void *params[MAX_CELLS + 8];
    CUdeviceptr d_answer = 0;
    int status = JIT_OK;
    const unsigned *grid = launch->grid, *block = launch->block;
    size_t count = find_stretches(args, n, all);
    double start = hc_now_ms();
    TRY(cuMemAlloc(&d_answer, sizeof answer));
    TRY(cuMemcpyHtoD(d_answer, answer, sizeof answer));
    for (size_t i = 0; i < count; i++) {
        const Stretch *host = &all[i].host;
        size_t bytes = (size_t)(host->end - host->begin), shift = (uintptr_t)host->begin % 16;
        TRY(cuMemAlloc(&all[i].memory, bytes + shift));
        all[i].at = all[i].memory + shift;
        TRY(cuMemcpyHtoD(all[i].at, host->begin, bytes));
    }
    m->times.upload_ms += hc_now_ms() - start;
    cells[0] = d_answer;
    cells[1] = d_answer + sizeof answer[0];
    params[0] = &cells[0];
    params[1] = &cells[1];
    set_params(args, n, c->special, all, count, cells, params, 2);
    start = hc_now_ms();
    TRY(cuLaunchKernel(c->kernel->function, grid[0], grid[1], grid[2], block[0], block[1], block[2],
                       0, NULL, params, NULL));
    TRY(cuCtxSynchronize());
    m->times.kernel_ms += hc_now_ms() - start;
    start = hc_now_ms();
    for (size_t i = 0; i < count; i++)
        TRY(cuMemcpyDtoH(all[i].host.begin, all[i].at,
                         (size_t)(all[i].host.end - all[i].host.begin)));
    TRY(cuMemcpyDtoH(answer, d_answer, sizeof answer));
    m->times.download_ms += hc_now_ms() - start;
    *raised = (int)answer[0];
    memcpy(slots, answer + 1, JIT_RESULTS * sizeof *slots);
done:
    for (size_t i = 0; i < count; i++)
        if (all[i].memory) cuMemFree(all[i].memory);
    if (d_answer) cuMemFree(d_answer);
    return status;
}
#endif
