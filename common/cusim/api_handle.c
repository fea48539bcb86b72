// SPDX-License-Identifier: MIT
/* api_handle.c - handles: numbers that stand for contexts, modules, streams and so on.
 *
 * A driver could hand out pointers to its objects, but then a program that uses a stream after it
 * has destroyed it, or passes an event as a stream, makes the driver read freed memory. Here a
 * handle is put together from a kind, a generation and an index into a table: the table holds the
 * handle that is valid at each index, so one comparison tells whether a handle is alive, and of the
 * right kind. Looking up takes no lock; chunks of the table are never freed. */
#include <stdlib.h>

#include "api.h"

/* bits 0-2: 0; 3-22: index; 23-42: generation; 43-46: kind. At most 47 bits, as pointers have. */
enum { INDEX_SHIFT = 3, GENERATION_SHIFT = 23, KIND_SHIFT = 43, FIELD_BITS = 20 };
enum { CHUNK = 1024, CHUNKS = 1 << (FIELD_BITS - 10) };

typedef struct {
    _Atomic uint64_t handle; /* 0: free */
    void *_Atomic object;
    uint32_t generation;
    uint32_t next_free;
} Slot;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static Slot *_Atomic chunks[CHUNKS];
static uint32_t used = 1;              /* index 0 stays unused: it ends the list of free slots */
static uint32_t first_free, last_free; /* a queue, so that an index rests before it is used again */

static Slot *slot_at(uint32_t index) {
    Slot *chunk = atomic_load_explicit(&chunks[index / CHUNK], memory_order_acquire);
    return chunk ? chunk + index % CHUNK : NULL;
}

static uint32_t index_of(uint64_t handle) {
    return (uint32_t)(handle >> INDEX_SHIFT) & ((1u << FIELD_BITS) - 1);
}

static uint32_t take_index(void) {
    if (first_free) {
        uint32_t index = first_free;
        first_free = slot_at(index)->next_free;
        if (!first_free) last_free = 0;
        return index;
    }
    if (used >= CHUNK * CHUNKS) return 0;
    if (!slot_at(used)) {
        Slot *chunk = calloc(CHUNK, sizeof *chunk);
        if (!chunk) return 0;
        atomic_store_explicit(&chunks[used / CHUNK], chunk, memory_order_release);
    }
    return used++;
}

void *cusim_handle_new(CusimHandleKind kind, void *object) {
    pthread_mutex_lock(&lock);
    uint32_t index = take_index();
    uint64_t handle = 0;
    if (index) {
        Slot *slot = slot_at(index);
        slot->generation = (slot->generation + 1) & ((1u << FIELD_BITS) - 1);
        handle = (uint64_t)kind << KIND_SHIFT | (uint64_t)slot->generation << GENERATION_SHIFT |
                 (uint64_t)index << INDEX_SHIFT;
        atomic_store_explicit(&slot->object, object, memory_order_relaxed);
        atomic_store_explicit(&slot->handle, handle, memory_order_release);
    }
    pthread_mutex_unlock(&lock);
    return (void *)(uintptr_t)handle;
}

static Slot *find(CusimHandleKind kind, const void *handle) {
    uint64_t number = (uintptr_t)handle;
    if (number >> KIND_SHIFT != (uint64_t)kind) return NULL;
    Slot *slot = slot_at(index_of(number));
    if (!slot || atomic_load_explicit(&slot->handle, memory_order_acquire) != number) return NULL;
    return slot;
}

void *cusim_handle_get(CusimHandleKind kind, const void *handle) {
    Slot *slot = find(kind, handle);
    return slot ? atomic_load_explicit(&slot->object, memory_order_relaxed) : NULL;
}

void *cusim_handle_drop(CusimHandleKind kind, const void *handle) {
    pthread_mutex_lock(&lock);
    Slot *slot = find(kind, handle);
    void *object = NULL;
    if (slot) {
        object = atomic_load_explicit(&slot->object, memory_order_relaxed);
        atomic_store_explicit(&slot->handle, 0, memory_order_release);
        uint32_t index = index_of((uintptr_t)handle);
        slot->next_free = 0;
        if (last_free) slot_at(last_free)->next_free = index;
        else first_free = index;
        last_free = index;
    }
    pthread_mutex_unlock(&lock);
    return object;
}
