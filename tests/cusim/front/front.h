// SPDX-License-Identifier: MIT
/* front.h - what the tests of the PTX parser share. They are built with the parser's own sources,
 * since the library shows nothing of them. */
#ifndef FRONT_H
#define FRONT_H

#include "ptx.h"

#include <stdbool.h>

/* fail - print what is wrong and count it. */
__attribute__((format(printf, 1, 2))) void fail(const char *format, ...);
extern int failures;

/* The text of a file in memory of exactly its size; ends the program if it cannot be read. */
char *read_file(const char *name, size_t *n);

/* A text behind the three lines that begin a module; in_body: in a kernel with registers %p %h %r
 * %d %f %g (pred, 16, 32, 64 bits, float, double). *first is the line in which it begins. */
char *module_of(const char *text, bool in_body, unsigned *first);

void test_bad(void);                 /* malformed input: line and reason */
void test_limits(void);              /* gigantic numbers, deep nesting */
void test_module(void);              /* variables, initialisers, directives */
void test_operands(void);            /* what operands become */
void test_opcodes(void);             /* cusim_op_find */
void test_files(char **file, int n); /* read, print, read again, compare */
void test_truncated(char **file, int n);
void test_speed(char **file, int n);
#endif
