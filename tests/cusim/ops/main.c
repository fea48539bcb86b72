// SPDX-License-Identifier: MIT
/* main.c - runs the cases of the instruction tests, on whatever libcuda.so.1 it is given.
 *
 *   ops [GROUP...] [--row NAME] [--case TEXT] [--list] [--ptx DIR] [--verbose]
 *
 * GROUP is int, logic, compare, convert, float, half, move, memory, atomic, warp or control; none:
 * all. --row runs the cases of one row of ops.def; --case those whose text has TEXT in it; --list
 * prints "row case" lines and runs nothing; --ptx writes the PTX of all cases into a folder, for
 * ptxas to look at, and runs nothing.
 * Exit codes: 0 all right, 1 a wrong result or a launch that failed, 2 usage, 3 no device. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static Case **list;
static size_t n_cases, room;
static const char *group_now;

Case *new_case(const char *rows, const char *format, ...) {
    if (n_cases == room) {
        room = room ? 2 * room : 1024;
        list = realloc(list, room * sizeof(Case *));
        if (!list) abort();
    }
    Case *c = calloc(1, sizeof *c);
    if (!c) abort();
    list[n_cases++] = c;
    c->rows = rows;
    c->group = group_now;
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(c->text, sizeof c->text, format, arguments);
    va_end(arguments);
    if (n < 0 || (size_t)n >= sizeof c->text) abort();
    return c;
}

Case *element_case(const char *rows, const char *registers, const char *kinds, Reference *reference,
                   const char *format, ...) {
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    Case *c = new_case(rows, "%s", text);
    c->reference = reference;
    const char *colon = strchr(registers, ':');
    snprintf(c->out, sizeof c->out, "%.*s", (int)(colon - registers), registers);
    snprintf(c->in, sizeof c->in, "%s", colon + 1);
    snprintf(c->kind, sizeof c->kind, "%s", kinds);
    if (strlen(c->in) != strlen(c->kind)) abort();
    /* "add.u32" alone means "add.u32 $d, $a, $b;" */
    if (!strchr(c->text, '$')) {
        size_t n = strlen(c->text);
        const char *names[] = {"$a", "$b", "$c", "$x"};
        n += (size_t)snprintf(c->text + n, sizeof c->text - n, " $d%s", c->out[1] ? "|$e" : "");
        for (size_t i = 0; c->in[i]; i++)
            n += (size_t)snprintf(c->text + n, sizeof c->text - n, ", %s", names[i]);
        snprintf(c->text + n, sizeof c->text - n, ";");
    }
    return c;
}

Case *custom_case(const char *rows, Custom *run, const char *format, ...) {
    char text[400];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    Case *c = new_case(rows, "%s", text);
    c->run = run;
    return c;
}

static const struct {
    const char *name;
    void (*add)(void);
} groups[] = {
    {"int", add_int_cases},         {"logic", add_logic_cases},    {"compare", add_compare_cases},
    {"convert", add_convert_cases}, {"float", add_float_cases},    {"half", add_half_cases},
    {"move", add_move_cases},       {"memory", add_memory_cases},  {"atomic", add_atomic_cases},
    {"warp", add_warp_cases},       {"control", add_control_cases}};
enum { N_GROUPS = sizeof groups / sizeof *groups };

static bool has_row(const Case *c, const char *row) {
    size_t n = strlen(row);
    for (const char *p = c->rows; (p = strstr(p, row)); p += n)
        if ((p == c->rows || p[-1] == ' ') && (p[n] == ' ' || !p[n])) return true;
    return false;
}

static void print_list(void) {
    for (size_t i = 0; i < n_cases; i++) {
        for (const char *row = list[i]->rows; *row; row += strspn(row, " ")) {
            int n = (int)strcspn(row, " ");
            printf("%.*s %s: %s\n", n, row, list[i]->group, list[i]->text);
            row += n;
        }
    }
}

int main(int argc, char **argv) {
    const char *row = NULL, *part = NULL, *ptx = NULL;
    bool only_list = false, verbose = false, wanted[N_GROUPS] = {false}, any = false;
    for (int i = 1; i < argc; i++) {
        const char *value = i + 1 < argc ? argv[i + 1] : NULL;
        if (!strcmp(argv[i], "--list")) only_list = true;
        else if (!strcmp(argv[i], "--verbose")) verbose = true;
        else if (!strcmp(argv[i], "--row") && value) row = value, i++;
        else if (!strcmp(argv[i], "--case") && value) part = value, i++;
        else if (!strcmp(argv[i], "--ptx") && value) ptx = value, i++;
        else {
            bool found = false;
            for (int g = 0; g < N_GROUPS; g++)
                if (!strcmp(argv[i], groups[g].name)) found = wanted[g] = any = true;
            if (!found) {
                fprintf(stderr,
                        "usage: ops [GROUP...] [--row NAME] [--case TEXT] [--list] "
                        "[--ptx DIR] [--verbose]; no group is called %s\n",
                        argv[i]);
                return 2;
            }
        }
    }
    for (int g = 0; g < N_GROUPS; g++) {
        group_now = groups[g].name;
        if (wanted[g] || !any) groups[g].add();
    }
    size_t kept = 0;
    for (size_t i = 0; i < n_cases; i++) {
        if ((!row || has_row(list[i], row)) && (!part || strstr(list[i]->text, part)))
            list[kept++] = list[i];
        else free(list[i]);
    }
    n_cases = kept;
    int code = 0;
    if (only_list) {
        print_list();
    } else if (!n_cases) {
        fprintf(stderr, "no case of row %s\n", row ? row : "(any)");
        code = 2;
    } else if (ptx) {
        code = write_ptx(ptx, list, n_cases);
    } else {
        code = run_cases(list, n_cases, verbose);
    }
    for (size_t i = 0; i < n_cases; i++) free(list[i]);
    free(list);
    return code;
}
