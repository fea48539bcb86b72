// SPDX-License-Identifier: MIT
/* The program itself: it opens libhc_jit.so and goes on there, in main.c. Why this detour? See
 * engine/open.c. Without LLVM there is no such library, and this program says so. */
#include "engine/jit.h"
#include "engine/open.h"
#include "hc.h"

static const char *via = "llvm";
static const HcOption options[] = {HC_CHOICE("via", &via, "llvm|cc", "how to get machine code"),
                                   HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "11_numba_style_jit",
                                .summary = "a just-in-time compiler in the style of Numba (absent)",
                                .options = options,
                                .size = {1 << 20},
                                .rank = 1,
                                .repeat = 10,
                                .random = true};

int main(int argc, char **argv) {
    JitMain *go_on;
    if (jit_symbol("jit_main", &go_on) == JIT_OK) return go_on(argc, argv);
    /* The second lesson's arguments mean nothing here, but for --json. */
    bool second = argc > 1 && argv[1][0] != '-', json = false;
    for (int i = 1; i < argc; i++) {
        second |= strcmp(argv[i], "--call") == 0;
        json |= strcmp(argv[i], "--json") == 0;
    }
    char option[] = "--json", *few[] = {argv[0], json ? option : NULL, NULL};
    HcArgs args;
    HC_START(&args, &recipe, second ? 1 + json : argc, second ? few : argv);
    return hc_fail(hc_set_error(HC_SKIP, 0, NULL, "./cook setup jit installs LLVM; then run again",
                                "%s", jit_open_error()),
                   recipe.name, 0, "open the compiler");
}
