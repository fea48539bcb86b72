// SPDX-License-Identifier: MIT
/* Memory and errors of the compiler.
 *
 * What a compilation builds, thousands of small nodes that point at each other, is all needed
 * until the module goes and not a moment longer. So it comes from an arena: large blocks, cut from
 * the front, freed together. An error may be found deep inside a recursion; it is put into words
 * once, with the line of the source and a caret below the place, and longjmp leaves everything. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { BLOCK_BYTES = 1 << 16, ALIGN = 16, ERROR_BYTES = 4096 };

struct ArenaBlock {
    struct ArenaBlock *next;
    size_t used, size;
    _Alignas(ALIGN) char bytes[];
};

static _Thread_local char error_text[ERROR_BYTES];

void jit_set_error(const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsnprintf(error_text, sizeof error_text, format, list);
    va_end(list);
}

const char *jit_error(void) { return error_text; }

void *jit_new(Session *s, size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes) || bytes > SIZE_MAX / 2)
        jit_stop(s, JIT_RAISED, "out of memory");
    bytes = (bytes + ALIGN - 1) / ALIGN * ALIGN;
    struct ArenaBlock *block = s->arena.blocks;
    if (!block || block->size - block->used < bytes) {
        size_t room = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES;
        block = malloc(sizeof *block + room);
        if (!block) jit_stop(s, JIT_RAISED, "out of memory");
        block->next = s->arena.blocks;
        block->used = 0;
        block->size = room;
        s->arena.blocks = block;
    }
    void *out = block->bytes + block->used;
    block->used += bytes;
    return memset(out, 0, bytes);
}

char *jit_copy_text(Session *s, const char *text, size_t length) {
    char *copy = jit_new(s, length + 1, 1);
    memcpy(copy, text, length);
    return copy;
}

char *jit_text(Session *s, const char *format, ...) {
    char buffer[1024];
    va_list list;
    va_start(list, format);
    int length = vsnprintf(buffer, sizeof buffer, format, list);
    va_end(list);
    if (length < 0) length = 0;
    if (length >= (int)sizeof buffer) length = sizeof buffer - 1;
    return jit_copy_text(s, buffer, (size_t)length);
}

void jit_free_arena(Arena *arena) {
    for (struct ArenaBlock *b = arena->blocks, *next; b; b = next) {
        next = b->next;
        free(b);
    }
    arena->blocks = NULL;
}

/* ---- Errors ---- */

typedef struct Text {
    char *out;
    size_t room;
} Text;

static void put(Text *t, const char *format, ...) JIT_PRINTF(2, 3);
static void put(Text *t, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int n = vsnprintf(t->out, t->room, format, list);
    va_end(list);
    if (n < 0) return;
    size_t used = (size_t)n < t->room ? (size_t)n : t->room - 1;
    t->out += used;
    t->room -= used;
}

/* The line of the source at pos, and below it a caret. Lines that are long are cut. */
static void put_line(Text *t, const Session *s, Pos pos) {
    const char *line = s->text;
    if (!line || pos.line < 1) return;
    for (int i = 1; i < pos.line && line; i++) {
        line = strchr(line, '\n');
        if (line) line++;
    }
    if (!line) return;
    int length = (int)strcspn(line, "\r\n"), cut = length > 160 ? 160 : length;
    put(t, "    %.*s\n", cut, line);
    if (pos.column < 1 || pos.column > cut + 1) return;
    put(t, "    ");
    for (int i = 0; i < pos.column - 1; i++) put(t, "%c", line[i] == '\t' ? '\t' : ' ');
    put(t, "^");
}

_Noreturn static void leave(Session *s, int status) {
    s->status = status;
    longjmp(*s->stop, 1);
}

_Noreturn static void refuse(Session *s, Pos pos, Pos also, const char *note, const char *message) {
    Text t = {error_text, sizeof error_text};
    if (pos.line) put(&t, "%s:%d:%d: %s\n", s->name, pos.line, pos.column, message);
    else put(&t, "%s: %s", s->name, message);
    put_line(&t, s, pos);
    if (note && also.line) {
        put(&t, "\n%s:%d:%d: %s\n", s->name, also.line, also.column, note);
        put_line(&t, s, also);
    }
    leave(s, JIT_REFUSED);
}

void jit_refuse(Session *s, Pos pos, const char *format, ...) {
    char message[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    refuse(s, pos, (Pos){0, 0}, NULL, message);
}

void jit_refuse2(Session *s, Pos pos, Pos also, const char *note, const char *format, ...) {
    char message[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(message, sizeof message, format, list);
    va_end(list);
    refuse(s, pos, also, note, message);
}

void jit_stop(Session *s, int status, const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsnprintf(error_text, sizeof error_text, format, list);
    va_end(list);
    leave(s, status);
}
