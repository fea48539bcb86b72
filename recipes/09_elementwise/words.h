// SPDX-License-Identifier: MIT
/* words.h - from what a reader types, "z = a*x + y", to what the engine takes: the declarations
 * "double a, const double *x, const double *y, double *z" and the statement "z[i] = a*x[i] + y[i]".
 */
#ifndef WORDS_H
#define WORDS_H
#include "columns.h"

enum { LETS_MAX = 8, WORDS_ARGS = 16 };

typedef struct Let { /* --let a=2.5 */
    char name[COLUMN_NAME];
    EwType type;
    Number value;
} Let;

typedef struct Words {
    Columns *columns;
    const Let *lets;
    size_t let_count;
    const char *also; /* further names that mean something, " item prev_item " */
    EwType to;        /* type of new columns; EW_NONE: the widest that is read */
    bool reads[COLUMNS_MAX], writes[COLUMNS_MAX], uses_let[LETS_MAX];
    bool functions;                      /* calls that may be rounded in different ways */
    bool fractions;                      /* has a number with a point, or such a call */
    bool assigns;                        /* at least one column is assigned to */
    char fresh[WORDS_ARGS][COLUMN_NAME]; /* columns that do not exist yet, and are assigned to */
    bool fresh_read[WORDS_ARGS];         /* and read afterwards, so that each run must begin anew */
    size_t fresh_count;
} Words;

/* lets_read - "a=2.5,b=3" to a table.
 *   errors  HC_USAGE with the part that is wrong */
int lets_read(const char *text, Let *lets, size_t *count);

/* words_read - translate one text: plain names of columns become elements, x to x[i].
 *   option   which it came from, "--expr", for messages
 *   *out     the text as the engine takes it, to be freed
 *   errors   HC_USAGE with the place in the text under a caret */
int words_read(Words *words, const char *option, const char *text, char **out);

/* words_add_columns - make the new columns, all zeros, now that it is known what is read. */
int words_add_columns(Words *words);
EwType words_type(const Words *words); /* of new columns */

/* words_declare - the declarations of all that the texts use, to be freed; words_value - argument k
 * of them: a scalar, or which column. False: there are no more. */
int words_declare(const Words *words, char **declarations);
bool words_value(const Words *words, size_t k, EwValue *scalar, size_t *column);

#endif
