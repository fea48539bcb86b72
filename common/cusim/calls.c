// SPDX-License-Identifier: MIT
/* calls.c - the functions that a kernel may call without bringing them along: vprintf, malloc,
 * free, __assertfail and cudaCGGetIntrinsicHandle. NVIDIA's driver has them, too; compilers declare
 * them .extern and rely on it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "warp.h"

CusimBuiltin cusim_builtin(const char *name) {
    static const struct {
        const char *name;
        CusimBuiltin builtin;
    } all[] = {{"vprintf", CUSIM_BUILTIN_vprintf},
               {"__assertfail", CUSIM_BUILTIN_assertfail},
               {"malloc", CUSIM_BUILTIN_malloc},
               {"free", CUSIM_BUILTIN_free},
               {"cudaCGGetIntrinsicHandle", CUSIM_BUILTIN_grid_handle}};
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        if (strcmp(all[i].name, name) == 0) return all[i].builtin;
    return CUSIM_BUILTIN_NONE;
}

/* ---- Arguments and memory of one lane ---- */

static uint8_t *place_of(const CusimWarp *warp, const CusimPlace *place, int lane) {
    if (place->reg)
        return warp->frame + place->reg + (place->bytes ? (size_t)lane * place->bytes : 0);
    return warp->local + (size_t)lane * warp->block->local_bytes + warp->local_base + place->local;
}

static uint64_t argument(const CusimWarp *warp, const CusimCallSite *site, uint32_t i, int lane) {
    uint64_t value = 0;
    if (i >= site->n_args) return 0;
    uint32_t bytes = site->arg[i].bytes;
    memcpy(&value, place_of(warp, &site->arg[i], lane), bytes < 8 ? bytes : 8);
    return value;
}

static void set_result(const CusimWarp *warp, const CusimCallSite *site, int lane, uint64_t value) {
    if (!site->n_results) return;
    uint32_t bytes = site->result[0].bytes;
    memcpy(place_of(warp, &site->result[0], lane), &value, bytes < 8 ? bytes : 8);
}

/* Host memory behind a generic address of one lane, and how many bytes follow; NULL: none. */
static const uint8_t *lane_memory(const CusimWarp *warp, int lane, uint64_t address,
                                  uint64_t *bytes) {
    const CusimBlock *block = warp->block;
    uint64_t offset = address & ~CUSIM_WINDOW_MASK, room = 0;
    const uint8_t *memory = NULL;
    switch (address & CUSIM_WINDOW_MASK) {
    case CUSIM_SHARED_WINDOW:
        memory = block->shared;
        room = block->shared_bytes;
        break;
    case CUSIM_LOCAL_WINDOW:
        memory = warp->local + (size_t)lane * block->local_bytes;
        room = block->local_bytes;
        break;
    case CUSIM_PARAM_WINDOW:
        memory = block->launch->params;
        room = block->launch->code->param_bytes;
        break;
    default: {
        CusimWindow window;
        if (!cusim_memory_find(address, &window)) return NULL;
        memory = (const uint8_t *)(uintptr_t)(window.base + (uint64_t)window.shift);
        offset = address - window.base;
        room = window.bytes;
        break;
    }
    }
    if (offset >= room || !memory) return NULL;
    *bytes = room - offset;
    return memory + offset;
}

static bool lane_read(const CusimWarp *warp, int lane, uint64_t address, void *to, uint64_t n) {
    uint64_t bytes = 0;
    const uint8_t *from = lane_memory(warp, lane, address, &bytes);
    if (!from || bytes < n) return false;
    memcpy(to, from, n);
    return true;
}

/* A string in the lane's memory, at most until that memory ends; not NULL. */
static const char *lane_text(const CusimWarp *warp, int lane, uint64_t address, size_t *n) {
    uint64_t bytes = 0;
    const char *text = (const char *)lane_memory(warp, lane, address, &bytes);
    if (!text) {
        text = address ? "(bad pointer)" : "(null)";
        bytes = strlen(text);
    }
    *n = strnlen(text, bytes);
    return text;
}

/* ---- printf ---- */

typedef struct {
    CusimWarp *warp;
    int lane;
    uint64_t at; /* in the list of arguments, which lies in the lane's memory */
    int n_args;
} Printer;

static uint64_t next_argument(Printer *p, unsigned bytes) {
    uint64_t value = 0;
    p->at = (p->at + bytes - 1) & ~(uint64_t)(bytes - 1);
    if (!lane_read(p->warp, p->lane, p->at, &value, bytes)) value = 0;
    p->at += bytes;
    p->n_args++;
    return value;
}

static void put(const Printer *p, const char *text, size_t n) {
    cusim_block_text(p->warp->block, text, n);
}

/* What stands between '%' and the letter; * is already replaced by its number. */
typedef struct {
    char text[48];
    size_t n;
} Spec;

static void append(Spec *spec, const char *text, size_t n) {
    if (spec->n + n >= sizeof spec->text) return;
    memcpy(spec->text + spec->n, text, n);
    spec->n += n;
    spec->text[spec->n] = 0;
}

/* A number of a specification, at most 4 digits: nobody needs more, and buffers are finite. */
static size_t number(Printer *p, const char *f, size_t n, Spec *spec) {
    char digits[8];
    if (n && *f == '*') {
        int value = (int)(uint32_t)next_argument(p, 4);
        value = value > 4096 ? 4096 : value < -4096 ? -4096 : value;
        int wrote = snprintf(digits, sizeof digits, "%d", value);
        append(spec, digits, (size_t)wrote);
        return 1;
    }
    size_t i = 0;
    while (i < n && f[i] >= '0' && f[i] <= '9') i++;
    append(spec, f, i < 4 ? i : 4);
    return i;
}

static void print_one(Printer *p, Spec *spec, char letter, unsigned bytes) {
    char out[9000];
    int n = 0;
    char tail[4] = {letter, 0};
    switch (letter) {
    case 'd':
    case 'i': {
        uint64_t value = next_argument(p, bytes < 4 ? 4 : bytes);
        long long shown = bytes == 8   ? (long long)value
                          : bytes == 2 ? (int16_t)value
                          : bytes == 1 ? (int8_t)value
                                       : (int32_t)value;
        memcpy(tail, "lld", 4);
        append(spec, tail, 3);
        n = snprintf(out, sizeof out, spec->text, shown);
        break;
    }
    case 'u':
    case 'x':
    case 'X':
    case 'o': {
        uint64_t value = next_argument(p, bytes < 4 ? 4 : bytes);
        unsigned long long shown = bytes == 8   ? value
                                   : bytes == 2 ? (uint16_t)value
                                   : bytes == 1 ? (uint8_t)value
                                                : (uint32_t)value;
        append(spec, "ll", 2);
        append(spec, tail, 1);
        n = snprintf(out, sizeof out, spec->text, shown);
        break;
    }
    case 'c':
        append(spec, tail, 1);
        n = snprintf(out, sizeof out, spec->text, (int)next_argument(p, 4));
        break;
    case 'p':
        append(spec, tail, 1);
        n = snprintf(out, sizeof out, spec->text, (void *)(uintptr_t)next_argument(p, 8));
        break;
    case 's': {
        size_t length = 0;
        const char *text = lane_text(p->warp, p->lane, next_argument(p, 8), &length);
        /* The text may lack its final 0: the precision keeps printf from looking for it. */
        char *dot = strchr(spec->text, '.');
        int most = dot ? atoi(dot + 1) : -1;
        if (most < 0 || (size_t)most > length) most = length > 8000 ? 8000 : (int)length;
        if (dot) {
            *dot = 0;
            spec->n = (size_t)(dot - spec->text);
        }
        append(spec, ".*s", 3);
        n = snprintf(out, sizeof out, spec->text, most, text);
        break;
    }
    default: { /* a double */
        uint64_t bits = next_argument(p, 8);
        double value;
        memcpy(&value, &bits, sizeof value);
        append(spec, tail, 1);
        n = snprintf(out, sizeof out, spec->text, value);
        break;
    }
    }
    if (n > 0) put(p, out, (size_t)n < sizeof out ? (size_t)n : sizeof out - 1);
}

/* The specification that begins at f, behind a '%'; returns its length. */
static size_t print_spec(Printer *p, const char *f, size_t n) {
    Spec spec = {.text = "%", .n = 1};
    size_t i = 0;
    while (i < n && strchr("-+ #0", f[i]) && f[i]) append(&spec, &f[i++], 1);
    i += number(p, f + i, n - i, &spec);
    if (i < n && f[i] == '.') {
        append(&spec, &f[i++], 1);
        i += number(p, f + i, n - i, &spec);
    }
    unsigned bytes = 4;
    for (; i < n && strchr("hlLzjtq", f[i]) && f[i]; i++)
        bytes = f[i] == 'h' ? (bytes == 2 ? 1 : 2) : 8; /* long has 64 bits on the host and here */
    if (i == n) {
        put(p, "%", 1);
        put(p, f, n);
        return n;
    }
    if (f[i] == '%') put(p, "%", 1);
    else if (strchr("diuxXocpsfFeEgGaA", f[i])) print_one(p, &spec, f[i], bytes);
    else {
        put(p, "%", 1);
        put(p, f, i + 1);
    }
    return i + 1;
}

/* Returns what CUDA's printf does: the number of arguments, -1 without a format. */
static int print(CusimWarp *warp, int lane, uint64_t format, uint64_t list) {
    uint64_t bytes = 0;
    const char *f = (const char *)lane_memory(warp, lane, format, &bytes);
    if (!f) return -1;
    size_t n = strnlen(f, bytes);
    Printer p = {.warp = warp, .lane = lane, .at = list};
    for (size_t i = 0; i < n;) {
        const char *percent = memchr(f + i, '%', n - i);
        size_t plain = percent ? (size_t)(percent - (f + i)) : n - i;
        put(&p, f + i, plain);
        i += plain;
        if (i < n) {
            i++;
            i += print_spec(&p, f + i, n - i);
        }
    }
    return p.n_args;
}

/* ---- assert ---- */

static void assert_failed(CusimWarp *warp, const CusimCallSite *site, int lane) {
    size_t n_text = 0, n_file = 0, n_function = 0;
    const char *text = lane_text(warp, lane, argument(warp, site, 0, lane), &n_text);
    const char *file = lane_text(warp, lane, argument(warp, site, 1, lane), &n_file);
    const char *function = lane_text(warp, lane, argument(warp, site, 3, lane), &n_function);
    const CusimBlock *block = warp->block;
    (void)fprintf(stderr,
                  "%.*s:%u: %.*s: block: [%u,%u,%u], thread: [%u,%u,%u] Assertion `%.*s` failed.\n",
                  (int)n_file, file, (unsigned)argument(warp, site, 2, lane), (int)n_function,
                  function, block->ctaid[0], block->ctaid[1], block->ctaid[2], warp->tid[0][lane],
                  warp->tid[1][lane], warp->tid[2][lane], (int)n_text, text);
}

/* ---- malloc, free: each piece is an allocation of its own, so that its bounds are checked ---- */

static uint64_t heap_alloc(CusimWarp *warp, uint64_t bytes) {
    const CusimLaunch *launch = warp->block->launch;
    CusimHeap *heap = launch->heap;
    if (!bytes || bytes > heap->limit) return 0;
    if (atomic_fetch_add(&heap->used, bytes) + bytes > heap->limit) {
        atomic_fetch_sub(&heap->used, bytes);
        return 0;
    }
    uint64_t base = 0;
    if (cusim_memory_alloc(CUSIM_MEM_INTERNAL, bytes, 16, launch->device, launch->context,
                           "a kernel's malloc", NULL, &base) == CUDA_SUCCESS)
        return base;
    atomic_fetch_sub(&heap->used, bytes);
    return 0;
}

static int heap_free(CusimWarp *warp, const CusimInst *inst, int lane, uint64_t address) {
    CusimAllocation found;
    if (!address) return CUSIM_NEXT;
    if (cusim_memory_describe(address, &found) != 0 || found.base != address || found.freed ||
        found.kind != CUSIM_MEM_INTERNAL ||
        cusim_memory_release(address, CUSIM_MEM_INTERNAL) != CUDA_SUCCESS)
        return cusim_fault(warp, inst, lane, CUDA_ERROR_LAUNCH_FAILED,
                           "free(0x%llx): malloc in a kernel did not return this, or it was freed",
                           (unsigned long long)address);
    atomic_fetch_sub(&warp->block->launch->heap->used, found.bytes);
    return CUSIM_NEXT;
}

int cusim_builtin_call(CusimWarp *warp, const CusimInst *inst, uint32_t mask,
                       const CusimCallSite *site, CusimBuiltin builtin) {
    CUSIM_EACH_LANE(lane) {
        uint64_t first = argument(warp, site, 0, lane);
        switch (builtin) {
        case CUSIM_BUILTIN_vprintf:
            set_result(warp, site, lane,
                       (uint64_t)(int64_t)print(warp, lane, first, argument(warp, site, 1, lane)));
            break;
        case CUSIM_BUILTIN_assertfail: assert_failed(warp, site, lane); break;
        case CUSIM_BUILTIN_malloc: set_result(warp, site, lane, heap_alloc(warp, first)); break;
        case CUSIM_BUILTIN_free:
            if (heap_free(warp, inst, lane, first) != CUSIM_NEXT) return CUSIM_STOP;
            break;
        case CUSIM_BUILTIN_grid_handle:
            set_result(warp, site, lane, warp->block->launch->workspace);
            break;
        case CUSIM_BUILTIN_NONE: break;
        }
    }
    if (builtin == CUSIM_BUILTIN_assertfail)
        return cusim_fault(warp, inst, __builtin_ctz(mask), CUDA_ERROR_ASSERT,
                           "an assertion is false");
    return CUSIM_NEXT;
}
