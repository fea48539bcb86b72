// SPDX-License-Identifier: MIT
/* The one case of an exercise in PTX: its own check program loads the learner's file on cusim, with
 * all checks, launches the kernel for many sizes, and says in words what is wrong. Its exit code is
 * 0: right, 1: wrong, 4: no PTX.
 */
#define _XOPEN_SOURCE 700
#include <inttypes.h>

#include "exercise.h"

enum { MAX_OUTPUT = 1 << 20 };

/* The lines of text that say something here: of cusim's only what it says of a kernel that failed,
 * and not which seed there was, since the verdict does. */
static void print_lines(FILE *out, const char *text) {
    bool of_kernel = false;
    for (const char *p = text; *p; p += strcspn(p, "\n"), p += *p == '\n') {
        bool goes_on = strncmp(p, "cusim:   ", 9) == 0;
        of_kernel = strncmp(p, "cusim: kernel ", 14) == 0 || (goes_on && of_kernel);
        if (strncmp(p, "seed ", 5) == 0 || (strncmp(p, "cusim:", 6) == 0 && !of_kernel)) continue;
        fprintf(out, "%.*s\n", (int)strcspn(p, "\n"), p);
    }
}

/* What the two say, without the last line's end; NULL: no memory. */
static char *words(const char *first, const char *second) {
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (!out) return NULL;
    print_lines(out, first);
    print_lines(out, second);
    if (fclose(out) == 0 && length) text[length - 1] = '\0';
    return text;
}

static void judge(const CaseOrder *order, const Ended *ended, Case *result) {
    char *report = cusim_translate(ended->err);
    bool usual = !ended->timed_out && !ended->flooded && !ended->signal;
    if (usual && ended->code == HC_WRONG) {
        result->status = report ? CASE_REPORT : CASE_WRONG;
        result->message = report ? text_format("%s", report) : words(ended->err, ended->out);
    } else if (usual && ended->code == HC_BUILD) {
        result->status = CASE_BUILD;
        result->detail = words(ended->out, "");
    } else if (!case_judge_end(order, ended, result)) {
        bool watched = strstr(ended->err, "cusim: check ") != NULL;
        result->status = watched ? CASE_PASSED : CASE_ERROR;
        result->message =
            watched ? words(ended->out, "") : text_format("cusim left no report: it was not used");
    }
    free(report);
}

void case_run_ptx(const CaseOrder *order, Case *result) {
    const Options *options = order->options;
    const char *file = cJSON_GetArrayItem(exercise_list(order->exercise, "files"), 0)->valuestring;
    char *name = text_format("check_%s", order->exercise->name);
    char *checker = shared_program(options, name), *own_sim = shared_cusim(options);
    char *shared = text_format("%s/exercise/shared", options->build);
    char *script = text_format("%s/common/tools/sim.sh", options->root);
    char *ptx = text_format("%s/kernels/%s", order->work, file);
    char *seed = text_format("HC_EXERCISE_SEED=%" PRIu64, options->seed);
    const char *const argv[] = {
        "sh", script, own_sim ? shared : options->build, "--check", "--", checker, ptx, NULL};
    const char *const change[] = {"HC_DEVICE=sim", "CUSIM_STATS", "CUSIM_SCHEDULE", seed, NULL};
    Ended ended;
    if (run_program(argv, change, options->seconds, MAX_OUTPUT, &ended) == HC_OK) {
        judge(order, &ended, result);
    } else {
        result->status = CASE_ERROR;
        result->message = text_format("%s", hc_last_error()->message);
    }
    snprintf(result->device, sizeof result->device, "cusim");
    ended_free(&ended);
    free(seed);
    free(ptx);
    free(script);
    free(shared);
    free(own_sim);
    free(checker);
    free(name);
}
