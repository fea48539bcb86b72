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
#include <errno.h>
#include <unistd.h>

#include "hc_files.h"
#include "program.h"

static double reference(double x, double y) { return x * x + y * y; }

#ifdef __x86_64__
#define FOR_THIS_PROCESSOR "-march=native"
#else
#define FOR_THIS_PROCESSOR "-mcpu=native"
#endif

/* A folder of its own for the shared object, which is removed as soon as it is open. */
static int compile(const char *text, void **library) {
    const char *wish = getenv("HC_CC"), *folder = getenv("TMPDIR");
    char object[4096], program[4096], *out = NULL, *err = NULL;
    size_t size;
    int status = HC_OK;
    *library = NULL;
    if (!hc_find_program(wish && *wish ? wish : "cc", program, sizeof program)) {
        hc_set_error(status = HC_SKIP, 0, NULL, "install gcc or clang, or leave --via out",
                     "no C compiler in PATH");
        return status;
    }
    snprintf(object, sizeof object - 8, "%s/hc_jit_XXXXXX", folder && *folder ? folder : "/tmp");
    if (!mkdtemp(object)) {
        hc_set_error(status = HC_ERROR, errno, NULL, "set TMPDIR to a folder that you can write",
                     "%s: %s", object, strerror(errno));
        return status;
    }
    size_t end = strlen(object);
    strcpy(object + end, "/f.so");
    //> compile
    /* 2. The compiler reads C from its standard input, and writes a shared object. */
    const char *const args[] = {"cc",  "-x",      "c",     "-std=c11", FOR_THIS_PROCESSOR,
                                "-O3", "-shared", "-fPIC", "-o",       object,
                                "-",   NULL};
    int rc = hc_run_program(program, args, text, &out, &size, &err), code = errno;
    //< compile
    //> open
    /* 3. Open it like any library. */
    if (rc == 0) *library = dlopen(object, RTLD_NOW | RTLD_LOCAL);
    //< open
    unlink(object);
    object[end] = '\0';
    rmdir(object);
    if (rc < 0)
        hc_set_error(status = HC_ERROR, code, NULL, NULL, "%s could not be run: %s", program,
                     strerror(code));
    else if (rc != 0)
        hc_set_error(status = HC_BUILD, rc, NULL, "HC_CC names another compiler",
                     "%s ended with %d: %.400s", program, rc, err ? err : "");
    else if (!*library) hc_set_error(status = HC_ERROR, 0, NULL, NULL, "%s", dlerror());
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
