// SPDX-License-Identifier: MIT
/* main.c - tests of the PTX parser: main CASE [PTX files]. Exit code 0 if all is well. */
#include "front.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int failures;

void fail(const char *format, ...) {
    va_list list;
    va_start(list, format);
    (void)fputs("FAILED: ", stdout);
    (void)vprintf(format, list);
    (void)putchar('\n');
    va_end(list);
    ++failures;
}

char *read_file(const char *name, size_t *n) {
    FILE *file = fopen(name, "rb");
    size_t room = 1 << 24;
    char *text = malloc(room);
    if (!file || !text) {
        (void)printf("cannot read %s\n", name);
        exit(3);
    }
    *n = fread(text, 1, room, file);
    (void)fclose(file);
    char *exact = malloc(*n ? *n : 1);
    if (exact) memcpy(exact, text, *n);
    free(text);
    if (!exact) exit(3);
    return exact;
}

char *module_of(const char *text, bool in_body, unsigned *first) {
    static const char head[] = ".version 8.0\n.target sm_80\n.address_size 64\n";
    static const char body[] = ".global .align 16 .b8 bytes[64];\n.shared .u32 common;\n"
                               ".func (.param .b32 out) callee(.param .b32 in);\n"
                               ".visible .entry kernel(.param .u64 p, .param .u32 n)\n{\n"
                               ".reg .pred %p<9>; .reg .b16 %h<9>; .reg .b32 %r<9>; "
                               ".reg .b64 %d<9>;\n"
                               ".reg .f32 %f<9>; .reg .f64 %g<9>;\n";
    size_t n = sizeof head + sizeof body + strlen(text) + 16;
    char *module = malloc(n);
    if (!module) exit(3);
    (void)snprintf(module, n, "%s%s", head, in_body ? body : "");
    *first = 1;
    for (const char *c = module; *c; ++c) *first += *c == '\n';
    size_t used = strlen(module);
    (void)snprintf(module + used, n - used, "%s%s", text, in_body ? "\nret;\n}\n" : "");
    return module;
}

int main(int argc, char **argv) {
    static const struct {
        const char *name;
        void (*run)(void);
        void (*run_files)(char **file, int n);
    } cases[] = {{"bad", test_bad, NULL},
                 {"limits", test_limits, NULL},
                 {"module", test_module, NULL},
                 {"operands", test_operands, NULL},
                 {"opcodes", test_opcodes, NULL},
                 {"files", NULL, test_files},
                 {"truncated", NULL, test_truncated},
                 {"speed", NULL, test_speed}};
    for (size_t i = 0; argc > 1 && i < sizeof cases / sizeof *cases; ++i) {
        if (strcmp(argv[1], cases[i].name) != 0) continue;
        if (cases[i].run) cases[i].run();
        else if (argc > 2) cases[i].run_files(argv + 2, argc - 2);
        else break;
        return failures ? 1 : 0;
    }
    (void)fprintf(stderr,
                  "usage: %s bad|limits|module|operands|opcodes|files|truncated|speed "
                  "[FILE.ptx...]\n",
                  argv[0]);
    return 2;
}
