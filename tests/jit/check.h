// SPDX-License-Identifier: MIT
/* check.h - what the tests of the compiler as a library share: the compiler, the module in work,
 * and a check that goes on after a failure and says what the compiler's last error was. */
#ifndef JIT_CHECK_H
#define JIT_CHECK_H
#include <stdio.h>

#include "jit.h"

static const JitApi *jit;
static JitModule *module;
static int failed;

#define CHECK(cond)                                                                                \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            failed++;                                                                              \
            printf("%s:%d: %s\n  %s\n", __FILE__, __LINE__, #cond, jit->error());                  \
        }                                                                                          \
    } while (0)

#endif
