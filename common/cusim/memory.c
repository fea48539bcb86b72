// SPDX-License-Identifier: MIT
/* memory.c - device memory as the rest of cusim sees it: allocate, free, ask what lies where.
 *
 * Device memory proper comes from memory_space.c. Pinned and managed memory is host memory at the
 * host's own address, with a page on either side that nobody may touch; registered memory is the
 * caller's. Two tables know all of them, in the order of addresses: one for device addresses, one
 * for the host's. Kernels read the tables without a lock (memory_table.c); all else takes one. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "memory_parts.h"
#include "observer.h"

enum { MOST_DEVICES = 64, LEAST_ALIGN = 256 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static CusimMemTable device_table, host_table;
static bool started;
static size_t limit, used[MOST_DEVICES];                      /* bytes, of each device */
static uint64_t last_number, last_hidden = (uint64_t)1 << 32; /* numbers of allocations */
_Atomic uint64_t cusim_memory_epoch = 1;                      /* a new worker's 0 is an old epoch */

/* ---- How much memory there is ---- */

/* The number in a small file, such as a container's memory limit; SIZE_MAX if there is none. */
static size_t number_in(const char *path) {
    FILE *file = fopen(path, "re");
    if (!file) return SIZE_MAX;
    char text[32] = "";
    size_t n = fread(text, 1, sizeof(text) - 1, file);
    (void)fclose(file);
    text[n] = 0;
    char *end = text;
    unsigned long long number = strtoull(text, &end, 10);
    return end == text || number == 0 ? SIZE_MAX : (size_t)number; /* "max" is no number */
}

static size_t default_limit(void) {
    const size_t least = (size_t)256 << 20, most = (size_t)16 << 30;
    size_t bytes = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
    size_t v2 = number_in("/sys/fs/cgroup/memory.max");
    size_t v1 = number_in("/sys/fs/cgroup/memory/memory.limit_in_bytes");
    if (bytes > v2) bytes = v2;
    if (bytes > v1) bytes = v1;
    bytes = bytes / 2 & ~(((size_t)1 << 20) - 1);
    return bytes < least ? least : bytes > most ? most : bytes;
}

/* CUSIM_MEMORY: bytes, or a number followed by K, M, G or T. */
static size_t asked_limit(void) {
    const char *text = cusim_env("CUSIM_MEMORY");
    if (!text) return default_limit();
    char *end = NULL;
    unsigned long long number = strtoull(text, &end, 10);
    static const char units[] = "KMGT";
    unsigned shift = 0;
    for (unsigned i = 0; i < 4; i++)
        if (*end == units[i] || *end == units[i] + ('a' - 'A')) shift = 10 * (i + 1);
    if (shift) end++;
    if (end > text && *text >= '0' && *text <= '9' && *end == 0 && number << shift >= 1 << 20 &&
        number <= (1ull << 46) >> shift)
        return (size_t)number << shift;
    size_t otherwise = default_limit();
    cusim_report("CUSIM_MEMORY=%s: a size such as 4G or 512M is wanted, at least 1M; using %zuM",
                 text, otherwise >> 20);
    return otherwise;
}

CUresult cusim_memory_start(void) {
    pthread_mutex_lock(&lock);
    bool first = !started;
    if (first) {
        limit = asked_limit();
        started = cusim_space_start(limit);
    }
    bool ok = started;
    pthread_mutex_unlock(&lock);
    if (ok && first) cusim_hostfault_start();
    return ok ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

size_t cusim_memory_total(int device) {
    (void)device; /* all are alike */
    pthread_mutex_lock(&lock);
    size_t total = limit;
    pthread_mutex_unlock(&lock);
    return total;
}

static size_t *used_by(int device) {
    return &used[device >= 0 && device < MOST_DEVICES ? device : 0];
}

size_t cusim_memory_free_bytes(int device) {
    pthread_mutex_lock(&lock);
    size_t bytes = limit - *used_by(device);
    pthread_mutex_unlock(&lock);
    return bytes;
}

/* ---- Allocate ---- */

static bool is_host(CusimMemKind kind) {
    return kind == CUSIM_MEM_PINNED || kind == CUSIM_MEM_REGISTERED || kind == CUSIM_MEM_MANAGED;
}

/* Bytes as they count: rounded up to what no other allocation can use. */
static size_t counted(size_t bytes) {
    return (bytes + LEAST_ALIGN - 1) & ~(size_t)(LEAST_ALIGN - 1);
}

/* Names outlive the module they come from, since reports name freed memory, too: each is kept once,
 * for good. */
static const char *keep_name(const char *name) {
    typedef struct Name Name;
    struct Name {
        Name *next;
        char text[];
    };
    static Name *names[256];
    uint32_t hash = 5381;
    for (const char *c = name; *c; c++) hash = hash * 33 + (unsigned char)*c;
    Name **head = &names[hash % 256];
    for (const Name *n = *head; n; n = n->next)
        if (strcmp(n->text, name) == 0) return n->text;
    size_t bytes = strlen(name) + 1;
    Name *fresh = malloc(sizeof(*fresh) + bytes);
    if (!fresh) return "an allocation";
    memcpy(fresh->text, name, bytes);
    fresh->next = *head;
    *head = fresh;
    return fresh->text;
}

static size_t page_bytes(void) { return (size_t)sysconf(_SC_PAGESIZE); }

/* Host memory with a page before and behind it that faults. 0: out of memory. */
static uint64_t map_host(size_t bytes) {
    size_t page = page_bytes();
    if (bytes > SIZE_MAX / 2) return 0;
    size_t inner = (bytes + page - 1) & ~(page - 1);
    uint8_t *p = mmap(NULL, inner + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (p == MAP_FAILED) return 0;
    if (mprotect(p + page, inner, PROT_READ | PROT_WRITE)) {
        (void)munmap(p, inner + 2 * page);
        return 0;
    }
    if (inner >= (size_t)4 << 20) (void)madvise(p + page, inner, MADV_HUGEPAGE);
    return (uint64_t)(uintptr_t)(p + page);
}

static void unmap_host(uint64_t base, size_t bytes) {
    size_t page = page_bytes(), inner = (bytes + page - 1) & ~(page - 1);
    (void)munmap((void *)(uintptr_t)(base - page), inner + 2 * page);
}

static bool host_overlap(uint64_t base, size_t bytes) {
    size_t i = cusim_table_upto(&host_table, base + bytes - 1);
    for (; i > 0; i--) {
        const CusimAllocation *a = &host_table.record[i - 1].it;
        if (!a->freed) return a->base + a->bytes > base;
    }
    return false;
}

/* Everything under the lock; fills in record. */
static CUresult allocate(CusimRecord *record, size_t align, void *host) {
    CusimAllocation *a = &record->it;
    size_t bytes = a->bytes;
    if (a->kind == CUSIM_MEM_REGISTERED) {
        a->base = (uint64_t)(uintptr_t)host;
        if (a->base + bytes < a->base || cusim_space_holds(a->base))
            return CUDA_ERROR_INVALID_VALUE;
        if (host_overlap(a->base, bytes)) return CUDA_ERROR_HOST_MEMORY_ALREADY_REGISTERED;
    } else if (is_host(a->kind)) {
        a->base = map_host(bytes);
    } else {
        if (bytes > limit || counted(bytes) > limit - *used_by(a->device))
            return CUDA_ERROR_OUT_OF_MEMORY;
        a->base = cusim_space_take(&device_table, bytes, align, &record->shift);
    }
    if (!a->base) return CUDA_ERROR_OUT_OF_MEMORY;
    CusimMemTable *table = is_host(a->kind) ? &host_table : &device_table;
    if (is_host(a->kind)) a->host = (void *)(uintptr_t)a->base;
    /* People count their own calls: what modules and cusim itself need has numbers of its own. */
    bool hidden = a->kind == CUSIM_MEM_GLOBAL || a->kind == CUSIM_MEM_INTERNAL;
    uint64_t *last = hidden ? &last_hidden : &last_number;
    a->number = *last + 1;
    a->call = keep_name(a->call);
    if (!cusim_table_insert(table, record)) {
        if (is_host(a->kind) && a->kind != CUSIM_MEM_REGISTERED) unmap_host(a->base, bytes);
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    ++*last;
    if (!is_host(a->kind)) *used_by(a->device) += counted(bytes);
    atomic_fetch_add_explicit(&cusim_memory_epoch, 1, memory_order_release);
    return CUDA_SUCCESS;
}

CUresult cusim_memory_alloc(CusimMemKind kind, size_t bytes, size_t align, int device, void *owner,
                            const char *call, void *host, uint64_t *base) {
    bool registered = kind == CUSIM_MEM_REGISTERED;
    if (bytes == 0 || registered != (host != NULL) || (align & (align - 1)))
        return CUDA_ERROR_INVALID_VALUE;
    if (align < LEAST_ALIGN) align = LEAST_ALIGN;
    CusimRecord record = {.it = {.kind = kind,
                                 .bytes = bytes,
                                 .owner = owner,
                                 .device = device,
                                 .call = call ? call : "an unnamed call"}};
    CUresult result = cusim_memory_start();
    if (result) return result;
    pthread_mutex_lock(&lock);
    result = allocate(&record, align, host);
    pthread_mutex_unlock(&lock);
    if (result) return result;
    *base = record.it.base;
    for (CusimObserver *o = cusim_observers; o; o = o->next)
        if (o->allocated) o->allocated(o, &record.it);
    return CUDA_SUCCESS;
}

/* ---- Free ---- */

/* Under the lock: the index of the living allocation that begins at base, or SIZE_MAX. */
static size_t index_of(const CusimMemTable *table, uint64_t base) {
    size_t i = cusim_table_upto(table, base);
    if (i == 0 || table->record[i - 1].it.base != base || table->record[i - 1].it.freed)
        return SIZE_MAX;
    return i - 1;
}

/* Under the lock. The record stays, marked, and its pages go; host pages only when no kernel finds
 * them any more, since touching them would be a crash. */
static void free_record(CusimMemTable *table, size_t i, CusimAllocation *freed) {
    *freed = table->record[i].it;
    freed->freed = table->record[i].it.freed = true;
    if (!is_host(freed->kind)) {
        *used_by(freed->device) -= counted(freed->bytes);
        cusim_space_give(table, i);
    }
    cusim_table_mark_freed(table, i);
    atomic_fetch_add_explicit(&cusim_memory_epoch, 1, memory_order_release);
    if (freed->kind == CUSIM_MEM_PINNED || freed->kind == CUSIM_MEM_MANAGED)
        unmap_host(freed->base, freed->bytes);
}

static void tell_released(const CusimAllocation *freed) {
    for (CusimObserver *o = cusim_observers; o; o = o->next)
        if (o->released) o->released(o, freed);
}

CUresult cusim_memory_release(uint64_t base, CusimMemKind kind) {
    CusimAllocation freed = {0};
    pthread_mutex_lock(&lock);
    CusimMemTable *table = &device_table;
    size_t i = index_of(table, base);
    if (i == SIZE_MAX) i = index_of(table = &host_table, base);
    CusimMemKind is = i == SIZE_MAX ? kind : table->record[i].it.kind;
    /* cuMemFree frees managed memory, too. */
    bool ok =
        i != SIZE_MAX && (is == kind || (kind == CUSIM_MEM_DEVICE && is == CUSIM_MEM_MANAGED));
    if (ok) free_record(table, i, &freed);
    pthread_mutex_unlock(&lock);
    if (!ok) return CUDA_ERROR_INVALID_VALUE;
    tell_released(&freed);
    return CUDA_SUCCESS;
}

void cusim_memory_release_owner(void *owner) {
    for (unsigned t = 0; t < 2; t++) {
        CusimMemTable *table = t ? &host_table : &device_table;
        for (uint64_t from = 0;;) { /* the table may change between two of them */
            CusimAllocation freed = {0};
            pthread_mutex_lock(&lock);
            size_t i = cusim_table_upto(table, from);
            while (i < table->n &&
                   (table->record[i].it.freed || table->record[i].it.owner != owner))
                i++;
            bool found = i < table->n;
            if (found) free_record(table, i, &freed);
            pthread_mutex_unlock(&lock);
            if (!found) break;
            from = freed.base;
            tell_released(&freed);
        }
    }
}

/* ---- Ask ---- */

bool cusim_memory_find(uint64_t address, CusimWindow *window) {
    return cusim_table_find(&device_table, address, window, 0) ||
           cusim_table_find(&host_table, address, window, 0);
}

void *cusim_memory_host(uint64_t address, size_t n) {
    CusimWindow window;
    if (!cusim_memory_find(address, &window)) return NULL;
    if (n > window.bytes - (address - window.base)) return NULL;
    return (void *)(uintptr_t)(address + (uint64_t)window.shift);
}

void cusim_memory_protect(uint64_t base) {
    pthread_mutex_lock(&lock);
    size_t i = index_of(&device_table, base);
    if (i != SIZE_MAX) cusim_table_mark_read_only(&device_table, i);
    atomic_fetch_add_explicit(&cusim_memory_epoch, 1, memory_order_release);
    pthread_mutex_unlock(&lock);
}

/* Under the lock. Is something in this table nearer than *distance? Inside is nearest. */
static int look_near(const CusimMemTable *table, uint64_t address, uint64_t *distance, int where,
                     CusimAllocation *allocation) {
    size_t n = table->n, i = cusim_table_upto(table, address), j = i;
    if (i > 0 && address - table->record[i - 1].it.base < table->record[i - 1].it.bytes) {
        *allocation = table->record[i - 1].it;
        *distance = 0;
        return 0;
    }
    while (j > 0 && table->record[j - 1].it.freed) j--;
    if (j > 0) {
        const CusimAllocation *below = &table->record[j - 1].it;
        uint64_t past = address - (below->base + below->bytes);
        if (past < *distance) {
            *allocation = *below;
            *distance = past;
            where = 1;
        }
    }
    while (i < n && table->record[i].it.freed) i++;
    if (i < n && table->record[i].it.base - address < *distance) {
        *allocation = table->record[i].it;
        *distance = allocation->base - address;
        where = -1;
    }
    return where;
}

static int describe(uint64_t address, CusimAllocation *allocation) {
    uint64_t distance = UINT64_MAX;
    *allocation = (CusimAllocation){0};
    int where = look_near(&device_table, address, &distance, -2, allocation);
    if (where) where = look_near(&host_table, address, &distance, where, allocation);
    return where;
}

int cusim_memory_describe(uint64_t address, CusimAllocation *allocation) {
    pthread_mutex_lock(&lock);
    int where = describe(address, allocation);
    pthread_mutex_unlock(&lock);
    return where;
}

int cusim_memory_try_describe(uint64_t address, CusimAllocation *allocation) {
    if (pthread_mutex_trylock(&lock)) return -3;
    int where = describe(address, allocation);
    pthread_mutex_unlock(&lock);
    return where;
}

bool cusim_memory_next(uint64_t after, CusimAllocation *allocation) {
    bool found = false;
    pthread_mutex_lock(&lock);
    for (unsigned t = 0; t < 2; t++) {
        const CusimMemTable *table = t ? &host_table : &device_table;
        size_t i = cusim_table_upto(table, after);
        while (i < table->n && table->record[i].it.freed) i++;
        if (i == table->n || (found && table->record[i].it.base > allocation->base)) continue;
        *allocation = table->record[i].it;
        found = true;
    }
    pthread_mutex_unlock(&lock);
    return found;
}
