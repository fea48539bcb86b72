// SPDX-License-Identifier: MIT
/* One text of the reader as a job: its words translated, its kernel built for a device, run, and
 * its results brought back. --reduce and --scan know some reductions by name; the table below says
 * what a name stands for, and the general form lets the reader write the same columns of it.
 */
#define _POSIX_C_SOURCE 200809L
#include <ctype.h>
#include <math.h>

#include "play.h"

/* ---- Reductions with a name ---- */

typedef struct Named {
    const char *name;
    const char *item;           /* a type, or NULL: that of the columns, small integers as long */
    const char *neutral, *fold; /* of reals; for integers: */
    const char *integer_neutral, *integer_fold; /* NULL: the same; "low", "high": of the type */
    const char *before, *after;                 /* what goes around the reader's expression */
} Named;

static const Named named[] = {
    {"sum", NULL, "0", "a + b", NULL, NULL, "", ""},
    {"product", NULL, "1", "a * b", NULL, NULL, "", ""},
    {"min", NULL, "INFINITY", "fmin(a, b)", "high", "a < b ? a : b", "", ""},
    {"max", NULL, "-INFINITY", "fmax(a, b)", "low", "a > b ? a : b", "", ""},
    {"count", "ulong", "0", "a + b", NULL, NULL, "(", ") ? 1 : 0"},
    {"argmin", "value index", "make_item(INFINITY, ~0ul)",
     "a.value < b.value || (a.value == b.value && a.index < b.index) ? a : b", "high", NULL,
     "make_item(", ", i)"},
    {"argmax", "value index", "make_item(-INFINITY, ~0ul)",
     "a.value > b.value || (a.value == b.value && a.index < b.index) ? a : b", "low", NULL,
     "make_item(", ", i)"}};
enum { NAMED = sizeof named / sizeof named[0] };
static const char names_hint[] =
    "by name: sum(x*y), product(x), min(x), max(x), count(x > 0), argmin(x), argmax(x); or in "
    "general: \"a + b\" with --map \"x*y\" --neutral 0";

/* "sum(x*y)" to the row of sum and "x*y"; NULL: it has not that form. */
static const Named *find_named(const char *text, char **inside) {
    size_t length = 0, end = strlen(text);
    while (isalpha((unsigned char)text[length])) length++;
    while (end && isspace((unsigned char)text[end - 1])) end--;
    const char *open = text + length + strspn(text + length, " ");
    if (*open != '(' || !end || text[end - 1] != ')') return NULL;
    int depth = 0;
    for (const char *p = open; p < text + end; p++) {
        depth += (*p == '(') - (*p == ')');
        if (depth == 0 && p < text + end - 1) return NULL; /* (a) + (b) */
    }
    for (size_t k = 0; k < NAMED; k++) {
        if (strlen(named[k].name) != length || strncmp(text, named[k].name, length) != 0) continue;
        size_t size = (size_t)(text + end - open) - 2;
        if (hc_alloc(size + 1, 1, inside) != HC_OK) return NULL;
        memcpy(*inside, open + 1, size);
        return &named[k];
    }
    return NULL;
}

static const char *limit(EwType type, bool high) {
    switch (type) {
    case EW_I8: return high ? "127" : "-128";
    case EW_I16: return high ? "32767" : "-32768";
    case EW_I32: return high ? "2147483647" : "-2147483647 - 1";
    case EW_I64: return high ? "9223372036854775807l" : "-9223372036854775807l - 1";
    case EW_U8: return high ? "255" : "0";
    case EW_U16: return high ? "65535" : "0";
    case EW_U32: return high ? "4294967295u" : "0";
    default: return high ? "18446744073709551615ul" : "0";
    }
}

/* ---- Making jobs ---- */

static void start(Job *job, JobKind kind, Columns *columns, const char *text,
                  const JobOptions *options) {
    *job = (Job){.kind = kind};
    job->words = (Words){.columns = columns,
                         .lets = options->lets,
                         .let_count = options->let_count,
                         .to = options->to};
    snprintf(job->shown, sizeof job->shown, "%s", text);
}

int job_map(Job *job, Columns *columns, const char *text, const JobOptions *options) {
    char *whole = NULL;
    start(job, JOB_MAP, columns, text, options);
    int status = words_read(&job->words, "--expr", text, &job->statement);
    if (status == HC_OK && !job->words.assigns) { /* "x*y" alone: a new column has it */
        static const char *const results[] = {"z", "result", "result_"};
        size_t k = 0, size;
        while (k < 2 && column_find(columns, results[k], strlen(results[k]))) k++;
        FILE *out = open_memstream(&whole, &size);
        if (out) fprintf(out, "%s[i] = %s", results[k], job->statement), fclose(out);
        free(job->statement);
        job->statement = whole;
        snprintf(job->words.fresh[job->words.fresh_count++], COLUMN_NAME, "%s", results[k]);
        if (!whole) status = hc_set_error(HC_ERROR, 0, NULL, NULL, "no memory for a text");
    }
    if (status == HC_OK) status = words_add_columns(&job->words);
    return status == HC_OK ? words_declare(&job->words, &job->declarations) : status;
}

/* Everything of a reduction but the kind of its result: from a name, or from the general form. */
static int read_fold(Job *job, const char *option, const char *text, const JobOptions *options,
                     const Named **row) {
    char *inside = NULL;
    *row = find_named(text, &inside);
    bool general = !*row;
    if (general && (!options->map || !options->neutral))
        return hc_set_error(HC_USAGE, 0, NULL, names_hint,
                            "%s '%s': none of the reductions with a name, and the general form "
                            "needs --map and --neutral",
                            option, text);
    char *map = NULL;
    int status =
        words_read(&job->words, general ? "--map" : option, general ? options->map : inside, &map);
    free(inside);
    if (status == HC_OK && job->words.assigns)
        status = hc_set_error(HC_USAGE, 0, NULL, "--expr computes columns first, in the same run",
                              "%s: an assignment within what is reduced", option);
    if (status != HC_OK) return free(map), status;

    EwType type = words_type(&job->words);
    size_t size;
    FILE *out = open_memstream(&job->map, &size);
    if (!out) return free(map), hc_set_error(HC_ERROR, 0, NULL, NULL, "no memory for a text");
    const char *before = general ? "" : (*row)->before, *after = general ? "" : (*row)->after;
    job->has_index = !general && (*row)->item && strcmp((*row)->item, "value index") == 0;
    if (job->has_index && type_is_real(type)) /* NaN compares with nothing: it is left out */
        fprintf(out, "%s == %s ? make_item(%s, i) : %s", map, map, map, (*row)->neutral);
    else fprintf(out, "%s%s%s", before, map, after);
    fclose(out);
    free(map);
    if (general) {
        job->neutral = options->neutral, job->fold = text;
    } else {
        bool real = type_is_real(type) || ((*row)->item && !job->has_index);
        const char *whole = (*row)->integer_neutral;
        bool extreme = !real && whole;
        job->fold = !real && (*row)->integer_fold ? (*row)->integer_fold : (*row)->fold;
        job->adds = strcmp((*row)->fold, "a + b") == 0;
        job->multiplies = strcmp((*row)->fold, "a * b") == 0;
        if (!real && (job->adds || job->multiplies) && options->to == EW_NONE)
            type = type == EW_U8 || type == EW_U16 || type == EW_U32 || type == EW_U64 ? EW_U64
                                                                                       : EW_I64;
        if (real && (*row)->item && !job->has_index) type = EW_U64; /* count */
        job->neutral = extreme ? limit(type, strcmp(whole, "high") == 0) : (*row)->neutral;
        if (extreme && job->has_index)
            snprintf(job->limit, sizeof job->limit, "make_item(%s, ~0ul)", job->neutral);
        if (job->limit[0]) job->neutral = job->limit;
    }
    job->item_type = type;
    snprintf(job->item, sizeof job->item, job->has_index ? "%s value, ulong index" : "%s",
             ew_type_name(type));
    return HC_OK;
}

int job_reduce(Job *job, Columns *columns, const char *text, const JobOptions *options) {
    const Named *row;
    start(job, JOB_REDUCE, columns, text, options);
    int status = read_fold(job, "--reduce", text, options, &row);
    return status == HC_OK ? words_declare(&job->words, &job->declarations) : status;
}

/* "s = sum(x)": the name of the column before, and the text behind. */
static const char *split_name(const char *text, char name[COLUMN_NAME]) {
    size_t blank = strspn(text, " "), length = 0;
    while (isalnum((unsigned char)text[blank + length]) || text[blank + length] == '_') length++;
    const char *equals = text + blank + length + strspn(text + blank + length, " ");
    snprintf(name, COLUMN_NAME, "s");
    if (!length || length >= COLUMN_NAME || *equals != '=' || equals[1] == '=') return text;
    snprintf(name, COLUMN_NAME, "%.*s", (int)length, text + blank);
    return equals + 1 + strspn(equals + 1, " ");
}

int job_scan(Job *job, Columns *columns, const char *text, const JobOptions *options) {
    const Named *row;
    char name[COLUMN_NAME], output[COLUMN_NAME + 24];
    start(job, JOB_SCAN, columns, text, options);
    const char *fold = split_name(text, name);
    int status = read_fold(job, "--scan", fold, options, &row);
    if (status != HC_OK) return status;
    if (job->has_index)
        return hc_set_error(HC_USAGE, 0, NULL, "./cook run 9 --reduce \"argmin(x)\"",
                            "--scan '%s': of a place, there is a reduction only", fold);
    snprintf(output, sizeof output, "%s = %s", name, options->exclusive ? "prev_item" : "item");
    job->words.also = " item prev_item last_item ";
    EwType asked = job->words.to;
    if (!options->output && asked == EW_NONE) job->words.to = job->item_type;
    status = words_read(&job->words, options->output ? "--output" : "--scan",
                        options->output ? options->output : output, &job->statement);
    if (status == HC_OK && !job->words.assigns)
        status = hc_set_error(HC_USAGE, 0, NULL, "as in --output \"if (x > 0) z[item - 1] = x\"",
                              "--output: it assigns to no column");
    if (status == HC_OK) status = words_add_columns(&job->words);
    return status == HC_OK ? words_declare(&job->words, &job->declarations) : status;
}

void job_free(Job *job) {
    free(job->declarations), free(job->map), free(job->statement);
    *job = (Job){0};
}

/* ---- Running them ---- */

static bool touched(const Job *job, size_t c) {
    return job->words.reads[c] || job->words.writes[c];
}

double job_bytes(const Job *job) {
    double bytes = 0;
    const Columns *columns = job->words.columns;
    for (size_t c = 0; c < columns->count; c++) {
        double one = (double)columns->n * (double)ew_type_size(columns->column[c].type);
        bytes += one * (job->words.reads[c] + job->words.writes[c]);
    }
    return bytes;
}

static int build(const Job *job, EwDevice *device, bool no_cache, EwKernel **kernel) {
    const EwOptions options = {.exact = true, .deterministic = true, .no_cache = no_cache};
    if (job->kind == JOB_MAP)
        return ew_map(device, "expr", job->declarations, job->statement, &options, kernel);
    if (job->kind == JOB_REDUCE)
        return ew_reduction(device, "reduce", job->item, job->neutral, job->map, job->fold,
                            job->declarations, &options, kernel);
    return ew_scan(device, "scan", job->item, job->neutral, job->map, job->fold, job->statement,
                   job->declarations, &options, kernel);
}

/* A run whose result differs when it is repeated: a column that it reads and writes. */
static bool once_only(const Job *job) {
    for (size_t c = 0; c < job->words.columns->count; c++)
        if (job->words.reads[c] && job->words.writes[c]) return true;
    return false;
}

static int launch(const Job *job, EwKernel *kernel, const EwValue *values, size_t count,
                  unsigned repeat, Outcome *outcome) {
    double *ms;
    size_t runs = once_only(job) || !repeat ? 1 : repeat;
    const EwRange range = {0, job->words.columns->n, 1};
    int status = hc_alloc(runs, sizeof *ms, &ms);
    for (size_t r = 0; r < runs && status == HC_OK; r++) {
        if (job->kind == JOB_REDUCE)
            status = ew_reduce(kernel, range, values, count, &outcome->item);
        else status = ew_run(kernel, job->kind == JOB_MAP ? range : EW_ALL, values, count);
        ms[r] = ew_time_ms(kernel);
    }
    if (status == HC_OK) outcome->ms = hc_stats(ms, runs).median;
    free(ms);
    return status;
}

int job_run(const Job *job, EwDevice *device, const HcArgs *args, Outcome *outcome) {
    const Columns *columns = job->words.columns;
    EwArray arrays[COLUMNS_MAX] = {0};
    EwValue values[WORDS_ARGS];
    EwKernel *kernel = NULL;
    size_t count = 0, column;
    *outcome = (Outcome){.ms = (double)NAN};
    int status = build(job, device, args->no_cache, &kernel);
    if (status == HC_OK) {
        outcome->from_cache = ew_from_cache(kernel);
        outcome->source = strdup(ew_source(kernel));
    }
    for (; status == HC_OK && count < WORDS_ARGS; count++) {
        if (!words_value(&job->words, count, &values[count], &column)) break;
        if (column == SIZE_MAX) continue;
        const Column *c = &columns->column[column];
        status = ew_array(device, c->type, columns->n, c->data, &arrays[column]);
        values[count] = EW_OF(arrays[column]);
    }
    if (status == HC_OK) status = launch(job, kernel, values, count, args->repeat, outcome);
    for (size_t c = 0; c < columns->count && status == HC_OK; c++) {
        if (!job->words.writes[c]) continue;
        status = hc_alloc(columns->n, ew_type_size(columns->column[c].type), &outcome->column[c]);
        if (status == HC_OK) status = ew_read(&arrays[c], outcome->column[c]);
    }
    for (size_t c = 0; c < columns->count; c++)
        if (touched(job, c)) ew_array_free(&arrays[c]);
    ew_free(kernel);
    return status;
}

void outcome_free(Outcome *outcome) {
    for (size_t c = 0; c < COLUMNS_MAX; c++) free(outcome->column[c]);
    free(outcome->source);
    *outcome = (Outcome){0};
}
