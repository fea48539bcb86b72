// SPDX-License-Identifier: MIT
/* limits.c - texts that ask for more than there can be: deep nesting, gigantic numbers. Each must
 * be refused at once and in little memory; what is just within the limits is accepted. */
#include "front.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* before, n times middle, after */
static char *repeat(const char *before, const char *middle, size_t n, const char *after) {
    size_t step = strlen(middle);
    char *text = malloc(strlen(before) + n * step + strlen(after) + 1), *at = text;
    if (!text) exit(3);
    at = stpcpy(at, before);
    for (size_t i = 0; i < n; ++i, at += step) memcpy(at, middle, step);
    (void)strcpy(at, after); /* NOLINT(clang-analyzer-security.insecureAPI.strcpy) */
    return text;
}

/* reason NULL: it must be accepted. */
static void expect(const char *what, char *snippet, bool in_body, const char *reason) {
    char log[4000];
    unsigned first;
    char *text = module_of(snippet, in_body, &first);
    CusimPtxModule *module = cusim_ptx_parse(text, strlen(text), log, sizeof log);
    if (!reason && !module) fail("%s is refused: %s", what, log);
    if (reason && module) fail("%s is accepted", what);
    if (reason && !module && !strstr(log, reason)) fail("%s: wanted %s, got %s", what, reason, log);
    cusim_ptx_free(module);
    free(text);
    free(snippet);
}

/* n functions with a million registers each */
static char *functions(unsigned n) {
    char *all = malloc(n * 60 + 1), *at = all;
    if (!all) exit(3);
    for (unsigned i = 0; i < n; ++i)
        at += sprintf(at, ".func f%u() { .reg .u32 %%q<1000000>; ret; }\n", i);
    return all;
}

static char *text(const char *s) { return repeat(s, "", 0, ""); }

void test_limits(void) {
    char *end = repeat("", "}", 50, "");
    expect("scopes 50 deep", repeat("", "{", 50, end), true, NULL);
    free(end);
    expect("scopes 100,000 deep", repeat("", "{", 100000, ""), true, "nested more than");
    expect("parentheses", repeat("mov.u32 %r1, ", "(", 100000, "1;"), true, "nested more than");
    expect("minus signs", repeat("mov.u32 %r1, ", "- ", 100000, "1;"), true, "nested more than");
    expect("?:", repeat("mov.u32 %r1, ", "1 ? 2 : ", 100000, "1;"), true, "nested more than");
    expect("a long sum", repeat("mov.u32 %r1, 1", " + 1", 100000, ";"), true, NULL);
    expect("vectors", repeat("mov.b64 %d1, ", "{", 100000, ""), true, "registers and constants");
    expect("a long vector", repeat("mov.b64 %d1, {1", ", 1", 100000, "};"), true, "at most 4");
    expect("braces", repeat(".global .u32 a[2] = ", "{", 100000, ";"), false, "braces are nested");
    expect("dimensions", repeat(".global .u32 a", "[1]", 9, ";"), false, "dimensions");
    expect("a long name", repeat(".reg .u32 %", "n", 100000, ";"), true, NULL);
    expect("a long opcode", repeat("add", ".u32", 100000, " %r1, %r1, %r1;"), true, "does not fit");
    expect("a long number", repeat("mov.f64 %g1, 1.", "1", 10000, ";"), true, "expected");
    expect("labels", repeat("", "a: ", 10, ""), true, "declared twice");
    expect("4 billion registers", text(".reg .u32 %q<4000000000>;"), true, "a number of registers");
    expect("a million registers", text(".reg .u32 %q<1000000>;"), true, NULL);
    expect("two million registers", text(".reg .u32 %q<1000000>, %s<1000000>;"), true,
           "more than 1048576 registers");
    expect("five million registers", functions(5), false, "registers");
    expect("2^62 bytes", text(".global .b8 a[4611686018427387904];"), false, "a whole number");
    expect("2^80 bytes", text(".global .b8 a[1099511627776][1099511627776];"), false, "bytes");
    expect("4 GiB", text(".global .b8 a[4294967296];"), false, NULL);
    expect("an initialiser beyond 4 GiB", text(".global .b8 a[2][4294967296] = {{1}, {2}};"), false,
           "initialisers of more than");
    expect("an index", text("mov.u64 %d1, bytes[9223372036854775807];"), true, NULL);
    expect("an index that overflows",
           text(".shared .u64 a[2]; mov.u64 %d1, a[9223372036854775807];"), true, "too large");
    expect("-2^63 / -1", text("mov.u64 %d1, (-9223372036854775807 - 1) / -1;"), true, NULL);
    expect("-2^63 % -1", text("mov.u64 %d1, (-9223372036854775807 - 1) % -1;"), true, NULL);
    expect("a shift by 64", text("mov.u64 %d1, 1 << 64;"), true, NULL);
    expect("a cast of 1e300", text("mov.u64 %d1, (.s64)1e300 + (.u64)-1e300;"), true, NULL);
    expect("64-bit lines", text(".loc 99999999999 1 1"), true, "a whole number");

    struct rusage usage;
    (void)getrusage(RUSAGE_SELF, &usage);
    (void)printf("%ld MiB at most\n", usage.ru_maxrss / 1024);
    if (usage.ru_maxrss > 900L * 1024) fail("%ld MiB were used", usage.ru_maxrss / 1024);
}
