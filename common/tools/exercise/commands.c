// SPDX-License-Identifier: MIT
/* What the learner types: list, show, hint, solution, check. Each is a few lines over the other
 * files.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "exercise.h"

int command_list(const Options *options, const Catalog *catalog) {
    static const char *const stars[] = {"", "*", "**", "***", "****"};
    HcTable *table = hc_table_new("exercise|title|kind|>minutes|difficulty|state");
    for (size_t i = 0; i < catalog->count; i++) {
        const Exercise *e = &catalog->items[i];
        int difficulty = exercise_list(e, "difficulty")->valueint;
        hc_table_row(table, "%s|%s|%s|%d|%s|%s", e->name, exercise_text(e, "title"),
                     exercise_text(e, "kind"), exercise_list(e, "minutes")->valueint,
                     stars[difficulty < 1 || difficulty > 4 ? 0 : difficulty],
                     learner_state(options, e));
    }
    hc_table_print(table, stdout, 0);
    hc_table_free(table);
    return HC_OK;
}

/* Print a file of the exercise, as it is. */
static int print_file(const char *path) {
    char *text = file_read(path);
    if (!text)
        return hc_set_error(HC_ERROR, errno, NULL, NULL, "cannot read %s: %s", path,
                            strerror(errno));
    fputs(text, stdout);
    free(text);
    return HC_OK;
}

int command_show(const Options *options, const Exercise *exercise) {
    char *task = text_format("%s/task.md", exercise->folder);
    int status = print_file(task);
    free(task);
    if (status != HC_OK) return status;
    char *folder = learner_folder(options, exercise);
    if (file_exists(folder)) printf("\nYour copy: %s/\n", folder);
    else printf("\nBegin with: ./cook exercise start %s\n", exercise->name);
    free(folder);
    return HC_OK;
}

int command_hint(const Options *options, const Exercise *exercise) {
    if (!learner_started(options, exercise)) return not_started(exercise, options);
    char *folder = learner_folder(options, exercise);
    const cJSON *hints = exercise_list(exercise, "hints");
    int count = cJSON_GetArraySize(hints), shown = learner_recall(folder, "hints"), status = HC_OK;
    if (shown < 0 || shown > count) shown = 0;
    int next = shown < count ? shown : count - 1;
    printf("Hint %d of %d: %s\n", next + 1, count, cJSON_GetArrayItem(hints, next)->valuestring);
    if (shown == count) puts("That was the last one.");
    else status = learner_remember(folder, "hints", shown + 1);
    free(folder);
    return status;
}

int command_solution(const Options *options, const Exercise *exercise) {
    char *folder = learner_folder(options, exercise);
    bool allowed = options->yes || learner_recall(folder, "passed");
    free(folder);
    if (!has_solution(exercise))
        return hc_set_error(HC_SKIP, 0, NULL, "ask your teacher",
                            "this copy of the cookbook came without solutions");
    if (!allowed)
        return hc_set_error(HC_WRONG, 0, NULL,
                            "pass it first (./cook exercise check NAME), or insist with --yes",
                            "the solution of %s is shown after you have passed", exercise->name);
    const cJSON *file;
    int status = HC_OK;
    cJSON_ArrayForEach(file, exercise_list(exercise, "files")) {
        char *path = text_format("%s/solution/%s", exercise->folder, file->valuestring);
        printf("==> %s <==\n", file->valuestring);
        if (status == HC_OK) status = print_file(path);
        free(path);
    }
    return status;
}

/* Another input each time, so that no answer can be prepared for it. */
static uint64_t fresh_seed(void) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    uint64_t mixed = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    return hc_random_u32(mixed, (uint32_t)getpid(), 0);
}

/* Check the learner's copy, tell what was found, and remember it there. returns  the exit code */
static int check_into(const Options *options, const Exercise *e, Verdict *verdict) {
    char *folder = learner_folder(options, e);
    check_exercise(options, e, folder, options->has_seed ? options->seed : fresh_seed(), verdict);
    if (!options->json) verdict_print(verdict, folder);
    fflush(stdout);
    /* A folder that cannot be written can still be checked. */
    learner_remember(folder, "checks", learner_recall(folder, "checks") + 1);
    if (verdict->status == PASSED) learner_remember(folder, "passed", 1);
    free(folder);
    return verdict_code(verdict);
}

int check_started(const Options *options, const Exercise *exercise) {
    Verdict verdict;
    int code = check_into(options, exercise, &verdict);
    verdict_free(&verdict);
    return code;
}

int command_check(const Options *options, const Catalog *catalog, const char *name) {
    const Exercise *only = NULL;
    int status = name ? catalog_find(catalog, name, &only) : HC_OK;
    if (status != HC_OK) return status;
    if (only && !learner_started(options, only)) return not_started(only, options);
    Verdict *verdicts = calloc(catalog->count, sizeof *verdicts);
    if (!verdicts) return hc_set_error(HC_ERROR, ENOMEM, "ENOMEM", NULL, "no memory");
    size_t count = 0;
    int code = HC_OK;
    for (size_t i = 0; i < catalog->count; i++) {
        const Exercise *e = &catalog->items[i];
        if (only ? e != only : !learner_started(options, e)) continue;
        if (count && !options->json) putchar('\n');
        int result = check_into(options, e, &verdicts[count++]);
        /* A skip counts only if nothing else is to be said; else the gravest code does. */
        if (code == HC_OK || code == HC_SKIP) code = result == HC_OK ? code : result;
        else if (result != HC_SKIP && result > code) code = result;
    }
    if (count == 0)
        status = hc_set_error(HC_USAGE, 0, NULL, "begin with ./cook exercise start NAME",
                              "no exercise is started in %s", options->dir);
    if (count && options->json) status = verdicts_json(verdicts, count);
    if (count && status == HC_OK && options->junit)
        status = verdicts_junit(options->junit, verdicts, count);
    for (size_t i = 0; i < count; i++) verdict_free(&verdicts[i]);
    free(verdicts);
    return status == HC_OK ? code : status;
}
