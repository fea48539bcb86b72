// SPDX-License-Identifier: MIT
/* From many cases to one sentence. Which sizes fail says more than any single failure: a guard that
 * is missing shows at sizes that do not fill their last group, an index that is too narrow at large
 * ones, and a case that was forgotten at one size alone.
 */
#define _XOPEN_SOURCE 700
#include <inttypes.h>

#include "exercise.h"

/* The plain cases that a sentence about sizes is made of. */
typedef struct Sizes {
    size_t right, wrong;              /* cases with n > 0 */
    uint64_t most_right, least_wrong; /* the largest n that is right, the smallest that is wrong */
    bool fills_right,
        fills_wrong; /* all the right (wrong) ones do (do not) fill their last group */
    bool last_only, in_last_group; /* of every wrong one */
    uint64_t elements, wrong_elements;
    bool shaped; /* sizes as 33x7: what groups and guards explain in one dimension is not tried */
    const Case *shown; /* the wrong one to tell about */
} Sizes;

static bool is_plain(const Case *c) { return strcmp(c->tool, "plain") == 0; }

static Sizes look(const Verdict *v, uint64_t group) {
    Sizes s = {.least_wrong = UINT64_MAX,
               .fills_right = true,
               .fills_wrong = true,
               .last_only = true,
               .in_last_group = true};
    for (size_t i = 0; i < v->count; i++) {
        const Case *c = &v->cases[i];
        if (!is_plain(c) || !c->has_n || c->n == 0) continue;
        s.elements += c->n;
        s.shaped = s.shaped || strchr(c->size, 'x') != NULL;
        s.wrong_elements += c->wrong;
        if (c->status == CASE_PASSED) {
            s.right++;
            if (c->n > s.most_right) s.most_right = c->n;
            s.fills_right = s.fills_right && c->n % group == 0;
        } else if (c->status == CASE_WRONG) {
            s.wrong++;
            if (c->n < s.least_wrong) s.least_wrong = c->n;
            /* A size just above a whole group shows best where the fault is. */
            if (!s.shown || (!s.shaped && c->n > group && s.shown->n <= group)) s.shown = c;
            s.fills_wrong = s.fills_wrong && c->n % group != 0;
            s.last_only = s.last_only && c->wrong == 1 && c->first == c->n - 1;
            s.in_last_group = s.in_last_group && c->first >= c->n / group * group;
        }
    }
    return s;
}

/* "1, 31, 32": each n once, in order of the cases. status < 0: those that passed. */
static void print_sizes(FILE *out, const Verdict *v, bool passed) {
    const char *comma = "";
    for (size_t i = 0; i < v->count; i++) {
        const Case *c = &v->cases[i];
        bool before = false;
        for (size_t k = 0; k < i && !before; k++)
            before = is_plain(&v->cases[k]) && strcmp(v->cases[k].size, c->size) == 0 &&
                     (v->cases[k].status == CASE_PASSED) == passed;
        if (!is_plain(c) || !c->has_n || before || (c->status == CASE_PASSED) != passed) continue;
        fprintf(out, "%s%s", comma, c->size);
        comma = ", ";
    }
}

/* A variant in which all are wrong while another one has none wrong; NULL if that is not the
 * pattern. */
static const char *guilty_variant(const Verdict *v) {
    const char *guilty = NULL;
    bool others_right = false;
    for (size_t i = 0; i < v->count; i++)
        if (is_plain(&v->cases[i]) && v->cases[i].status == CASE_WRONG) {
            if (!guilty) guilty = v->cases[i].variant;
            else if (strcmp(guilty, v->cases[i].variant) != 0) return NULL;
        }
    for (size_t i = 0; guilty && i < v->count; i++)
        others_right = others_right || (is_plain(&v->cases[i]) && v->cases[i].n > 0 &&
                                        v->cases[i].status == CASE_PASSED &&
                                        strcmp(guilty, v->cases[i].variant) != 0);
    return others_right && *guilty ? guilty : NULL;
}

static void say_wrong(FILE *out, const Verdict *v) {
    const cJSON *check = exercise_list(v->exercise, "check");
    double number = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(check, "group"));
    uint64_t group = number >= 1 ? (uint64_t)number : 256;
    Sizes s = look(v, group);
    const char *variant = guilty_variant(v);
    if (!s.shown) {
        fputs("Wrong.", out);
    } else if (s.shown->message && strncmp(s.shown->message, "the count of ", 13) == 0) {
        fputs("Every element is right, but not what it costs to compute them.", out);
    } else if (variant) {
        fprintf(out,
                "Right for every other kind of data, wrong for %s: does the code assume a type?",
                variant);
    } else if (s.most_right <= 1 && s.wrong_elements >= s.elements / 100 * 98) {
        /* Not quite all: what was never written may be right by chance. */
        fputs("No element is right, whatever the size: is every element of the result written, and "
              "from the right inputs?",
              out);
    } else if (!s.shaped && s.most_right >= group && s.most_right < s.least_wrong) {
        fprintf(out,
                "Right up to n = %" PRIu64 ", wrong from n = %" PRIu64 " on: does every index and "
                "every counter have enough bits, and is nothing made for a largest size?",
                s.most_right, s.least_wrong);
    } else if (s.last_only) {
        fputs(s.right ? "Only the last element is wrong, and not for every size: look at the guard."
                      : "Only the last element is wrong, whatever the size: look at the guard.",
              out);
    } else if (!s.shaped && s.right && s.fills_right && s.fills_wrong) {
        fprintf(out,
                "Right for every size that is a multiple of %" PRIu64 "; %s: look at the guard "
                "and at how the number of %s is rounded up.",
                group,
                s.in_last_group ? "elsewhere elements of the last, partly filled group are missing"
                                : "wrong elsewhere",
                uses_cuda(v->exercise) ? "threads" : "work-items");
    } else if (s.right == 0) {
        fputs("Wrong for every size.", out);
    } else {
        fputs("Right for n = ", out);
        print_sizes(out, v, true);
        fputs(", wrong for n = ", out);
        print_sizes(out, v, false);
        putc('.', out);
    }
    if (s.shown)
        fprintf(out, "\n  n = %s%s%s: %s", s.shown->size, *s.shown->variant ? ", " : "",
                s.shown->variant, s.shown->message ? s.shown->message : "wrong");
    fputs(".\n", out);
}

/* The first case with this status, a plain one if there is one; NULL if there is none. */
static const Case *first_with(const Verdict *v, CaseStatus status) {
    const Case *found = NULL;
    for (size_t i = 0; i < v->count; i++) {
        const Case *c = &v->cases[i];
        if (c->status == status && (!found || (is_plain(c) && !is_plain(found)))) found = c;
    }
    return found;
}

static void say_case(FILE *out, const Case *c) {
    if (c->has_n) fprintf(out, "n = %s%s%s: ", c->size, *c->variant ? ", " : "", c->variant);
    const char *text = c->message ? c->message : case_status_names[c->status];
    fprintf(out, "%s%s\n", text, text[strlen(text) - 1] == '?' ? "" : ".");
}

/* How many sizes come to this end, if it is not all of them: "one size alone" is worth knowing. */
static void say_which(FILE *out, const Verdict *v, CaseStatus status) {
    size_t sizes = 0, others = 0;
    for (size_t i = 0; i < v->count; i++) {
        if (!is_plain(&v->cases[i])) continue;
        sizes += v->cases[i].status == status;
        others += v->cases[i].status == CASE_PASSED;
    }
    if (sizes && others)
        fprintf(out, "The other sizes (%zu of %zu cases) pass.\n", others, sizes + others);
}

static void say_answers(FILE *out, const Verdict *v) {
    for (size_t i = 0; i < v->count; i++)
        if (v->cases[i].status == CASE_WRONG) fprintf(out, "%s.\n", v->cases[i].message);
}

void verdict_find_words(Verdict *v) {
    /* What explains most comes first; the cases below it are often its consequences. */
    static const CaseStatus order[] = {CASE_BUILD, CASE_TIMEOUT, CASE_FLOOD, CASE_CRASH,
                                       CASE_ERROR, CASE_WRONG,   CASE_REPORT};
    char *text = NULL;
    size_t length, passed = 0, skipped = 0;
    const Case *worst = NULL;
    for (size_t i = 0; i < v->count; i++) {
        passed += v->cases[i].status == CASE_PASSED;
        skipped += v->cases[i].status == CASE_SKIP;
    }
    for (size_t i = 0; i < sizeof order / sizeof order[0] && !worst; i++)
        worst = first_with(v, order[i]);
    FILE *out = open_memstream(&text, &length);
    if (!out) return;
    const Case *skip = first_with(v, CASE_SKIP), *report = first_with(v, CASE_REPORT);
    if (worst) {
        v->status = worst->status == CASE_BUILD ? NOT_BUILT : NOT_PASSED;
        /* A write outside an array explains a crash or a kernel that hangs; not the other way
         * round. */
        bool cause = report && (worst->status == CASE_CRASH || worst->status == CASE_TIMEOUT ||
                                worst->status == CASE_ERROR);
        if (cause) {
            say_case(out, report);
            fputs("That is most likely why this happens, too. ", out);
        }
        if (worst->status == CASE_BUILD) {
            fputs("The kernel does not compile. What the compiler says:\n", out);
        } else if (has_answers(v->exercise) && worst->status == CASE_WRONG) {
            say_answers(out, v);
        } else if (worst->status == CASE_WRONG && is_plain(worst)) {
            say_wrong(out, v);
        } else if (worst->status == CASE_REPORT) {
            fputs("Every result is right, and yet the kernel is wrong: what it does beyond its "
                  "arrays "
                  "happens to do no harm here.\n",
                  out);
        } else {
            say_case(out, worst);
            say_which(out, v, worst->status);
        }
        if (report && !cause && worst->status != CASE_BUILD) say_case(out, report);
        if (worst->status != CASE_WRONG && worst->status != CASE_REPORT && worst->detail)
            v->detail = text_format("%s", worst->detail);
    } else if (passed == 0 ||
               (skipped && cJSON_IsTrue(exercise_list(v->exercise, "needs_oclgrind")))) {
        v->status = CANNOT_TELL;
        fprintf(out, "This cannot be checked here: %s.\n",
                skip && skip->message ? skip->message : "no case was run");
    } else {
        v->status = PASSED;
        if (is_ptx(v->exercise)) say_case(out, &v->cases[0]);
        else fprintf(out, "All %zu cases are right.\n", passed);
    }
    if (fclose(out) == 0) v->message = text;
    if (skip && v->status != CANNOT_TELL)
        v->note = text_format("%zu of %zu cases were left out: %s", skipped, v->count,
                              skip->message ? skip->message : "what they need is absent");
}

int verdict_code(const Verdict *v) {
    switch (v->status) {
    case PASSED: return HC_OK;
    case NOT_PASSED: return HC_WRONG;
    case NOT_BUILT: return HC_BUILD;
    case CANNOT_TELL: return HC_SKIP;
    case FAILED_TO_RUN: break;
    }
    return HC_ERROR;
}

void verdict_free(Verdict *v) {
    for (size_t i = 0; i < v->count; i++) case_free(&v->cases[i]);
    free(v->cases);
    free(v->message);
    free(v->detail);
    free(v->note);
    free(v->program);
}
