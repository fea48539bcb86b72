// SPDX-License-Identifier: MIT
/* files.c - PTX as compilers write it: it is read without a word; each instruction printed and put
 * in the place of the original gives the same module; cut off anywhere it is refused, not fatal;
 * and it is read fast. */
#include "front.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { LOG = 4000, LINE = 4000 };

static CusimPtxModule *parse(const char *name, const char *text, size_t n) {
    char log[LOG];
    CusimPtxModule *module = cusim_ptx_parse(text, n, log, sizeof log);
    if (!module || *log) fail("%s: %s", name, log);
    return module;
}

/* ---- Printed and read again ---- */

typedef struct {
    const CusimFunction *function;
    const CusimPtxInst *inst;
} Place;

/* All instructions by their line; compilers write functions one after the other. */
static Place *places(const CusimPtxModule *module, size_t *n) {
    *n = 0;
    for (const CusimFunction *f = module->functions; f; f = f->next) *n += f->n_insts;
    Place *place = malloc((*n + 1) * sizeof *place);
    size_t k = 0;
    if (!place) exit(3);
    for (const CusimFunction *f = module->functions; f; f = f->next)
        for (uint32_t i = 0; i < f->n_insts; ++i, ++k) {
            size_t at = k;
            for (; at && place[at - 1].inst->line > f->inst[i].line; --at)
                place[at] = place[at - 1];
            place[at] = (Place){f, &f->inst[i]};
        }
    return place;
}

/* Does an instruction begin like this? */
static bool is_start(char c) { return c == '@' || (c >= 'a' && c <= 'z'); }

/* The text with each instruction replaced by its print; lines keep their numbers. */
static char *rewrite(const char *text, size_t n, const Place *place, size_t n_places) {
    char *out = malloc(n * 4 + n_places * 100 + 1), *to = out, line[LINE];
    const char *end = text + n;
    uint32_t number = 1;
    size_t k = 0;
    if (!out) exit(3);
    while (text < end) {
        const char *begin = text;
        while (begin < end && strchr(" \t{}", *begin)) ++begin; /* "{add.f16 ...;" */
        if (k < n_places && place[k].inst->line == number && is_start(*begin)) {
            cusim_ptx_print(place[k].function, place[k].inst, line, sizeof line);
            while (text < begin) *to++ = *text++;
            to = stpcpy(to, line);
            while (text < end && *text != ';') /* a call may take several lines */
                if (*text++ == '\n') {
                    *to++ = '\n';
                    ++number;
                }
            ++text;
            ++k;
            continue;
        }
        /* ".reg .pred p; add.u32 ...": one statement, then look again */
        while (*begin == '.' && text < end && *text != '\n' && *text != ';') *to++ = *text++;
        if (*begin == '.' && text < end && *text == ';') {
            *to++ = *text++;
            continue;
        }
        while (text < end && *text != '\n') *to++ = *text++;
        if (text < end) {
            *to++ = *text++;
            ++number;
        }
    }
    *to = 0;
    if (k != n_places) fail("%zu of %zu instructions were found again", k, n_places);
    return out;
}

static bool same_form(const CusimForm *a, const CusimForm *b) {
    return a->op == b->op && a->vector == b->vector &&
           memcmp(a->type, b->type, sizeof a->type) == 0 &&
           memcmp(a->mods, b->mods, sizeof a->mods) == 0;
}

static void compare(const char *name, const Place *a, const Place *b, size_t n) {
    char one[LINE], two[LINE];
    for (size_t i = 0; i < n; ++i) {
        const CusimPtxInst *x = a[i].inst, *y = b[i].inst;
        cusim_ptx_print(a[i].function, x, one, sizeof one);
        cusim_ptx_print(b[i].function, y, two, sizeof two);
        if (strcmp(one, two) != 0 || !same_form(&x->form, &y->form) ||
            x->n_operands != y->n_operands || x->guard != y->guard || x->line != y->line)
            fail("%s line %u: %s became %s", name, x->line, one, two);
        for (uint32_t k = 0; k < x->n_operands && k < y->n_operands; ++k) {
            const CusimOperand *p = &x->operand[k], *q = &y->operand[k];
            if (p->kind != q->kind || p->reg != q->reg || p->bits != q->bits ||
                p->offset != q->offset || p->n != q->n || p->label != q->label ||
                p->special != q->special || p->component != q->component)
                fail("%s line %u: operand %u of %s", name, x->line, k + 1, one);
        }
    }
}

void test_files(char **file, int n_files) {
    size_t total = 0;
    for (int i = 0; i < n_files; ++i) {
        size_t n, n_one, n_two;
        char *text = read_file(file[i], &n);
        CusimPtxModule *first = parse(file[i], text, n);
        if (first) {
            Place *one = places(first, &n_one);
            char *again = rewrite(text, n, one, n_one);
            CusimPtxModule *second = parse(file[i], again, strlen(again));
            if (second) {
                Place *two = places(second, &n_two);
                if (n_one != n_two) fail("%s: %zu instructions, then %zu", file[i], n_one, n_two);
                else compare(file[i], one, two, n_one);
                free(two);
            }
            if (!n_one) fail("%s has no instructions", file[i]);
            total += n_one;
            cusim_ptx_free(second);
            free(again);
            free(one);
        }
        cusim_ptx_free(first);
        free(text);
    }
    (void)printf("%d files, %zu instructions\n", n_files, total);
}

/* ---- Cut off ---- */

void test_truncated(char **file, int n_files) {
    size_t accepted = 0, refused = 0;
    for (int i = 0; i < n_files; ++i) {
        size_t n;
        char *text = read_file(file[i], &n);
        for (size_t cut = 0; cut < n; cut += 97) {
            char log[LOG];
            char *part = malloc(cut ? cut : 1); /* of its exact size: a sanitizer sees more */
            if (!part) exit(3);
            memcpy(part, text, cut);
            CusimPtxModule *module = cusim_ptx_parse(part, cut, log, sizeof log);
            if (!module == !*log) fail("%s, the first %zu bytes: %s", file[i], cut, log);
            if (module) ++accepted;
            else ++refused;
            cusim_ptx_free(module);
            free(part);
        }
        free(text);
    }
    (void)printf("%zu refused, %zu whole\n", refused, accepted);
    if (refused < 10 * accepted) fail("most texts that are cut off must be refused");
}

/* ---- Fast ---- */

static double now_ms(void) {
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

/* All files in a row, read again and again: 60 kB in less than 3 ms. */
void test_speed(char **file, int n_files) {
    double best = 1e9;
    size_t bytes = 0;
    for (int round = 0; round < 20; ++round) {
        double sum = 0;
        bytes = 0;
        for (int i = 0; i < n_files; ++i) {
            size_t n;
            char *text = read_file(file[i], &n);
            double begin = now_ms();
            CusimPtxModule *module = parse(file[i], text, n);
            sum += now_ms() - begin;
            bytes += n;
            cusim_ptx_free(module);
            free(text);
        }
        if (sum < best) best = sum;
    }
    double per_60k = best * 60e3 / (double)bytes;
    (void)printf("%.2f ms for %zu bytes: %.2f ms for 60 kB\n", best, bytes, per_60k);
    if (per_60k > 3) fail("slower than 3 ms for 60 kB");
}
