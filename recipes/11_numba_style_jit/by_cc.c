// SPDX-License-Identifier: MIT
/* The other way to machine code at run time: write C, call the C compiler, open what it made. It
 * needs a compiler where the program runs, and no library at all; and it starts several programs,
 * where LLVM is a function call. `./cook run 11 --via cc` does the first lesson like this.
 *
 * Run:        ./cook run 11 --via cc          HC_CC names another compiler than cc
 * Shapes:     x, y, z: n doubles on the host; z = x * x + y * y
 * Tolerance:  1 ulp: where the compiler may fuse a * b + c, it rounds once instead of twice
 */
#define _XOPEN_SOURCE 700
#include <dlfcn.h>
#include <unistd.h>

#include "hc_files.h"
#include "program.h"

static double reference(double x, double y) { return x * x + y * y; }

/* A folder of its own for the shared object, which is removed as soon as it is open. */
static int compile(const char *text, void **library) {
    char folder[] = "/tmp/hc_jit_XXXXXX", object[64], program[4096], *out = NULL, *err = NULL;
    const char *wish = getenv("HC_CC");
    size_t size;
    *library = NULL;
    if (!hc_find_program(wish && *wish ? wish : "cc", program, sizeof program))
        return hc_set_error(HC_SKIP, 0, NULL, "install gcc or clang, or leave --via out",
                            "no C compiler in PATH");
    if (!mkdtemp(folder)) return hc_set_error(HC_ERROR, 0, NULL, NULL, "no folder in /tmp");
    snprintf(object, sizeof object, "%s/f.so", folder);
    //> compile
    /* 2. The compiler reads C from its standard input, and writes a shared object. */
    const char *const args[] = {"cc",       "-O3", "-march=native", "-shared", "-fPIC", "-x", "c",
                                "-std=c11", "-o",  object,          "-",       NULL};
    int rc = hc_run_program(program, args, text, &out, &size, &err);
    //< compile
    //> open
    /* 3. Open it like any library. */
    if (rc == 0) *library = dlopen(object, RTLD_NOW | RTLD_LOCAL);
    //< open
    unlink(object);
    rmdir(folder);
    int status = HC_OK;
    if (rc != 0)
        status = hc_set_error(HC_BUILD, 0, NULL, "HC_CC names another compiler",
                              "%s ended with %d: %.400s", program, rc, err ? err : "");
    else if (!*library) status = hc_set_error(HC_ERROR, 0, NULL, NULL, "%s", dlerror());
    free(out);
    free(err);
    return status;
}

int lesson_by_cc(const HcArgs *args) {
    size_t n = args->size[0];
    double *x, *y, *z, *want;
    CHECK_HC(hc_alloc(n, sizeof *x, &x));
    CHECK_HC(hc_alloc(n, sizeof *y, &y));
    CHECK_HC(hc_alloc(n, sizeof *z, &z));
    CHECK_HC(hc_alloc(n, sizeof *want, &want));
    hc_fill(HC_F64, x, n, args->seed, 0);
    hc_fill(HC_F64, y, n, args->seed, 1);
    for (size_t i = 0; i < n; i++) want[i] = reference(x[i], y[i]);

    double start_ms = hc_now_ms();
    void *library;
    //> text
    /* 1. The function is a text. */
    const char *text = "double f(double a, double b) { return a * a + b * b; }\n";
    //< text
    hc_say("%s\n", text);
    CHECK_HC(compile(text, &library));
    //> symbol
    /* 4. Ask where f begins, and call it. */
    double (*compiled)(double, double);
    void *symbol = dlsym(library, "f");
    memcpy(&compiled, &symbol, sizeof compiled);
    //< symbol
    if (!symbol) CHECK_HC(hc_set_error(HC_ERROR, 0, NULL, NULL, "%s", dlerror()));
    hc_note_time(HC_TIME_BUILD, hc_now_ms() - start_ms);
    for (unsigned r = 0; r < args->repeat; r++) {
        start_ms = hc_now_ms();
        for (size_t i = 0; i < n; i++) z[i] = compiled(x[i], y[i]);
        hc_note_time(HC_TIME_KERNEL, hc_now_ms() - start_ms);
    }
    hc_verify("z", hc_compare(HC_F64, z, want, n, HC_ULP(1)));
    dlclose(library);
    free(want), free(z), free(y), free(x);
    return hc_end();
}
