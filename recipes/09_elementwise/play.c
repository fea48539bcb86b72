// SPDX-License-Identifier: MIT
/* The playground: the reader types an expression, a reduction or a scan, and sees it run on columns
 * of a file or on made-up data. Each text is a job (job.c); what the device computed is compared
 * with what another place makes of the same text, C on the host's threads if there is a C compiler;
 * without anything to compare with, the values are shown, and the exit code says that they were not
 * verified.
 */
#include "play.h"

#include <cjson/cJSON.h>
#include <inttypes.h>
#include <math.h>

#include "examples/examples.h"

static const char *expr, *reduce, *scan, *data, *example, *type, *to, *let, *map, *neutral, *output,
    *out_file;
bool play_show_source, play_compare_all, play_as_c;
static bool exclusive;

const HcOption play_options[] = {
    HC_TEXT("expr", &expr, "TEXT", "compute columns: \"z = a*x + y\"; x stands for x[i]"),
    HC_TEXT("reduce", &reduce, "TEXT",
            "reduce to a value: \"sum(x*y)\", min, max, product, count ..."),
    HC_TEXT("scan", &scan, "TEXT", "running reduction: \"s = sum(x)\""),
    HC_TEXT("data", &data, "FILE", "columns from text or .npy; - is standard input"),
    HC_TEXT("example", &example, "NAME", "argmin, mean_variance, float_sums, copy_if, histogram"),
    HC_TEXT("let", &let, "A=NUMBER,...", "numbers with names for the texts"),
    HC_TEXT("type", &type, "TYPE",
            "of the columns: f32, f64, i8 ... i64, u8 ... u64; else the file's, or f64"),
    HC_TEXT("to", &to, "TYPE", "of new columns; else the widest that is read"),
    HC_TEXT("map", &map, "TEXT", "with --reduce or --scan \"a + b\": what is reduced"),
    HC_TEXT("neutral", &neutral, "TEXT", "with these: the neutral element"),
    HC_TEXT("output", &output, "TEXT", "with --scan: what is done with item and prev_item"),
    HC_FLAG("exclusive", &exclusive, "with --scan: without the element itself"),
    HC_TEXT("out", &out_file, "FILE", "write the new columns: .npy, else text with tabs"),
    HC_FLAG("show-source", &play_show_source, "print the source that was generated"),
    HC_FLAG("compare-all", &play_compare_all, "on OpenCL, CUDA or cusim, and as C, all compared"),
    HC_FLAG("as-c", &play_as_c, "compute as C on the host's threads, compare with the device"),
    HC_OPTIONS_END};

bool play_wanted(void) { return expr || reduce || scan || data || example; }

/* End the program unless all is well. What is wrong is in what the reader typed, so the message
 * names that, and no line of this file. */
static void need(int status, const char *what) {
    if (status != HC_OK) exit(hc_fail(status, "09_elementwise", 0, what));
}

static void wrong_use(const char *what, const char *why) {
    need(hc_set_error(HC_USAGE, 0, NULL, "./cook run 9 --help lists the options", "%s", why), what);
}

static EwType wanted_type(const char *option, const char *word) {
    EwType found = word ? type_called(word) : EW_NONE;
    if (word && found == EW_NONE)
        need(hc_set_error(HC_USAGE, 0, NULL, "one of " TYPE_WORDS, "'%s' is no type", word),
             option);
    return found;
}

/* ---- Data ---- */

/* Two columns x and y: reals in [-1, 1), integers in [-1000, 1000) or as far as they go. */
static int make_data(Columns *columns, const HcArgs *args, EwType element) {
    *columns = (Columns){.n = args->size[0]};
    for (uint32_t c = 0; c < 2; c++) {
        Column *column;
        int status = column_add(columns, c ? "y" : "x", element, columns->n, &column);
        if (status != HC_OK) return status;
        for (size_t i = 0; i < columns->n; i++) {
            uint32_t random = hc_random_u32(args->seed, c, i);
            int64_t whole = (int64_t)(random % 2000) - 1000;
            bool is_signed =
                element == EW_I8 || element == EW_I16 || element == EW_I32 || element == EW_I64;
            Number x = {.kind = 'i', .i = is_signed ? whole : whole / 2 + 500};
            if (ew_type_size(element) == 1) x.i /= 10;
            if (type_is_real(element))
                x = (Number){.kind = 'f', .f = 2 * (double)hc_random_f32(args->seed, c, i) - 1};
            number_put(element, column->data, i, x);
        }
    }
    return HC_OK;
}

static void describe_data(const Columns *columns, const HcArgs *args) {
    char names[200] = "", count[32];
    for (size_t c = 0; c < columns->count && strlen(names) < 120; c++)
        snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s %s", c ? ", " : "",
                 ew_type_name(columns->column[c].type), columns->column[c].name);
    hc_format_count(columns->n, count, sizeof count);
    if (data) hc_say("%-10s %s: %s rows of %s\n", "data", data, count, names);
    else
        hc_say("%-10s made up, seed %" PRIu64 ": %s rows of %s\n", "data", args->seed, count,
               names);
}

/* ---- One job ---- */

static void describe_job(const Job *job) {
    if (job->map)
        hc_say("%-10s %s\n%-10s %s\n%-10s %s\n", "map", job->map, "neutral", job->neutral, "reduce",
               job->fold);
    if (job->statement) hc_say("%-10s %s\n", "statement", job->statement);
    hc_say("%-10s %s\n", "arguments", job->declarations);
    bool whole = false;
    for (size_t c = 0; c < job->words.columns->count; c++)
        if (job->words.writes[c]) whole = !type_is_real(job->words.columns->column[c].type);
    if (job->kind == JOB_MAP && whole && job->words.fractions && !to)
        hc_say(
            "%-10s the new column has whole numbers, as those that it is made of: --to f64 keeps "
            "fractions\n",
            "note");
}

static void show_source(const Outcome *outcome, const char *what) {
    hc_say("\n---- generated for %s ----\n%s----\n\n", what, outcome->source);
    cJSON_DeleteItemFromObject(hc_results(), "source");
    cJSON_AddStringToObject(hc_results(), "source", outcome->source);
}

static void report_speed(const Job *job, const Outcome *outcome, const Place *place) {
    double gbps = job_bytes(job) / outcome->ms / 1e6;
    cJSON *jobs = cJSON_GetObjectItem(hc_results(), "jobs"), *one = cJSON_CreateObject();
    if (!jobs) jobs = cJSON_AddArrayToObject(hc_results(), "jobs");
    cJSON_AddStringToObject(one, "text", job->shown);
    cJSON_AddStringToObject(one, "declarations", job->declarations);
    cJSON_AddBoolToObject(one, "from_cache", outcome->from_cache);
    bool known = isfinite(outcome->ms) && outcome->ms > 0;
    cJSON_AddItemToObject(one, "ms", known ? cJSON_CreateNumber(outcome->ms) : cJSON_CreateNull());
    cJSON_AddItemToArray(jobs, one);
    if (known) hc_say("%-10s %.4g ms, %.4g GB/s by %s\n", "took", outcome->ms, gbps, place->what);
}

static bool check(const Job *job, const Outcome *got, const Outcome *want, double scale,
                  const Place *by, const Place *against) {
    char places[64];
    snprintf(places, sizeof places, "%s and %s", by->what, against->what);
    return check_job(job, got, want, scale, places);
}

/* On the third kind of device, too; a row for each. */
static bool compare_all(const Job *job, const HcArgs *args, Place places[PLACES],
                        const Outcome *first, const Outcome *second, double scale, bool right) {
    HcTable *table = hc_table_new("by|>kernel ms|result|device");
    for (int p = 0; p < PLACES; p++) {
        Outcome third = {0};
        const Outcome *outcome = p == 0 ? first : p == 1 ? second : &third;
        if (!places[p].device) {
            hc_table_row(table, "%s|-|skipped|%s", places[p].what, places[p].why);
            continue;
        }
        if (p == 2) need(job_run(job, places[p].device, args, &third), job->shown);
        if (p == 2 && places[1].device)
            right = check(job, &third, second, scale, &places[2], &places[1]) && right;
        if (p == 2 && play_show_source) show_source(&third, places[p].what);
        char ms[32] = "-"; /* how long software takes to be a GPU says nothing of GPUs */
        if (strcmp(places[p].what, "CUDA (cusim)") != 0)
            snprintf(ms, sizeof ms, "%.4f", outcome->ms);
        hc_table_row(table, "%s|%s|%s|%s", places[p].what, ms,
                     !places[1].device ? "not compared"
                     : right           ? "the same"
                                       : "WRONG",
                     ew_device_name(places[p].device));
        outcome_free(&third);
    }
    if (!args->json && !args->quiet) hc_table_print(table, stdout, 11);
    hc_table_free(table);
    return right;
}

static void keep(const Job *job, Outcome *outcome) {
    for (size_t c = 0; c < job->words.columns->count; c++) {
        Column *column = &job->words.columns->column[c];
        if (!outcome->column[c]) continue;
        free(column->data);
        column->data = outcome->column[c];
        column->computed = true;
        outcome->column[c] = NULL;
    }
}

static void run_job(Job *job, const HcArgs *args, Place places[PLACES]) {
    Outcome got, want = {0};
    double scale = 0;
    bool right = true;
    describe_job(job);
    hc_step("running on the device");
    need(job_run(job, places[0].device, args, &got), job->shown);
    if (play_show_source) show_source(&got, places[0].what);
    if (places[1].device) {
        hc_step("the same elsewhere, to compare");
        need(job_run(job, places[1].device, args, &want), job->shown);
        if (play_show_source && play_compare_all) show_source(&want, places[1].what);
        need(check_scale(job, places[1].device, args, &scale), job->shown);
        right = check(job, &got, &want, scale, &places[0], &places[1]);
    }
    hc_step(NULL);
    if (play_compare_all) right = compare_all(job, args, places, &got, &want, scale, right);
    if (right && places[1].device) report_speed(job, &got, &places[0]);
    if (job->kind == JOB_REDUCE) show_item(job, &got);
    keep(job, &got);
    outcome_free(&got), outcome_free(&want);
}

/* --example: one of examples/, on n made-up elements. */
static int run_example(const HcArgs *args) {
    HcDevice chosen;
    EwDevice *device;
    const Example *e = examples;
    while (e->name && strcmp(e->name, example) != 0) e++;
    if (!e->name) wrong_use("--example", "no example of that name");
    need(hc_choose_device(&chosen), "--device");
    need(ew_open(play_as_c ? NULL : &chosen, &device), "--device");
    hc_say("%-10s %s: %s\n", "example", e->name, e->summary);
    int status = e->run(device, args->size[0], args->seed);
    if (status != HC_OK && status != HC_WRONG)
        need(status, "--example"); /* wrong: hc_end says it */
    ew_close(device);
    return hc_end();
}

int play(const HcArgs *args) {
    if (example && (expr || reduce || scan || data))
        wrong_use("--example", "an example brings its own data and texts");
    if (example) return run_example(args);
    Columns *columns;
    HcDevice chosen;
    Place places[PLACES];
    Let lets[LETS_MAX];
    Job job;
    JobOptions options = {.map = map, .neutral = neutral, .lets = lets, .exclusive = exclusive};
    EwType element = wanted_type("--type", type), asked = wanted_type("--to", to);
    if ((map || neutral) && !reduce == !scan)
        wrong_use("--map", "--map and --neutral belong to one of --reduce and --scan");
    if ((output || exclusive) && !scan)
        wrong_use("--output", "--output and --exclusive need --scan");
    if (output && exclusive) wrong_use("--output", "--output says itself what is done: prev_item");
    if (let) need(lets_read(let, lets, &options.let_count), "--let");
    CHECK_HC(hc_alloc(1, sizeof *columns, &columns));
    if (data) need(columns_read(data, element, columns), "--data");
    need(hc_choose_device(&chosen), "--device");
    need(places_open(places, &chosen, play_compare_all), "--device");
    bool real64 = ew_device_has(places[0].device, EW_F64);
    if (!data)
        need(make_data(columns, args,
                       element != EW_NONE ? element
                       : real64           ? EW_F64
                                          : EW_F32),
             "-n");
    describe_data(columns, args);

    options.to = asked;
    Words used = {0};
    static const struct {
        const char **text;
        int (*make)(Job *, Columns *, const char *, const JobOptions *);
    } steps[] = {{&expr, job_map}, {&scan, job_scan}, {&reduce, job_reduce}};
    for (size_t s = 0; s < sizeof steps / sizeof steps[0]; s++) {
        if (!*steps[s].text) continue;
        options.output = steps[s].make == job_scan ? output : NULL;
        need(steps[s].make(&job, columns, *steps[s].text, &options), *steps[s].text);
        run_job(&job, args, places);
        for (size_t c = 0; c < columns->count; c++) used.reads[c] |= job.words.reads[c];
        job_free(&job);
    }
    bool silent = args->json || args->quiet, only_look = !expr && !scan && !reduce;
    for (size_t c = 0; c < columns->count && only_look; c++) columns->column[c].computed = true;
    if (!silent) show_rows(columns, &used);
    if (real64) need(show_columns(places[0].device, columns, silent), "lowest, highest, mean");
    if (out_file) need(columns_write(out_file, columns), "--out");
    if (out_file) hc_say("%-10s %s\n", "written", out_file);
    bool compared = places[1].device || only_look;
    if (!compared)
        hc_set_error(HC_SKIP, 0, NULL, "install a C compiler: cc, gcc or clang",
                     "computed, but compared with nothing: %s", places[1].why);
    int code = compared ? HC_OK : hc_fail(HC_SKIP, "09_elementwise", 0, "verification");
    places_close(places);
    columns_free(columns);
    free(columns);
    return compared ? hc_end() : code;
}
