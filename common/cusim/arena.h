// SPDX-License-Identifier: MIT
/* arena.h - memory that is given back all at once, for a parsed module and what is made from it. */
#ifndef CUSIM_ARENA_H
#define CUSIM_ARENA_H

#include <stddef.h>

typedef struct CusimArena CusimArena;

CusimArena *cusim_arena_new(void); /* NULL: out of memory */
void cusim_arena_free(CusimArena *arena);

/* cusim_arena_alloc - bytes of zeroed memory, 16-byte aligned (64 from 4096 bytes on).
 *   errors  NULL when there is no memory; the arena then remembers it: cusim_arena_failed() */
void *cusim_arena_alloc(CusimArena *arena, size_t bytes);
/* cusim_arena_array - the same for n elements; an overflowing product is NULL. */
void *cusim_arena_array(CusimArena *arena, size_t n, size_t bytes);
/* cusim_arena_text - a copy of n bytes with a final 0. */
const char *cusim_arena_text(CusimArena *arena, const char *text, size_t n);
int cusim_arena_failed(const CusimArena *arena);
#endif
