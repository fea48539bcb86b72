// SPDX-License-Identifier: MIT
/* jit_fuzz N FILE... - spoil Python files in N random but repeatable ways, and compile what is
 * left of them: nothing may crash or hang, and whatever is refused must be refused with a reason.
 * A change is a byte replaced, a piece cut out, a piece repeated elsewhere, or two lines
 * exchanged. */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "jit.h"

enum { ROOM = 1 << 16, CHANGES = 4 };

static const JitApi *jit;
static uint64_t state = 88172645463325252u;

static size_t random_below(size_t n) { /* xorshift */
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return n ? (size_t)(state % n) : 0;
}

static void change(char *text) {
    static const char bytes[] = "()[]{}:,.=+-*/%<>&|^~!@#\"'\\\n\t 0123456789abefijnorstx_\x80";
    size_t length = strlen(text), at = random_below(length), n = random_below(40);
    if (!length) return;
    if (n > length - at) n = length - at;
    char piece[64];
    memcpy(piece, text + at, n);
    switch (random_below(4)) {
    case 0: text[at] = bytes[random_below(sizeof bytes - 1)]; break;
    case 1: memmove(text + at, text + at + n, length - at - n + 1); break;
    case 2:
        if (length + n >= ROOM) break;
        size_t to = random_below(length);
        memmove(text + to + n, text + to, length - to + 1);
        memcpy(text + to, piece, n);
        break;
    default: { /* exchange the rest of a line with that of another */
        size_t other = random_below(length);
        char swap = text[at];
        text[at] = text[other];
        text[other] = swap;
    }
    }
}

/* Compile every function for integers, floats and arrays; returns how many compiled. */
static int compile_all(JitModule *module) {
    static const char *const types[] = {"int64", "float64", "float64[::1]", "uint8[:, :]"};
    int compiled = 0;
    for (size_t i = 0; jit->functions(module, i) && i < 3; i++)
        for (size_t t = 0; t < 4; t++)
            for (int arity = 0; arity < 4; arity++) {
                char signature[128] = "(", *text = NULL;
                for (int k = 0; k < arity; k++) {
                    strcat(signature, types[k ? 0 : t]);
                    strcat(signature, ",");
                }
                strcat(signature, ")");
                int status = jit->inspect(module, jit->functions(module, i), signature,
                                          random_below(8)   ? JIT_LLVM
                                          : random_below(2) ? JIT_LLVM_OPTIMISED
                                                            : JIT_PTX,
                                          &text);
                if (status == JIT_OK) compiled++;
                else if (!*jit->error()) {
                    printf("FAILED: refused without a reason\n");
                    exit(1);
                }
                free(text);
            }
    return compiled;
}

int main(int argc, char **argv) {
    static char original[ROOM], text[ROOM];
    long rounds = argc > 2 ? strtol(argv[1], NULL, 10) : 0, loaded = 0, compiled = 0;
    if (rounds < 1) {
        printf("FAILED: usage: jit_fuzz N FILE...\n");
        return 1;
    }
    if (jit_open(&jit) != JIT_OK) {
        printf("skipped: %s\n", jit_open_error());
        return 77;
    }
    for (long r = 0; r < rounds; r++) {
        FILE *file = fopen(argv[2 + r % (argc - 2)], "rb");
        if (!file) return 1;
        size_t size = fread(original, 1, ROOM - 1, file);
        fclose(file);
        original[size] = '\0';
        /* A part of the file, so that there is not always an error before the first function. */
        const char *part = strstr(original + random_below(size), "\n@");
        snprintf(
            text, sizeof text,
            "import math\nimport numpy as np\nfrom numba import njit, vectorize, cuda, prange, "
            "float32, float64, int32, int64, uint8\nTILE = 8\n%.1000s",
            part ? part : "");
        for (size_t k = random_below(CHANGES) + 1; k; k--) change(text);
        JitModule *module;
        int status = jit->load("fuzz.py", text, &module);
        if (status == JIT_OK) {
            loaded++;
            compiled += compile_all(module);
        } else if (!*jit->error()) return 1;
        jit->unload(module);
    }
    printf("%ld files, %ld of them parsed, %ld functions compiled\n", rounds, loaded, compiled);
    return loaded == 0 || compiled == 0; /* then the test would show nothing */
}
