// SPDX-License-Identifier: MIT
/* check.c - the memory check: looks at every access of a kernel before it is made.
 *
 * Without it a launch ends at a bad access, too, for no kernel may touch what is not its own. The
 * check says more: which threads of the warp miss which allocation by how much, whether the address
 * is that of freed memory or of the host's, and what the usual reason is. A report looks like this:
 *
 *   cusim: check memory: invalid global write of 4 bytes
 *   cusim:   at kernel saxpy, kernels/saxpy.cu:7 (PTX line 41: st.global.f32)
 *   cusim:   by thread (3,0,0) of block (7,0,0)
 *   cusim:     address 0x20000100c is 12 bytes past the end of allocation 5 (cuMemAlloc, 96 bytes)
 *   cusim:   and by 28 more threads of this warp
 *   cusim:   hint: compare the index with the number of elements before the access
 *
 * The launch ends there with the error that a GPU gives, so what goes wrong later is not seen. An
 * instruction is reported once, however often it fails in later launches.
 *
 *   CUSIM_CHECK=memory   asks for it; `./cook sim --check=memory` does
 *   CUSIM_CHECK_FILE     a file to which a line is added when the check begins ("memory active")
 *                        and at each report ("memory error 32": lanes), for programs that wait;
 *                        without it the number of errors is printed when the process ends */
#include "observer.h"
#include "warp.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TEXT_BYTES = 512, REPORT_BYTES = 4096, MOST_REPORTS = 20, LANES_SHOWN = 3, CACHED = 16 };

/* What the check has found; under its lock, since several threads run blocks. */
static struct {
    pthread_mutex_t lock;
    unsigned n_errors; /* instructions */
    uint64_t n_lanes;
    struct {
        char kernel[128];
        uint32_t line; /* of the PTX */
    } seen[MOST_REPORTS];
    pid_t owner;
} found = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* ---- Is the access good? ---- */

/* The allocations that this thread has met last, by instruction: accesses of one instruction mostly
 * go to one array. A window is as long as was asked for, not rounded up. */
static _Thread_local struct {
    uint64_t epoch;
    CusimWindow window;
} cache[CACHED];

static bool inside(const CusimWindow *window, uint64_t address, unsigned bytes) {
    return address >= window->base && address - window->base < window->bytes &&
           window->bytes - (address - window->base) >= bytes;
}

static bool good_global(const CusimInst *inst, uint64_t address, const CusimAccess *access) {
    CusimWindow *window = &cache[inst->index % CACHED].window;
    uint64_t epoch = atomic_load_explicit(&cusim_memory_epoch, memory_order_acquire);
    if (cache[inst->index % CACHED].epoch != epoch || !inside(window, address, access->bytes)) {
        CusimWindow fresh;
        if (!cusim_memory_find(address, &fresh)) return false;
        *window = fresh;
        cache[inst->index % CACHED].epoch = epoch;
        if (!inside(window, address, access->bytes)) return false;
    }
    return access->kind == CUSIM_READ || !window->read_only;
}

static bool good(const CusimWarp *warp, const CusimInst *inst, const CusimAccess *access,
                 int lane) {
    uint64_t address;
    CusimSpace space = cusim_access_space(access, lane, &address);
    if (address % access->bytes) return false;
    switch (space) {
    case CUSIM_SPACE_GLOBAL:
    case CUSIM_SPACE_CONST: return good_global(inst, address, access);
    case CUSIM_SPACE_SHARED:
        return address < warp->block->shared_bytes &&
               warp->block->shared_bytes - address >= access->bytes;
    case CUSIM_SPACE_LOCAL:
        return address < warp->block->local_bytes &&
               warp->block->local_bytes - address >= access->bytes;
    default: return true; /* parameters: the executor's own check */
    }
}

/* All lanes at once, if they go to one array, as mostly: the lowest and the highest address tell.
 * False means only that each must be looked at. */
static bool all_good(const CusimWarp *warp, const CusimInst *inst, uint32_t mask,
                     const CusimAccess *access) {
    uint64_t low = UINT64_MAX, high = 0, bits = 0;
    for (int lane = 0; lane < CUSIM_LANES; lane++) {
        uint64_t active = 0 - (uint64_t)(mask >> lane & 1), address = access->address[lane];
        low = (address | ~active) < low ? address : low;
        high = (address & active) > high ? address : high;
        bits |= address & active;
    }
    if (bits & (access->bytes - 1)) return false;
    switch (access->space) {
    case CUSIM_SPACE_GENERIC:
        if (high & CUSIM_WINDOW_MASK) return false;
        __attribute__((fallthrough));
    case CUSIM_SPACE_GLOBAL:
    case CUSIM_SPACE_CONST:
        return good_global(inst, high, access) && low >= cache[inst->index % CACHED].window.base;
    case CUSIM_SPACE_SHARED:
        return high < warp->block->shared_bytes &&
               warp->block->shared_bytes - high >= access->bytes;
    default: return false;
    }
}

/* ---- What is wrong with it? ---- */

typedef struct {
    CUresult code;
    char text[TEXT_BYTES]; /* "address 0x10 is ..." */
    const char *hint;
} Finding;

/* The host's memory at address: a name such as "the stack"; false if there is none. What nobody can
 * read does not count, as device addresses. */
static bool host_memory(uint64_t address, char *name, size_t n) {
    FILE *maps = fopen("/proc/self/maps", "re");
    if (!maps) return false;
    char line[4096 + 128], access[8];
    bool there = false;
    while (!there && fgets(line, sizeof line, maps)) {
        uint64_t from, to;
        int path = 0;
        if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %*s %*s %*s %n", &from, &to, access, &path) <
            3)
            continue;
        line[strcspn(line, "\n")] = '\0';
        if (address < from || address >= to) continue;
        if (access[0] != 'r') break;
        const char *file = path > 0 ? line + path : "";
        there = true;
        if (strncmp(file, "[stack", 6) == 0) snprintf(name, n, "a variable on the stack");
        else if (strcmp(file, "[heap]") == 0) snprintf(name, n, "malloc's heap");
        else if (*file) snprintf(name, n, "%s", file);
        else snprintf(name, n, "malloc or mmap");
    }
    fclose(maps);
    return there;
}

static void describe_allocation(const CusimAllocation *a, char *text, size_t n) {
    if (a->kind == CUSIM_MEM_GLOBAL)
        snprintf(text, n, "the variable %s (%" PRIu64 " bytes)", a->call, a->bytes);
    else
        snprintf(text, n, "allocation %" PRIu64 " (%s, %" PRIu64 " bytes)", a->number, a->call,
                 a->bytes);
}

static void find_global(Finding *finding, uint64_t address, const CusimAccess *access) {
    CusimAllocation a = {0};
    char host[TEXT_BYTES / 2], what[TEXT_BYTES / 2] = "";
    int where = cusim_memory_describe(address, &a);
    if (where != -2) describe_allocation(&a, what, sizeof what);
    uint64_t distance = where < 0 ? a.base - address : address - a.base;
    if (where == 1) distance -= a.bytes;
    char *text = finding->text;
    size_t n = sizeof finding->text;
    if (where == 0 && a.freed) {
        snprintf(text, n, "is %" PRIu64 " bytes into %s, which has been freed", distance, what);
        finding->hint = "free memory after the last kernel that uses it has finished: synchronize "
                        "first";
    } else if (where == 0 && distance + access->bytes <= a.bytes) {
        snprintf(text, n, "lies in %s, which kernels can only read", what);
        finding->hint = "results belong into memory of cuMemAlloc; only the host sets constants";
    } else if (where == 0) {
        snprintf(text, n, "is %" PRIu64 " bytes before the end of %s", a.bytes - distance, what);
        finding->hint = "the access is wider than what is left: is the size a multiple of the "
                        "element's?";
    } else if (address < 4096) {
        snprintf(text, n, "is a null pointer%s", address ? " plus an offset" : "");
        finding->hint = "was the memory allocated, and its address handed over as a parameter?";
    } else if ((where == -2 || distance >= 4096) && host_memory(address, host, sizeof host)) {
        snprintf(text, n, "is host memory (%s)", host);
        finding->hint = "a kernel reads device memory: cuMemAlloc and cuMemcpyHtoD, or "
                        "cuMemHostAlloc for memory that both see";
    } else if (where == -2) {
        snprintf(text, n, "is nowhere: no device memory is allocated");
        finding->hint = "allocate with cuMemAlloc before the launch";
    } else {
        char away[48] = "the first byte";
        if (distance > 0) snprintf(away, sizeof away, "%" PRIu64 " bytes", distance);
        snprintf(text, n, "is %s %s %s%s", away,
                 where < 0 ? "before the start of" : "past the end of", what,
                 a.freed ? ", which has been freed" : "");
        finding->hint = "compare the index with the number of elements before the access";
    }
}

static Finding find(const CusimWarp *warp, const CusimAccess *access, int lane) {
    Finding finding = {.code = CUDA_ERROR_ILLEGAL_ADDRESS};
    const CusimBlock *block = warp->block;
    uint64_t address, end = 0;
    CusimSpace space = cusim_access_space(access, lane, &address);
    if (address % access->bytes) {
        finding.code = CUDA_ERROR_MISALIGNED_ADDRESS;
        snprintf(finding.text, sizeof finding.text, "is not a multiple of %u", access->bytes);
        finding.hint = "an access of n bytes needs an address that n divides: mind casts to wider "
                       "types, float4 for one";
    } else if (space == CUSIM_SPACE_SHARED) {
        end = block->shared_bytes;
        snprintf(finding.text, sizeof finding.text,
                 "is past the end of the block's %" PRIu64 " bytes of shared memory (%" PRIu32
                 " of them asked for by the launch)",
                 end, block->launch->dynamic_shared_bytes);
        finding.hint = address & CUSIM_WINDOW_MASK
                           ? "it is a generic address: cvta.to.shared makes it one of ld.shared"
                           : "is the array large enough for the block, and are sharedMemBytes "
                             "bytes, not elements?";
    } else if (space == CUSIM_SPACE_LOCAL) {
        snprintf(finding.text, sizeof finding.text,
                 "is outside of the thread's %" PRIu32 " bytes of local memory",
                 block->local_bytes);
        finding.hint = "an array of the kernel's own is indexed beyond its size";
    } else {
        find_global(&finding, address, access);
    }
    return finding;
}

/* ---- Report ---- */

/* Add one line to CUSIM_CHECK_FILE. One write, so that lines of several processes stay whole; at
 * once, so that they are there if the program dies. */
static bool note(const char *format, ...) __attribute__((format(printf, 1, 2)));
static bool note(const char *format, ...) {
    const char *path = cusim_env("CUSIM_CHECK_FILE");
    if (!path) return false;
    char text[64];
    va_list args;
    va_start(args, format);
    int n =
        vsnprintf(text, sizeof text, format, args); // NOLINT(clang-analyzer-valist.Uninitialized)
    va_end(args);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
    bool ok = fd >= 0 && n > 0 && write(fd, text, (size_t)n) == n;
    if (!ok) cusim_report("CUSIM_CHECK_FILE=%s: %s", path, strerror(errno));
    if (fd >= 0) close(fd);
    return ok;
}

/* "at kernel saxpy, kernels/saxpy.cu:7 (PTX line 41: st.global.f32)". Returns the PTX line. */
static uint32_t place(const CusimWarp *warp, const CusimInst *inst, char *text, size_t n) {
    /* That of the kernel, or of a function it calls. */
    const CusimCode *code = warp->state->now.frame->code;
    const CusimPtxInst *ptx = code->source[inst->index];
    int at = snprintf(text, n, "at kernel %s", warp->block->launch->code->function->name);
    if (at < 0 || (size_t)at >= n) return 0;
    if (code != warp->block->launch->code)
        at += snprintf(text + at, n - (size_t)at, " in function %s", code->function->name);
    if (!ptx || (size_t)at >= n) return 0;
    const char *file = ptx->loc_file ? cusim_ptx_file(code->module, ptx->loc_file) : NULL;
    if (file) at += snprintf(text + at, n - (size_t)at, ", %s:%" PRIu32, file, ptx->loc_line);
    if ((size_t)at < n)
        snprintf(text + at, n - (size_t)at, " (PTX line %" PRIu32 ": %s)", ptx->line, ptx->text);
    return ptx->line;
}

/* True if this is the first error at that line of the kernel, and there is room to remember it. */
static bool is_new(const char *kernel, uint32_t line) {
    unsigned n = found.n_errors < MOST_REPORTS ? found.n_errors : MOST_REPORTS;
    for (unsigned i = 0; i < n; i++)
        if (found.seen[i].line == line &&
            strncmp(found.seen[i].kernel, kernel, sizeof found.seen[i].kernel - 1) == 0)
            return false;
    if (found.n_errors < MOST_REPORTS) {
        found.seen[found.n_errors].line = line;
        snprintf(found.seen[found.n_errors].kernel, sizeof found.seen[0].kernel, "%s", kernel);
    }
    found.n_errors++;
    return true;
}

static const char *const kinds[] = {
    [CUSIM_READ] = "read", [CUSIM_WRITE] = "write", [CUSIM_ATOMIC] = "atomic access"};
static const char *const spaces[CUSIM_SPACE_REG + 1] = {
    [CUSIM_SPACE_GENERIC] = "generic", [CUSIM_SPACE_GLOBAL] = "global",
    [CUSIM_SPACE_CONST] = "constant",  [CUSIM_SPACE_SHARED] = "shared",
    [CUSIM_SPACE_LOCAL] = "local",     [CUSIM_SPACE_PARAM] = "parameter",
    [CUSIM_SPACE_REG] = "register"};

/* Add to a text of REPORT_BYTES that ends with 0; what does not fit is cut off. */
static void add(char *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(char *text, const char *format, ...) {
    size_t at = strlen(text);
    va_list args;
    va_start(args, format);
    vsnprintf(text + at, REPORT_BYTES - at, format, args); // NOLINT(clang-analyzer-valist.*)
    va_end(args);
}

/* One message, so that those of several threads do not mix. */
static void show(const CusimWarp *warp, const CusimInst *inst, uint32_t bad,
                 const CusimAccess *access) {
    const CusimBlock *block = warp->block;
    const uint32_t *ctaid = block->ctaid;
    char text[REPORT_BYTES] = "", where[TEXT_BYTES];
    uint32_t line = place(warp, inst, where, sizeof where);
    unsigned lanes = (unsigned)__builtin_popcount(bad), shown = 0;
    found.n_lanes += lanes;
    bool new = is_new(block->launch->code->function->name, line);
    note("memory %s %u\n", new ? "error" : "again", lanes);
    if (!new || found.n_errors > MOST_REPORTS) return;
    uint64_t address;
    CusimSpace space = cusim_access_space(access, __builtin_ctz(bad), &address);
    add(text, "check memory: invalid %s %s of %u byte%s\n  %s\n", spaces[space],
        kinds[access->kind], access->bytes, access->bytes == 1 ? "" : "s", where);
    for (int lane = 0; lane < CUSIM_LANES && shown < LANES_SHOWN; lane++) {
        if (!(bad >> lane & 1)) continue;
        Finding finding = find(warp, access, lane);
        cusim_access_space(access, lane, &address);
        add(text, "  by thread (%u,%u,%u) of block (%u,%u,%u)\n    address 0x%" PRIx64 " %s\n",
            warp->tid[0][lane], warp->tid[1][lane], warp->tid[2][lane], ctaid[0], ctaid[1],
            ctaid[2], address, finding.text);
        shown++;
    }
    if (lanes > shown)
        add(text, "  and by %u more thread%s of this warp\n", lanes - shown,
            lanes - shown == 1 ? "" : "s");
    add(text, "  hint: %s\n", find(warp, access, __builtin_ctz(bad)).hint);
    if (found.n_errors == MOST_REPORTS) add(text, "further errors are counted, not shown\n");
    cusim_report("%s", text);
}

static int check_access(CusimObserver *self, CusimWarp *warp, const CusimInst *inst, uint32_t mask,
                        const CusimAccess *access) {
    (void)self;
    if (all_good(warp, inst, mask, access)) return CUSIM_NEXT;
    uint32_t bad = 0;
    CUSIM_EACH_LANE(lane) if (!good(warp, inst, access, lane)) bad |= 1u << lane;
    if (!bad) return CUSIM_NEXT;
    int first = __builtin_ctz(bad);
    pthread_mutex_lock(&found.lock);
    show(warp, inst, bad, access);
    pthread_mutex_unlock(&found.lock);
    return cusim_fault(warp, inst, first, find(warp, access, first).code,
                       "invalid access, see the report of the memory check");
}

static void summary(void) {
    if (getpid() != found.owner || cusim_env("CUSIM_CHECK_FILE")) return;
    pthread_mutex_lock(&found.lock);
    if (found.n_errors)
        cusim_report("check memory: %u error%s, in %" PRIu64 " accesses", found.n_errors,
                     found.n_errors == 1 ? "" : "s", found.n_lanes);
    else cusim_report("check memory: no errors");
    pthread_mutex_unlock(&found.lock);
}

CusimObserver *cusim_check_memory(void) {
    static CusimObserver check = {.name = "check memory", .access = check_access};
    if (found.owner) return &check;
    found.owner = getpid();
    note("memory active\n");
    return atexit(summary) == 0 ? &check : NULL;
}
