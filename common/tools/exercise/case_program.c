// SPDX-License-Identifier: MIT
/* Run one program for one case. It is either a recipe, which loads the learner's kernel and
 * compares with its own reference, or the learner's program, whose result the exercise's own check
 * program compares. A case passes only if a program said so: exit code 0 and, from a recipe,
 * "verified": true.
 */
#define _XOPEN_SOURCE 700
#include <inttypes.h>
#include <unistd.h>

#include "exercise.h"

enum { MAX_ARGUMENTS = 40, MAX_OUTPUT = 1 << 20 };

typedef struct Command {
    const char *argv[MAX_ARGUMENTS];
    size_t count;
} Command;

static void add(Command *command, const char *word) {
    if (command->count + 1 < MAX_ARGUMENTS) command->argv[command->count++] = word;
}

/* The variant's own arguments: "variants": {"f32": ["--type", "f32"]}. */
static void add_variant(Command *command, const CaseOrder *order) {
    const cJSON *check = exercise_list(order->exercise, "check"), *word;
    const cJSON *variants = cJSON_GetObjectItemCaseSensitive(check, "variants");
    cJSON_ArrayForEach(word, cJSON_GetObjectItemCaseSensitive(variants, order->variant)) {
        if (cJSON_IsString(word)) add(command, word->valuestring);
    }
}

/* The program on cusim, with all checks that cusim has: ./cook sim --check -- PROGRAM. */
static void add_sim(Command *command, const char *script, const char *tree) {
    const char *const words[] = {"sh", script, tree, "--check", "--"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) add(command, words[i]);
}

/* oclgrind's checkers share one limit of messages, so each has a pass of its own; the one for
 * uninitialised values fails on optimised code. */
static bool add_tool(Command *command, const char *tool, const char *log) {
    if (strcmp(tool, "plain") == 0 || strcmp(tool, "sim") == 0) return false;
    add(command, "oclgrind");
    add(command, "--max-errors");
    add(command, "100");
    if (strcmp(tool, "bounds") == 0) add(command, "--check-api");
    if (strcmp(tool, "races") == 0) add(command, "--data-races");
    if (strcmp(tool, "uninit") == 0) {
        add(command, "--uninitialized");
        add(command, "--build-options");
        add(command, "-cl-opt-disable");
    }
    add(command, "--log");
    add(command, log);
    return true;
}

static bool in_path(const char *program) {
    const char *path = getenv("PATH");
    for (const char *p = path ? path : "/usr/bin:/bin"; *p;) {
        size_t length = strcspn(p, ":");
        char *file = text_format("%.*s/%s", (int)length, p, program);
        bool found = access(file, X_OK) == 0;
        free(file);
        if (found) return true;
        p += length + (p[length] == ':');
    }
    return false;
}

/* The name that the learner knows the kernel by. */
static const char *kernel_name(const Exercise *exercise) {
    const cJSON *file;
    cJSON_ArrayForEach(file, exercise_list(exercise, "files")) {
        const char *dot = strrchr(file->valuestring, '.');
        if (dot && (strcmp(dot, ".cl") == 0 || strcmp(dot, ".cu") == 0)) return file->valuestring;
    }
    return "the kernel";
}

/* The compiler's log out of what the program printed, with the learner's file in place of the copy
 * that the driver compiled: "/cache/tempfile_a1.cl:7:5: error" becomes "vector_sum.cl:7:5: error".
 * */
static char *kernel_log(const char *err, const char *kernel) {
    const char *p = strstr(err, "build log:\n");
    p = p ? p + strlen("build log:\n")
          : err + strcspn(err, "\n"); /* else after the call's own line */
    const char *end = strstr(p, "    hint:");
    if (!end) end = p + strlen(p);
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    while (out && p < end) {
        size_t word = strcspn(p, " \n");
        for (const char *name = p; (name = strstr(name, ".cl:")) != NULL && name < p + word;) {
            name += strlen(".cl");
            if (name[1] < '0' || name[1] > '9') continue;
            fputs(kernel, out);
            word -= (size_t)(name - p);
            p = name;
        }
        if (p + word > end) word = (size_t)(end - p);
        fwrite(p, 1, word, out);
        p += word;
        if (p < end) putc(*p++, out);
    }
    if (out) fclose(out);
    return text;
}

/* The first sentence of an error as a recipe prints it: "file:line: call\n    NAME (code):
 * message". */
static char *error_sentence(const char *err) {
    const char *line = strstr(err, "\n    ");
    line = line ? line + 5 : err;
    size_t length = strcspn(line, "\n");
    return length ? text_format("it stopped with an error: %.*s", (int)length, line) : NULL;
}

static bool ended_in_crash(const char *err) {
    static const char *const names[] = {": SIGSEGV", ": SIGBUS", ": SIGFPE", ": SIGILL",
                                        ": SIGABRT"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strstr(err, names[i])) return true;
    return false;
}

/* What a program of this cookbook means by its exit code; false if it means success. */
static bool judge_code(const CaseOrder *order, const Ended *ended, Case *result) {
    if (!case_judge_end(order, ended, result)) return false;
    if (result->status != CASE_ERROR) return true;
    char *sentence = error_sentence(ended->err);
    if (ended->code == HC_BUILD) {
        result->status = CASE_BUILD;
        free(result->detail);
        result->detail = kernel_log(ended->err, kernel_name(order->exercise));
    } else if (ended->code == HC_ERROR && ended_in_crash(ended->err)) {
        result->status = CASE_CRASH;
        free(result->message);
        result->message =
            text_format("it crashed: memory outside an array was touched, or a number "
                        "was divided by zero");
    } else if (sentence) {
        free(result->message);
        result->message = sentence;
        sentence = NULL;
    }
    free(sentence);
    return true;
}

/* The recipe's one JSON object: a kernel's own printf may stand around it. To be deleted. */
static cJSON *recipe_json(const char *out) {
    for (const char *p = out; (p = strstr(p, "{\"schema\"")) != NULL; p++) {
        cJSON *json = cJSON_Parse(p);
        if (cJSON_HasObjectItem(json, "verified")) return json;
        cJSON_Delete(json);
    }
    return NULL;
}

/* "WRONG: z: 3 of 257 elements differ (...)\n    [256] got 0, want 1". What is called "count of
 * ..." is no element of an array, but a single number. */
static void judge_wrong(const char *err, Case *result) {
    result->status = CASE_WRONG;
    const char *line = strstr(err, "WRONG: "), *first = line ? strstr(line, "\n    [") : NULL;
    uint64_t n;
    char got[64], want[64];
    if (line && sscanf(line, "WRONG: %*[^:]: %" SCNu64 " of %" SCNu64, &result->wrong, &n) == 2 &&
        first &&
        sscanf(first, " [%" SCNu64 "] got %63[^,], want %63s", &result->first, got, want) == 3)
        result->message = strncmp(line, "WRONG: count of ", 16) == 0
                              ? text_format("the %.*s is %s and should be %s",
                                            (int)strcspn(line + 7, ":"), line + 7, got, want)
                              : text_format("%" PRIu64 " of %" PRIu64
                                            " elements %s wrong; the first is element %" PRIu64
                                            ": it is %s and should be %s",
                                            result->wrong, n, result->wrong == 1 ? "is" : "are",
                                            result->first, got, want);
    else result->message = text_format("the result is wrong");
}

static void judge_recipe(const CaseOrder *order, const Ended *ended, Case *result) {
    cJSON *json = recipe_json(ended->out);
    const cJSON *device = cJSON_GetObjectItemCaseSensitive(json, "device");
    const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(device, "name"));
    snprintf(result->device, sizeof result->device, "%s", name ? name : "");
    if (ended->code == HC_WRONG && !ended->timed_out && !ended->flooded) {
        judge_wrong(ended->err, result);
    } else if (!judge_code(order, ended, result)) {
        if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(json, "verified"))) {
            result->status = CASE_PASSED;
        } else {
            result->status = CASE_ERROR;
            result->message = text_format("the program ended well, but verified nothing");
        }
    }
    cJSON_Delete(json);
}

/* Compare what the learner's program wrote, by the exercise's own check program, which says
 * {"wrong": 3, "first": 5, "text": "..."} and nothing else. */
static void judge_output(const CaseOrder *order, const char *const *argv, Case *result) {
    Ended ended;
    int status = run_program(argv, NULL, order->options->seconds, MAX_OUTPUT, &ended);
    cJSON *json = status == HC_OK && ended.code == 0 ? cJSON_Parse(ended.out) : NULL;
    const cJSON *wrong = cJSON_GetObjectItemCaseSensitive(json, "wrong");
    const cJSON *first = cJSON_GetObjectItemCaseSensitive(json, "first");
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, "text"));
    if (!cJSON_IsNumber(wrong) || !cJSON_IsNumber(first) || !text) {
        result->status = CASE_ERROR;
        result->message = text_format("the exercise's own check program failed: %.200s",
                                      status == HC_OK ? ended.err : hc_last_error()->message);
    } else if (wrong->valuedouble > 0) {
        result->status = CASE_WRONG;
        result->wrong = (uint64_t)wrong->valuedouble;
        result->first = (uint64_t)first->valuedouble;
        result->message = text_format("%s", text);
    } else {
        result->status = CASE_PASSED;
    }
    cJSON_Delete(json);
    ended_free(&ended);
}

/* cusim says what it found on stderr; its script's exit code is 1 then, or the program's own. */
static void judge_sim(const Ended *ended, Case *result) {
    char *sentence = cusim_translate(ended->err);
    if (!sentence) {
        if (result->status != CASE_PASSED || strstr(ended->err, "cusim: check ")) return;
        result->status = CASE_ERROR;
        result->message = text_format("cusim left no report: it was not used");
        return;
    }
    result->status = CASE_REPORT;
    free(result->message);
    free(result->detail);
    result->message = sentence;
    result->detail = text_format("%.1500s", ended->err);
}

/* oclgrind's exit code is the program's, whatever it found: only its report counts. */
static void judge_report(const CaseOrder *order, const char *log, Case *result) {
    char *report = file_read(log);
    char *sentence = report ? oclgrind_translate(report, kernel_name(order->exercise)) : NULL;
    if (sentence) {
        result->status = CASE_REPORT;
        free(result->message);
        free(result->detail);
        result->message = sentence;
        result->detail = text_format("%.1500s", report);
    } else if (!report && result->status == CASE_PASSED) {
        result->status = CASE_ERROR;
        result->message = text_format("oclgrind left no report: it did not run");
    }
    free(report);
}

void case_run_program(const CaseOrder *order, Case *result) {
    const Exercise *exercise = order->exercise;
    bool own = is_program(exercise);
    char *kernels = text_format("%s/kernels", order->work);
    char *count = text_format("%" PRIu64, result->n);
    const char *n = result->size;
    char *script = text_format("%s/common/tools/sim.sh", order->options->root);
    char *shared = text_format("%s/exercise/shared", order->options->build);
    char *seed = text_format("%" PRIu64, order->options->seed);
    char *log = text_format("%s/results/%s.oclgrind", order->work, result->name);
    char *in = text_format("%s/results/%s.in", order->work, result->name);
    char *output = text_format("%s/results/%s.out", order->work, result->name);
    char *checker_name = text_format("check_%s", exercise->name);
    char *checker = shared_program(order->options, checker_name);
    char *program = own ? text_format("%s/build/bin/%s", order->work, exercise->name)
                        : shared_program(order->options, check_text(exercise, "program"));
    char *own_sim = shared_cusim(order->options);
    const char *const plain_env[] = {"HC_KERNEL_DIR", "OPENCL_LAYERS", own_sim, NULL};
    const char *const tool_env[] = {"HC_KERNEL_DIR", "OPENCL_LAYERS", "HC_DEVICE", own_sim, NULL};
    static const char *const sim_env[] = {"HC_KERNEL_DIR", "HC_DEVICE=sim", NULL};
    const char *make[] = {checker, "make", count, seed, in, NULL};
    const char *compare[] = {checker, "compare", count, seed, in, output, NULL};

    Command command = {0};
    bool tool = add_tool(&command, order->tool, log), sim = strcmp(order->tool, "sim") == 0;
    if (sim) add_sim(&command, script, own_sim ? shared : order->options->build);
    add(&command, program);
    if (own) {
        const char *const words[] = {"--in", in, "--out", output, "--kernel-dir", kernels};
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) add(&command, words[i]);
    } else {
        const char *const words[] = {"--json", "--repeat", "1", "--kernel-dir", kernels, "-n",
                                     n,        "--seed",   seed};
        for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) add(&command, words[i]);
    }
    add_variant(&command, order);

    Ended made = {0}, ended = {0};
    int status = HC_OK;
    if (tool && !in_path("oclgrind")) {
        result->status = CASE_SKIP;
        result->message = text_format("oclgrind is not installed");
    } else {
        if (own) status = run_program(make, NULL, order->options->seconds, MAX_OUTPUT, &made);
        if (own && status == HC_OK && made.code != 0)
            status = hc_set_error(HC_ERROR, 0, NULL, NULL, "no input: %.200s", made.err);
        if (status == HC_OK)
            status = run_program(command.argv,
                                 tool  ? tool_env
                                 : sim ? sim_env
                                       : plain_env,
                                 order->options->seconds, MAX_OUTPUT, &ended);
        if (status != HC_OK) {
            result->status = CASE_ERROR;
            result->message = text_format("%s", hc_last_error()->message);
        } else if (!own) {
            judge_recipe(order, &ended, result);
        } else if (!judge_code(order, &ended, result)) {
            judge_output(order, compare, result);
        }
        if (status == HC_OK && tool) judge_report(order, log, result);
        if (status == HC_OK && sim) judge_sim(&ended, result);
    }
    ended_free(&ended);
    ended_free(&made);
    remove(in);
    remove(output);
    free(program);
    free(checker);
    free(checker_name);
    free(output);
    free(in);
    free(log);
    free(seed);
    free(own_sim);
    free(shared);
    free(script);
    free(count);
    free(kernels);
}
