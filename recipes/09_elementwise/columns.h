// SPDX-License-Identifier: MIT
/* columns.h - columns of numbers with names: what an expression is tried on. They come from a text
 * file (columns.c) or a .npy file (npy.c), or are made up; numbers.c knows their types.
 */
#ifndef COLUMNS_H
#define COLUMNS_H
#include "engine/elementwise.h"

enum { COLUMNS_MAX = 64, COLUMN_NAME = 32 };

typedef struct Column {
    char name[COLUMN_NAME]; /* a C identifier */
    EwType type;
    bool computed; /* an expression has written it */
    void *data;    /* n elements */
} Column;

typedef struct Columns {
    Column column[COLUMNS_MAX];
    size_t count, n;
} Columns;

/* columns_read - all columns of a text or .npy file; "-" is standard input.
 *   wanted   type of every column; EW_NONE: what the .npy file has, double for text
 *   errors   HC_USAGE with file, line (or row), column and the text that is wrong; nothing is kept.
 *            HC_ERROR: no memory */
int columns_read(const char *path, EwType wanted, Columns *columns);
int columns_read_text(FILE *in, const char *path, EwType wanted, Columns *columns);
int columns_read_npy(FILE *in, const char *path, EwType wanted, Columns *columns);

/* column_add - one more column, its elements zero. name is made an identifier that no other column
 * has; data is to be set if reading (room for rows elements). */
int column_add(Columns *columns, const char *name, EwType type, size_t rows, Column **column);
Column *column_find(const Columns *columns, const char *name, size_t length);
void columns_free(Columns *columns);

/* columns_write - the computed columns to FILE.npy, or as text with a line of names to any
 * other. */
int columns_write(const char *path, const Columns *columns);

/* ---- numbers.c: one element, of any type ---- */
typedef struct Number {
    char kind; /* 'i': i counts; 'u': u; 'f': f */
    int64_t i;
    uint64_t u;
    double f;
} Number;

Number number_get(EwType type, const void *data, size_t at);
bool number_put(EwType type, void *data, size_t at, Number number); /* false: it does not fit */
bool number_parse(EwType type, const char *text, Number *number);   /* false: not a number */
void number_print(EwType type, const void *data, size_t at, bool all_digits, char *text,
                  size_t size);
double number_real(Number number);

/* type_called - "f32", "float" ... to a type; EW_NONE: none is called so. */
EwType type_called(const char *name);
#define TYPE_WORDS "f32, f64, i8, u8, i16, u16, i32, u32, i64, u64"
bool type_is_real(EwType type);

#endif
