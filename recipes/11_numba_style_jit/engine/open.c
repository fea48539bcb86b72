// SPDX-License-Identifier: MIT
/* Finding the compiler's library. LLVM must not meet a second LLVM in one process: PoCL brings
 * one, and where the names of one were found in the other, programs crashed. So all that calls
 * LLVM lies in libhc_jit.so, which is opened with RTLD_LOCAL: its names, and those of the LLVM
 * that comes with it, are found by nobody else. */
#define _POSIX_C_SOURCE 200809L
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "jit.h"
#include "open.h"

static char open_error[1024];

const char *jit_open_error(void) { return open_error; }

#ifdef HC_JIT_LINKED /* the one cc line of README: everything in one program */

extern const JitApi jit_api;
int jit_main(int argc, char **argv);
int jit_symbol(const char *name, void *out) {
    JitMain *start = jit_main;
    const JitApi *api = &jit_api;
    if (strcmp(name, "jit_main") == 0) memcpy(out, &start, sizeof start);
    else memcpy(out, &api, sizeof api);
    return JIT_OK;
}

#else

#ifndef HC_LAYERS
#define HC_LAYERS "."
#endif

static void *open_library(void) {
    char paths[3][4096] = {"", "", HC_LAYERS "/libhc_jit.so"};
    const char *wish = getenv("HC_JIT_LIB");
    if (wish) snprintf(paths[0], sizeof paths[0], "%s", wish);
    ssize_t length = readlink("/proc/self/exe", paths[1], sizeof paths[1] - 64);
    if (length > 0) { /* PREFIX/bin/program: PREFIX/lib/hc/libhc_jit.so */
        paths[1][length] = '\0';
        for (int i = 0; i < 2; i++) {
            char *slash = strrchr(paths[1], '/');
            if (slash) *slash = '\0';
        }
        strncat(paths[1], "/lib/hc/libhc_jit.so", 32);
    }
    snprintf(open_error, sizeof open_error, "libhc_jit.so is not there: this build found no LLVM");
    for (int i = 0; i < 3; i++) {
        if (!*paths[i] || (access(paths[i], R_OK) != 0 && i > 0)) continue;
        void *library = dlopen(paths[i], RTLD_NOW | RTLD_LOCAL);
        if (library) return library;
        snprintf(open_error, sizeof open_error, "%s", dlerror());
        return NULL;
    }
    return NULL;
}

int jit_symbol(const char *name, void *out) {
    static void *library; /* never closed: compiled code may still run */
    if (!library) library = open_library();
    void *symbol = library ? dlsym(library, name) : NULL;
    if (library && !symbol) snprintf(open_error, sizeof open_error, "%s", dlerror());
    memcpy(out, &symbol, sizeof symbol);
    return symbol ? JIT_OK : JIT_ABSENT;
}

#endif

int jit_open(const JitApi **api) { return jit_symbol("jit_api", api); }
