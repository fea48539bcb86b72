// SPDX-License-Identifier: MIT
/* jit_refused FILE - what is not in the language is refused, with the right words, the right line,
 * and a caret; and the compiler goes on working. The cases and their form are in refused.txt. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jit.h"

#define FIRST_LINE "import math, sys; import numpy as np; from numba import njit, prange\n"

static const JitApi *jit;
static int wrong;

static void complain(const char *head, const char *what, const char *text) {
    wrong++;
    printf("WRONG %s\n  %s\n%s\n", head, what, text);
}

/* head: "SIGNATURE | LINE | message" */
static void check(char *head, const char *source) {
    char place[32], full[1 << 16], *line = strstr(head, " | "), *message = strstr(line + 3, " | ");
    *line = *message = '\0';
    line += 3;
    message += 3;
    char *signature = strchr(head, '('), name[64], *text = NULL;
    snprintf(name, sizeof name, "%.*s", (int)(signature - head), head);
    snprintf(full, sizeof full, "%s%s", FIRST_LINE, source);
    JitModule *module = NULL;
    int status = jit->load("case.py", full, &module);
    if (status == JIT_OK) status = jit->inspect(module, name, signature, JIT_LLVM_OPTIMISED, &text);
    const char *error = jit->error();
    snprintf(place, sizeof place, ":%s:", line);
    if (status != JIT_REFUSED) complain(message, "was not refused", status ? error : "");
    else if (!strstr(error, message)) complain(head, message, error);
    else if (!strstr(error, place)) complain(head, "another line", error);
    else if (!strchr(error, '^')) complain(head, "no caret", error);
    free(text);
    jit->unload(module);
}

int main(int argc, char **argv) {
    static char text[1 << 18];
    if (jit_open(&jit) != JIT_OK) {
        printf("skipped: %s\n", jit_open_error());
        return 77;
    }
    FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;
    if (!file) {
        printf("FAILED: usage: jit_refused FILE\n");
        return 1;
    }
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    int count = 0;
    for (char *at = strstr(text, "\n=== "); at; count++) {
        char *head = at + 5, *source = strchr(head, '\n');
        at = strstr(source, "\n=== ");
        *source++ = '\0';
        if (at) at[1] = '\0'; /* the source ends with its newline */
        check(head, source);
        if (at) at[1] = '=';
    }
    /* After all of that, the compiler compiles. */
    JitModule *module;
    JitValue two = {.kind = JIT_I64, .as.i = 2}, four;
    size_t results = 0;
    int status = jit->load("good.py",
                           "from numba import njit\n@njit\ndef f(a):\n    return a + a\n", &module);
    if (status == JIT_OK) status = jit->call(module, "f", NULL, &two, 1, &four, &results);
    if (status != JIT_OK || results != 1 || four.as.i != 4)
        complain("good.py", "2 + 2", jit->error());
    jit->unload(module);
    printf("%d refused, %d wrong\n", count, wrong);
    return wrong || !count;
}
