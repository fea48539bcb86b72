// SPDX-License-Identifier: MIT
/* The pictures of the area evaluation: time and speed-up over size, the roofline, and what
 * surrounds a kernel. Every point was verified, and is the median of interleaved rounds; the data
 * files have the quartiles.
 */
#include <math.h>

#include "evaluation.h"

enum {
    ROUNDS = 15,
    PRODUCT_ROUNDS = 7, /* a naive one of 1024 takes a second, or several */
    MOST_WAYS = 6,
    WITH_TRANSFERS = EVAL_WAYS /* one way more: kernel and copies */
};

typedef struct Field {
    EvalWork work;
    int ways[MOST_WAYS]; /* EvalWay or WITH_TRANSFERS, in the order of names */
    size_t way_count, n;
    bool here[MOST_WAYS]; /* can this machine do it? */
    size_t running[MOST_WAYS], running_count;
    double *rounds[MOST_WAYS]; /* milliseconds */
    size_t round_count;
} Field;

static int sample(void *context, size_t variant, double *ms) {
    const Field *field = context;
    int way = field->ways[field->running[variant]];
    double parts[3];
    if (way != WITH_TRANSFERS) return eval_run(field->work, (EvalWay)way, field->n, ms);
    int status = eval_transfers(field->work, EVAL_PLAIN, field->n, parts);
    *ms = parts[0] + parts[1] + parts[2];
    return status;
}

static void close_field(Field *field) {
    for (size_t w = 0; w < field->way_count; w++) free(field->rounds[w]);
}

static int open_field(Bench *bench, Field *field) {
    size_t most = field->work == EVAL_PRODUCT ? PRODUCT_ROUNDS : ROUNDS;
    field->round_count = bench->options.rounds < most ? bench->options.rounds : most;
    for (size_t w = 0; w < field->way_count; w++) {
        int status = hc_alloc(field->round_count, sizeof(double), &field->rounds[w]);
        if (status != HC_OK) return status;
    }
    return HC_OK;
}

/* Verify all ways for this n, then let them run in turn. A way that is absent has no numbers. */
static int measure(Bench *bench, Field *field, size_t n) {
    double *out[MOST_WAYS], unused;
    field->n = n;
    field->running_count = 0;
    for (size_t w = 0; w < field->way_count; w++) {
        EvalWay way = field->ways[w] == WITH_TRANSFERS ? EVAL_PLAIN : (EvalWay)field->ways[w];
        int status = eval_prepare(bench, field->work, way, n);
        if (status == HC_SKIP && field->here[w])
            bench_say("no curve: %s", hc_last_error()->message);
        field->here[w] = status == HC_OK;
        if (status != HC_OK && status != HC_SKIP) return status;
        if (!field->here[w]) continue;
        out[field->running_count] = field->rounds[w];
        field->running[field->running_count++] = w;
    }
    for (size_t v = 0; v < field->running_count; v++) {
        int status = sample(field, v, &unused);
        if (status != HC_OK) return status;
    }
    return bench_interleave(field->round_count, field->running_count, sample, field, out);
}

/* "median q1 q3", or missing values. */
static void put_stats(FILE *file, const HcStats *s) {
    if (s) fprintf(file, "\t%g\t%g\t%g", s->median, s->q1, s->q3);
    else fputs("\t?\t?\t?", file);
}

/* A line of both data files for the size that was just measured. */
static int put_size(const Field *field, size_t x, FILE *times, FILE *speedups) {
    double *ratio;
    int status = hc_alloc(field->round_count, sizeof *ratio, &ratio);
    if (status != HC_OK) return status;
    fprintf(times, "%zu", x);
    fprintf(speedups, "%zu", x);
    for (size_t w = 0; w < field->way_count; w++) {
        HcStats ms = hc_stats(field->rounds[w], field->round_count);
        put_stats(times, field->here[w] ? &ms : NULL);
        if (w == 0) continue;
        for (size_t r = 0; r < field->round_count; r++)
            ratio[r] = field->here[w] ? field->rounds[0][r] / field->rounds[w][r] : 0;
        ms = hc_stats(ratio, field->round_count);
        put_stats(speedups, field->here[w] ? &ms : NULL);
    }
    fputc('\n', times);
    fputc('\n', speedups);
    free(ratio);
    return HC_OK;
}

static void put_header(FILE *file, const char *const *names, size_t first, size_t count,
                       const char *x) {
    fprintf(file, "# For each way of doing it: median, first and third quartile\n%s", x);
    for (size_t w = first; w < count; w++)
        fprintf(file, "\t%s\t%s, q1\t%s, q3", names[w], names[w], names[w]);
    fputc('\n', file);
}

/* Time over size, and speed-up over the first way. */
static int over_sizes(Bench *bench, Field *field, const char *const *names, const size_t *sizes,
                      size_t count, BenchPicture *time, BenchPicture *speedup, const char *x) {
    FILE *times = bench_data_open(bench, time), *speedups = bench_data_open(bench, speedup);
    int status = times && speedups ? open_field(bench, field) : HC_ERROR;
    for (size_t w = 0; w < field->way_count; w++) field->here[w] = true; /* until told otherwise */
    if (status == HC_OK) {
        put_header(times, names, 0, field->way_count, x);
        put_header(speedups, names, 1, field->way_count, x);
    }
    /* The largest first: it asks for the memory that all others need. */
    for (size_t i = 0; i < count && status == HC_OK; i++) {
        bench_progress_part(i, count);
        status = measure(bench, field, sizes[count - 1 - i]);
        if (status == HC_OK) status = put_size(field, sizes[count - 1 - i], times, speedups);
    }
    close_field(field);
    if (times && bench_data_close(times, time) != HC_OK && status == HC_OK) status = HC_ERROR;
    if (speedups && bench_data_close(speedups, speedup) != HC_OK && status == HC_OK)
        status = HC_ERROR;
    if (status != HC_OK) return status;
    snprintf(time->variables + strlen(time->variables), 64, "; ways=%zu", field->way_count);
    snprintf(speedup->variables + strlen(speedup->variables), 64, "; ways=%zu",
             field->way_count - 1);
    status = bench_draw(bench, time);
    int second = bench_draw(bench, speedup);
    return status == HC_OK ? second : status;
}

int eval_series_sizes(Bench *bench, const BenchSeries *self, size_t size) {
    static const char *const names[] = {"C, one thread", "C, all threads", "OpenCL kernel",
                                        "OpenCL with transfers"};
    Field field = {
        .work = EVAL_ADD, .ways = {EVAL_ONE, EVAL_C, EVAL_PLAIN, WITH_TRANSFERS}, .way_count = 4};
    BenchPicture time = {.area = "evaluation",
                         .name = "vector_sum_time",
                         .script = "sizes.gp",
                         .variables = "title='Vector sum: time of one run'; "
                                      "xname='elements (float)'; yname='milliseconds'"};
    BenchPicture speedup = {.area = "evaluation",
                            .name = "vector_sum_speedup",
                            .script = "sizes.gp",
                            .variables = "title='Vector sum: speed-up over C on one thread'; "
                                         "xname='elements (float)'; yname='times as fast'"};
    size_t sizes[16], count = 0;
    (void)self;
    for (size_t n = 1 << 10; n <= size && count < 16; n *= 4) sizes[count++] = n;
    if (count == 0) sizes[count++] = size;
    return over_sizes(bench, &field, names, sizes, count, &time, &speedup, "elements");
}

int eval_series_product_sizes(Bench *bench, const BenchSeries *self, size_t size) {
    static const char *const names[] = {"C, one thread", "C, all threads", "naive kernel",
                                        "tuned kernel", "OpenBLAS"};
    static const size_t sizes[] = {32, 64, 128, 256, 512, 1024};
    Field field = {.work = EVAL_PRODUCT,
                   .ways = {EVAL_ONE, EVAL_C, EVAL_PLAIN, EVAL_TUNED, EVAL_BLAS},
                   .way_count = 5};
    BenchPicture time = {.area = "evaluation",
                         .name = "product_time",
                         .script = "sizes.gp",
                         .variables = "title='Matrix product: time of one run'; "
                                      "xname='rows and columns'; yname='milliseconds'"};
    BenchPicture speedup = {.area = "evaluation",
                            .name = "product_speedup",
                            .script = "sizes.gp",
                            .variables = "title='Matrix product: speed-up over C on one thread'; "
                                         "xname='rows and columns'; yname='times as fast'"};
    (void)self;
    (void)size;
    return over_sizes(bench, &field, names, sizes, bench->options.small ? 2 : 6, &time, &speedup,
                      "rows");
}

/* ---- Roofline ---- */

typedef struct Spot {
    EvalWork work;
    const char *name;
    size_t n, small;
} Spot;

/* What a limit of this run is, its best round; NaN if it was not measured. */
static double limit_of(const Bench *bench, const char *name) {
    const BenchResult *limit = bench_find(bench, name);
    return limit ? limit->value.max : NAN;
}

int eval_series_roofline(Bench *bench, const BenchSeries *self, size_t size) {
    static const int ways[] = {EVAL_C, EVAL_PLAIN, EVAL_TILED, EVAL_TUNED, EVAL_BLAS};
    static const char *const names[] = {"C, all threads", "kernel, one item per element",
                                        "kernel with tiles", "kernel shaped for a CPU", "OpenBLAS"};
    enum { WAYS = sizeof ways / sizeof ways[0], SPOTS = 4 };
    const Spot spots[SPOTS] = {{EVAL_ADD, "vector sum", size, size},
                               {EVAL_SUM, "sum", size, size},
                               {EVAL_STENCIL, "stencil", 4096, 200},
                               {EVAL_PRODUCT, "product", 1024, 96}};
    HcStats found[SPOTS][WAYS] = {{{0}}};
    double intensity[SPOTS], triad = limit_of(bench, "limits.triad"),
                             triad_nt = limit_of(bench, "limits.triad_nt"),
                             fma = limit_of(bench, "limits.fma");
    BenchPicture picture = {.area = "evaluation", .name = "roofline", .script = "roofline.gp"};
    (void)self;
    if (!(triad > 0) || !(fma > 0))
        return hc_set_error(HC_SKIP, 0, NULL, "measure them too: ./cook bench evaluation",
                            "the limits were not measured in this run");
    for (size_t i = 0; i < SPOTS; i++) {
        const Spot *spot = &spots[i];
        size_t n = bench->options.small ? spot->small : spot->n;
        Field field = {.work = spot->work, .way_count = WAYS};
        for (size_t w = 0; w < WAYS; w++) field.ways[w] = ways[w];
        bench_progress_part(i, SPOTS);
        int status = open_field(bench, &field);
        if (status == HC_OK && spot->work != EVAL_PRODUCT) field.way_count = WAYS - 1;
        if (status == HC_OK) status = measure(bench, &field, n);
        intensity[i] = eval_flop(spot->work, n) / eval_bytes(spot->work, n);
        for (size_t w = 0; w < field.way_count && status == HC_OK; w++) {
            for (size_t r = 0; r < field.round_count; r++)
                field.rounds[w][r] = eval_flop(spot->work, n) * 1e-6 / field.rounds[w][r];
            if (field.here[w]) found[i][w] = hc_stats(field.rounds[w], field.round_count);
        }
        field.way_count = WAYS;
        close_field(&field);
        if (status != HC_OK) return status;
    }
    FILE *file = bench_data_open(bench, &picture);
    if (!file) return HC_ERROR;
    fprintf(file,
            "# limits of this run: limits.triad %g GB/s, limits.triad_nt %g GB/s, limits.fma %g "
            "GFLOP/s\n# A block for each way; flop/byte, GFLOP/s: median, q1, q3; work\n",
            triad, triad_nt, fma);
    for (size_t w = 0; w < WAYS; w++) {
        fprintf(file, "%s# %s\n", w ? "\n\n" : "", names[w]);
        for (size_t i = 0; i < SPOTS; i++)
            if (found[i][w].n)
                fprintf(file, "%g\t%g\t%g\t%g\t%s\n", intensity[i], found[i][w].median,
                        found[i][w].q1, found[i][w].q3, spots[i].name);
            else fprintf(file, "%g\t?\t?\t?\t%s\n", intensity[i], spots[i].name);
    }
    int status = bench_data_close(file, &picture);
    if (status != HC_OK) return status;
    snprintf(picture.variables, sizeof picture.variables,
             "triad=%g; triad_nt=%g; fma=%g; product=%g", triad, triad_nt > 0 ? triad_nt : 0, fma,
             intensity[SPOTS - 1]);
    return bench_draw(bench, &picture);
}

/* ---- Upload, kernel, download ---- */

typedef struct Parts {
    EvalWork work;
    EvalWay way;
    size_t n, round;
    double *ms[3]; /* upload, kernel, download: one for each round */
} Parts;

static int sample_parts(void *context, size_t variant, double *total) {
    Parts *parts = context;
    double ms[3];
    (void)variant;
    int status = eval_transfers(parts->work, parts->way, parts->n, ms);
    for (int i = 0; i < 3; i++) parts->ms[i][parts->round] = ms[i];
    parts->round++;
    *total = ms[0] + ms[1] + ms[2];
    return status;
}

int eval_series_transfers(Bench *bench, const BenchSeries *self, size_t size) {
    bool small = bench->options.small;
    size_t rounds = bench->options.rounds < ROUNDS ? bench->options.rounds : ROUNDS, n = size / 2;
    const struct {
        EvalWork work;
        const char *name;
        size_t n;
    } rows[] = {{EVAL_ADD_NT, "vector sum", n},
                {EVAL_SUM, "sum", n},
                {EVAL_MAP, "sin + cos + exp", n},
                {EVAL_STENCIL, "stencil", small ? 100 : 4096},
                {EVAL_PRODUCT, "product", small ? 96 : 1024}};
    BenchPicture picture = {
        .area = "evaluation", .name = "transfers", .script = "transfers.gp", .variables = ""};
    (void)self;
    FILE *file = bench_data_open(bench, &picture);
    if (!file) return HC_ERROR;
    fputs(
        "# Medians, and after them the quartiles, in milliseconds\nwork\tupload\tkernel\tdownload\t"
        "upload q1\tupload q3\tkernel q1\tkernel q3\tdownload q1\tdownload q3\n",
        file);
    int status = HC_OK;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0] && status == HC_OK; i++) {
        Parts of = {.work = rows[i].work, .way = EVAL_TUNED, .n = rows[i].n};
        double *total = NULL, ms[3];
        bench_progress_part(i, sizeof rows / sizeof rows[0]);
        status = eval_prepare(bench, of.work, of.way, of.n);
        if (status == HC_SKIP && of.work != EVAL_ADD_NT) { /* no CPU: the kernel of the chapter */
            of.way = EVAL_PLAIN;
            status = eval_prepare(bench, of.work, of.way, of.n);
        }
        for (int k = 0; k < 3 && status == HC_OK; k++)
            status = hc_alloc(rounds, sizeof(double), &of.ms[k]);
        if (status == HC_OK) status = hc_alloc(rounds, sizeof(double), &total);
        if (status == HC_OK) status = eval_transfers(of.work, of.way, of.n, ms);
        if (status == HC_OK)
            status = bench_interleave(rounds, 1, sample_parts, &of, (double *[]){total});
        if (status == HC_OK) {
            HcStats s[3];
            for (int k = 0; k < 3; k++) s[k] = hc_stats(of.ms[k], rounds);
            fprintf(file, "%s\t%g\t%g\t%g\t%g\t%g\t%g\t%g\t%g\t%g\n", rows[i].name, s[0].median,
                    s[1].median, s[2].median, s[0].q1, s[0].q3, s[1].q1, s[1].q3, s[2].q1, s[2].q3);
        }
        for (int k = 0; k < 3; k++) free(of.ms[k]);
        free(total);
        if (status == HC_SKIP) { /* one bar less */
            bench_say("%s: without a bar: %s", rows[i].name, hc_last_error()->message);
            status = HC_OK;
        }
    }
    if (bench_data_close(file, &picture) != HC_OK && status == HC_OK) status = HC_ERROR;
    return status == HC_OK ? bench_draw(bench, &picture) : status;
}
