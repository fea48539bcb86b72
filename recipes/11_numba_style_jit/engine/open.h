// SPDX-License-Identifier: MIT
/* open.h - what start.c needs of open.c beside jit.h. */
#ifndef JIT_OPEN_H
#define JIT_OPEN_H

typedef int JitMain(int argc, char **argv);

/* jit_symbol - the address of something in libhc_jit.so, into the pointer at out. */
int jit_symbol(const char *name, void *out);

#endif
