// SPDX-License-Identifier: MIT
/* unit.h - what each unit test includes: cmocka in the order it needs, and a comparison of texts
 * that shows both.
 */
#ifndef UNIT_H
#define UNIT_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hc.h"

/* assert_contains - part stands somewhere in text. */
static inline void assert_contains_at(const char *text, const char *part, const char *file,
                                      int line) {
    if (text && strstr(text, part)) return;
    print_error("'%s'\ndoes not contain\n'%s'\n", text ? text : "(null)", part);
    _fail(file, line);
}
#define assert_contains(text, part) assert_contains_at(text, part, __FILE__, __LINE__)

/* Room for what a function prints to a FILE. */
typedef struct Capture {
    FILE *file;
    char *text;
    size_t length;
} Capture;
#define CAPTURE(c) ((c)->file = open_memstream(&(c)->text, &(c)->length))

#define RUN(tests) cmocka_run_group_tests(tests, NULL, NULL)
#endif
