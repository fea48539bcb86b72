// SPDX-License-Identifier: MIT
/* stats.c - counts what kernels do: how many instructions with how many lanes, how often a warp
 * parts at a branch, how well its memory accesses fall together.
 *
 * Times on a CPU say nothing about a GPU, these counts do: a load that touches 32 sectors instead
 * of 4 does so on every GPU. Each thread counts for itself while it runs a block, and adds its
 * counts to those of the launch when the block ends; the launches of a kernel are added up by its
 * name and shown when the process ends. stats.def says what each number means.
 *
 *   CUSIM_STATS=text     a table on stderr
 *   CUSIM_STATS=json     one object in one line: {"schema": 1, "kernels": [{...}], "total": {...}}
 *   CUSIM_STATS_FILE     a file to which either is appended instead */
#include "observer.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef enum {
#define CUSIM_COUNT(name) N_##name,
#include "stats.def"
#undef CUSIM_COUNT
    N_COUNTS
} Count;

static const char *const names[N_COUNTS] = {
#define CUSIM_COUNT(name) #name,
#include "stats.def"
#undef CUSIM_COUNT
};

enum { SECTOR_BYTES = 32, BANKS = 32, BANK_BYTES = 4 };

struct CusimLaunchStats {
    _Atomic uint64_t n[N_COUNTS];
};

/* The launches of one name so far, in the order in which names first ended. */
typedef struct Kernel Kernel;
struct Kernel {
    char *name;
    uint64_t n[N_COUNTS];
    Kernel *next;
};

static Kernel *kernels;
static pthread_mutex_t kernels_lock = PTHREAD_MUTEX_INITIALIZER;
static bool as_json;
static pid_t owner; /* a child made by fork must not show its parent's counts */

/* What this thread has counted since its last block ended. A launch that fails leaves some behind;
 * the next launch throws that away. */
static _Thread_local struct {
    uint64_t launch; /* id; 0: none */
    uint64_t n[N_COUNTS];
} counting;

static uint64_t *counts_for(const CusimLaunch *launch) {
    if (counting.launch != launch->id) {
        memset(&counting, 0, sizeof counting);
        counting.launch = launch->id;
    }
    return counting.n;
}

/* ---- Patterns of addresses ---- */

/* Insert value into the n sorted ones unless it is there; returns how many there are then. Lanes
 * mostly come in ascending order, so that the place is mostly the end. */
static unsigned insert(uint64_t *sorted, unsigned n, uint64_t value) {
    unsigned at = n;
    while (at > 0 && sorted[at - 1] > value) at--;
    if (at > 0 && sorted[at - 1] == value) return n;
    memmove(sorted + at + 1, sorted + at, (n - at) * sizeof *sorted);
    sorted[at] = value;
    return n + 1;
}

/* An access is aligned to its size, at most 32 bytes (anything else is a fault): one sector a lane,
 * and two lanes either have the same bytes or none in common. */
static void count_sectors(uint32_t mask, const uint64_t *address, unsigned bytes, uint64_t *sectors,
                          uint64_t *ideal) {
    uint64_t sector[CUSIM_LANES], place[CUSIM_LANES], first = address[0];
    unsigned n_sectors = 0, n_places = 0;
    bool in_a_row = mask == CUSIM_ALL;
    for (unsigned i = 0; in_a_row && i < CUSIM_LANES; i++)
        in_a_row = address[i] == first + (uint64_t)i * bytes;
    if (in_a_row) { /* the usual case, by arithmetic */
        uint64_t end = first + (uint64_t)CUSIM_LANES * bytes;
        *sectors += (end - 1) / SECTOR_BYTES - first / SECTOR_BYTES + 1;
        *ideal += bytes; /* of 32 lanes, in units of 32 */
        return;
    }
    CUSIM_EACH_LANE(lane) {
        n_sectors = insert(sector, n_sectors, address[lane] / SECTOR_BYTES);
        n_places = insert(place, n_places, address[lane]);
    }
    *sectors += n_sectors;
    *ideal += (n_places * bytes + SECTOR_BYTES - 1) / SECTOR_BYTES;
}

/* The wavefronts for the lanes of mask that go together, with at most 32 words in all: the most
 * distinct words in one bank. */
static unsigned wavefronts(uint32_t mask, const uint64_t *address, unsigned bytes) {
    uint64_t word[CUSIM_LANES];
    unsigned n = 0, in_bank[BANKS] = {0}, most = 0;
    CUSIM_EACH_LANE(lane) {
        uint64_t first = address[lane] / BANK_BYTES,
                 last = (address[lane] + bytes - 1) / BANK_BYTES;
        for (uint64_t w = first; w <= last && n < CUSIM_LANES; w++) n = insert(word, n, w);
    }
    for (unsigned i = 0; i < n; i++) {
        unsigned count = ++in_bank[word[i] % BANKS];
        if (count > most) most = count;
    }
    return most;
}

static void count_banks(uint32_t mask, const uint64_t *address, unsigned bytes, uint64_t *passes,
                        uint64_t *conflicts) {
    unsigned lanes = bytes <= BANK_BYTES ? CUSIM_LANES : CUSIM_LANES * BANK_BYTES / bytes;
    for (unsigned first = 0; first < CUSIM_LANES; first += lanes) {
        uint32_t part = mask & (CUSIM_ALL >> (CUSIM_LANES - lanes) << first);
        if (!part) continue;
        unsigned n = wavefronts(part, address, bytes);
        *passes += n;
        *conflicts += n - 1;
    }
}

/* ---- What the interpreter tells ---- */

static void launch_begin(CusimObserver *self, CusimLaunch *launch) {
    (void)self;
    launch->stats = calloc(1, sizeof *launch->stats); /* NULL: the launch is counted as nothing */
}

static void block_begin(CusimObserver *self, CusimBlock *block) {
    (void)self;
    uint64_t *n = counts_for(block->launch);
    n[N_blocks]++;
    n[N_warps] += block->n_warps;
}

static void block_end(CusimObserver *self, CusimBlock *block) {
    (void)self;
    uint64_t *n = counts_for(block->launch);
    for (int i = 0; i < N_COUNTS; i++) {
        if (n[i] && block->launch->stats)
            atomic_fetch_add_explicit(&block->launch->stats->n[i], n[i], memory_order_relaxed);
        n[i] = 0;
    }
}

static void instruction(CusimObserver *self, CusimWarp *warp, const CusimInst *inst,
                        uint32_t mask) {
    (void)self, (void)inst;
    uint64_t *n = counts_for(warp->block->launch);
    n[N_warp_instructions]++;
    n[N_lane_instructions] += (unsigned)__builtin_popcount(mask);
}

static void branch(CusimObserver *self, CusimWarp *warp, const CusimInst *inst, uint32_t taken,
                   uint32_t not_taken) {
    (void)self, (void)inst;
    uint64_t *n = counts_for(warp->block->launch);
    n[N_branches]++;
    if (taken && not_taken) n[N_divergent_branches]++;
}

static void barrier_done(CusimObserver *self, CusimBlock *block, unsigned barrier) {
    (void)self, (void)barrier;
    counts_for(block->launch)[N_barriers]++;
}

static void count_global(uint64_t *n, uint32_t mask, const CusimAccess *access,
                         const uint64_t *address) {
    uint64_t lanes = (unsigned)__builtin_popcount(mask);
    switch (access->kind) {
    case CUSIM_READ:
        n[N_global_load_requests]++;
        n[N_global_bytes_read] += lanes * access->bytes;
        count_sectors(mask, address, access->bytes, &n[N_global_load_sectors],
                      &n[N_global_load_sectors_ideal]);
        break;
    case CUSIM_WRITE:
        n[N_global_store_requests]++;
        n[N_global_bytes_written] += lanes * access->bytes;
        count_sectors(mask, address, access->bytes, &n[N_global_store_sectors],
                      &n[N_global_store_sectors_ideal]);
        break;
    case CUSIM_ATOMIC:
        n[N_global_atomic_requests]++;
        n[N_global_atomic_lanes] += lanes;
        break;
    }
}

static void count_shared(uint64_t *n, uint32_t mask, const CusimAccess *access,
                         const uint64_t *address) {
    uint64_t lanes = (unsigned)__builtin_popcount(mask);
    switch (access->kind) {
    case CUSIM_READ:
        n[N_shared_load_requests]++;
        n[N_shared_bytes_read] += lanes * access->bytes;
        count_banks(mask, address, access->bytes, &n[N_shared_load_wavefronts],
                    &n[N_shared_load_conflicts]);
        break;
    case CUSIM_WRITE:
        n[N_shared_store_requests]++;
        n[N_shared_bytes_written] += lanes * access->bytes;
        count_banks(mask, address, access->bytes, &n[N_shared_store_wavefronts],
                    &n[N_shared_store_conflicts]);
        break;
    case CUSIM_ATOMIC:
        n[N_shared_atomic_requests]++;
        n[N_shared_atomic_lanes] += lanes;
        break;
    }
}

static int count_access(CusimObserver *self, CusimWarp *warp, const CusimInst *inst, uint32_t mask,
                        const CusimAccess *access) {
    (void)self, (void)inst;
    uint64_t *n = counts_for(warp->block->launch), address[CUSIM_LANES];
    uint32_t in[CUSIM_SPACE_REG + 1] = {0}; /* the lanes that go to each space */
    CUSIM_EACH_LANE(lane) in[cusim_access_space(access, lane, &address[lane])] |= 1u << lane;
    if (in[CUSIM_SPACE_GLOBAL]) count_global(n, in[CUSIM_SPACE_GLOBAL], access, address);
    if (in[CUSIM_SPACE_SHARED]) count_shared(n, in[CUSIM_SPACE_SHARED], access, address);
    if (in[CUSIM_SPACE_LOCAL])
        n[access->kind == CUSIM_READ ? N_local_load_requests : N_local_store_requests]++;
    if (in[CUSIM_SPACE_CONST]) n[N_const_load_requests]++;
    return CUSIM_NEXT;
}

static Kernel *kernel_called(const char *name) {
    Kernel **at = &kernels;
    while (*at && strcmp((*at)->name, name) != 0) at = &(*at)->next;
    if (*at) return *at;
    Kernel *kernel = calloc(1, sizeof *kernel);
    char *copy = strdup(name); /* the module may be unloaded before the process ends */
    if (!kernel || !copy) {
        free(kernel);
        free(copy);
        return NULL;
    }
    kernel->name = copy;
    return *at = kernel;
}

static void launch_end(CusimObserver *self, CusimLaunch *launch) {
    (void)self;
    if (!launch->stats) return;
    pthread_mutex_lock(&kernels_lock);
    Kernel *kernel = kernel_called(launch->code->function->name);
    if (kernel) {
        kernel->n[N_launches]++;
        for (int i = 0; i < N_COUNTS; i++)
            kernel->n[i] += atomic_load_explicit(&launch->stats->n[i], memory_order_relaxed);
    }
    pthread_mutex_unlock(&kernels_lock);
    free(launch->stats);
    launch->stats = NULL;
}

/* ---- What the user sees ---- */

static double ratio(uint64_t a, uint64_t b) { return b ? (double)a / (double)b : 0; }

/* One line of the table; what is 0 is left out by the callers. */
static void line(FILE *out, const char *what, uint64_t count, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
static void line(FILE *out, const char *what, uint64_t count, const char *format, ...) {
    fprintf(out, "cusim:   %-18s %12" PRIu64, what, count);
    va_list args;
    va_start(args, format);
    vfprintf(out, format, args); // NOLINT(clang-analyzer-valist.Uninitialized)
    va_end(args);
    fputc('\n', out);
}

static void show_global(FILE *out, const char *what, const uint64_t *n, Count requests,
                        Count sectors, Count ideal, Count bytes) {
    if (!n[requests]) return;
    line(out, what, n[requests],
         " requests, %" PRIu64 " bytes, %" PRIu64 " sectors: %.2f a request, ideal %.2f", n[bytes],
         n[sectors], ratio(n[sectors], n[requests]), ratio(n[ideal], n[requests]));
}

static void show_shared(FILE *out, const char *what, const uint64_t *n, Count requests,
                        Count passes, Count conflicts, Count bytes) {
    if (!n[requests]) return;
    line(out, what, n[requests],
         " requests, %" PRIu64 " bytes, %" PRIu64 " wavefronts, %" PRIu64 " by bank conflicts",
         n[bytes], n[passes], n[conflicts]);
}

static void show_text(FILE *out, const char *name, const uint64_t *n) {
    fprintf(out, "cusim: %s: launches %" PRIu64 ", blocks %" PRIu64 ", warps %" PRIu64 "\n", name,
            n[N_launches], n[N_blocks], n[N_warps]);
    double lanes = ratio(n[N_lane_instructions], n[N_warp_instructions]);
    line(out, "warp instructions", n[N_warp_instructions],
         ", %" PRIu64 " lane instructions: %.2f of 32 lanes active, %.1f %%",
         n[N_lane_instructions], lanes, 100 * lanes / CUSIM_LANES);
    line(out, "branches", n[N_branches], ", %" PRIu64 " divergent", n[N_divergent_branches]);
    if (n[N_barriers]) line(out, "barriers", n[N_barriers], "%s", "");
    show_global(out, "global loads", n, N_global_load_requests, N_global_load_sectors,
                N_global_load_sectors_ideal, N_global_bytes_read);
    show_global(out, "global stores", n, N_global_store_requests, N_global_store_sectors,
                N_global_store_sectors_ideal, N_global_bytes_written);
    if (n[N_global_atomic_requests])
        line(out, "global atomics", n[N_global_atomic_requests], " requests, %" PRIu64 " lanes",
             n[N_global_atomic_lanes]);
    show_shared(out, "shared loads", n, N_shared_load_requests, N_shared_load_wavefronts,
                N_shared_load_conflicts, N_shared_bytes_read);
    show_shared(out, "shared stores", n, N_shared_store_requests, N_shared_store_wavefronts,
                N_shared_store_conflicts, N_shared_bytes_written);
    if (n[N_shared_atomic_requests])
        line(out, "shared atomics", n[N_shared_atomic_requests], " requests, %" PRIu64 " lanes",
             n[N_shared_atomic_lanes]);
    if (n[N_local_load_requests] || n[N_local_store_requests])
        line(out, "local memory", n[N_local_load_requests] + n[N_local_store_requests],
             " requests, %" PRIu64 " loads, %" PRIu64 " stores", n[N_local_load_requests],
             n[N_local_store_requests]);
    if (n[N_const_load_requests])
        line(out, "constant loads", n[N_const_load_requests], "%s", " requests");
}

/* The counts as the members of a JSON object, and what follows from them. */
static void show_json(FILE *out, const uint64_t *n) {
    for (int i = 0; i < N_COUNTS; i++) fprintf(out, "\"%s\": %" PRIu64 ", ", names[i], n[i]);
    double lanes = ratio(n[N_lane_instructions], n[N_warp_instructions]);
    fprintf(out, "\"mean_active_lanes\": %.3f, \"lane_efficiency_percent\": %.2f}", lanes,
            100 * lanes / CUSIM_LANES);
}

static void show_json_text(FILE *out, const char *text) {
    fputc('"', out);
    for (const char *c = text; *c; c++) {
        if (*c == '"' || *c == '\\') fputc('\\', out);
        if ((unsigned char)*c >= ' ') fputc(*c, out);
    }
    fputc('"', out);
}

static void show(FILE *out) {
    uint64_t total[N_COUNTS] = {0};
    unsigned n_kernels = 0;
    for (const Kernel *k = kernels; k; k = k->next, n_kernels++)
        for (int i = 0; i < N_COUNTS; i++) total[i] += k->n[i];
    if (as_json) {
        fprintf(out, "{\"schema\": 1, \"kernels\": [");
        for (const Kernel *k = kernels; k; k = k->next) {
            fprintf(out, "{\"name\": ");
            show_json_text(out, k->name);
            fprintf(out, ", ");
            show_json(out, k->n);
            if (k->next) fprintf(out, ", ");
        }
        fprintf(out, "], \"total\": {");
        show_json(out, total);
        fprintf(out, "}\n");
        return;
    }
    for (const Kernel *k = kernels; k; k = k->next) show_text(out, k->name, k->n);
    if (n_kernels > 1) show_text(out, "all kernels", total);
    if (n_kernels == 0) fprintf(out, "cusim: no kernel ran\n");
}

/* When the process ends. A thread may still be running blocks of a launch that nobody has waited
 * for; that launch has not ended and is not shown. */
static void show_all(void) {
    if (getpid() != owner) return;
    const char *path = cusim_env("CUSIM_STATS_FILE");
    FILE *out = path ? fopen(path, "ae") : stderr;
    if (!out) {
        cusim_report("CUSIM_STATS_FILE=%s: %s", path, strerror(errno));
        out = stderr;
    }
    pthread_mutex_lock(&kernels_lock);
    show(out);
    while (kernels) {
        Kernel *next = kernels->next;
        free(kernels->name);
        free(kernels);
        kernels = next;
    }
    pthread_mutex_unlock(&kernels_lock);
    if (out == stderr) fflush(out);
    else if (fclose(out) != 0) cusim_report("CUSIM_STATS_FILE=%s: %s", path, strerror(errno));
}

CusimObserver *cusim_stats(bool json) {
    static CusimObserver stats = {.name = "statistics",
                                  .launch_begin = launch_begin,
                                  .launch_end = launch_end,
                                  .block_begin = block_begin,
                                  .block_end = block_end,
                                  .instruction = instruction,
                                  .access = count_access,
                                  .branch = branch,
                                  .barrier_done = barrier_done};
    as_json = json;
    owner = getpid();
    return atexit(show_all) == 0 ? &stats : NULL;
}
