// SPDX-License-Identifier: MIT
/* arena.c - chunks of memory in a list; an allocation is a step forward in the newest chunk. A
 * parsed module makes thousands of small pieces that all die together, which malloc and free would
 * make slow and easy to get wrong. */
#include "arena.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK = 64 * 1024, LARGE = 4096 };

typedef struct Chunk Chunk;
struct Chunk {
    Chunk *next;
    size_t used, bytes; /* of data */
    _Alignas(64) unsigned char data[];
};

struct CusimArena {
    Chunk *chunks; /* the newest first */
    int failed;
};

CusimArena *cusim_arena_new(void) { return calloc(1, sizeof(CusimArena)); }

void cusim_arena_free(CusimArena *arena) {
    if (!arena) return;
    while (arena->chunks) {
        Chunk *next = arena->chunks->next;
        free(arena->chunks);
        arena->chunks = next;
    }
    free(arena);
}

static Chunk *new_chunk(CusimArena *arena, size_t bytes) {
    if (bytes > SIZE_MAX / 2) return NULL;
    size_t total = (sizeof(Chunk) + bytes + 63) & ~(size_t)63;
    Chunk *chunk = aligned_alloc(64, total);
    if (!chunk) return NULL;
    memset(chunk, 0, total);
    chunk->bytes = total - sizeof(Chunk);
    chunk->next = arena->chunks;
    arena->chunks = chunk;
    return chunk;
}

void *cusim_arena_alloc(CusimArena *arena, size_t bytes) {
    size_t align = bytes >= LARGE ? 64 : 16;
    Chunk *chunk = arena->chunks;
    size_t begin = chunk ? (chunk->used + align - 1) & ~(align - 1) : 0;
    if (!chunk || begin > chunk->bytes || bytes > chunk->bytes - begin) {
        chunk = new_chunk(arena, bytes > CHUNK ? bytes : CHUNK);
        begin = 0;
    }
    if (!chunk) {
        arena->failed = 1;
        return NULL;
    }
    chunk->used = begin + bytes;
    return chunk->data + begin;
}

void *cusim_arena_array(CusimArena *arena, size_t n, size_t bytes) {
    if (bytes && n > SIZE_MAX / bytes) {
        arena->failed = 1;
        return NULL;
    }
    return cusim_arena_alloc(arena, n * bytes);
}

const char *cusim_arena_text(CusimArena *arena, const char *text, size_t n) {
    char *copy = cusim_arena_alloc(arena, n + 1);
    if (copy) memcpy(copy, text, n); /* the final 0 is there */
    return copy;
}

int cusim_arena_failed(const CusimArena *arena) { return arena->failed; }
