// SPDX-License-Identifier: MIT
/* Does the exercise prove itself? An exercise that passes unedited, or that accepts a wrong
 * solution, teaches the wrong thing. So each one brings its starter, its solution and at least
 * three wrong ones, and says for each what the checker must answer; here the checker is held to it.
 * Teachers run this before they hand an exercise out, CI runs it for all of them.
 */
#define _XOPEN_SOURCE 700
#include <regex.h>

#include "exercise.h"

enum { LEAST_WRONG = 3 };

static int lacks(const Exercise *exercise, const char *format, const char *what) {
    char *text = text_format(format, what);
    int status =
        hc_set_error(HC_WRONG, 0, NULL, "common/tools/exercise/README.md says what is needed",
                     "%s is not proven: %s", exercise->name, text);
    free(text);
    return status;
}

static const char *wrong_text(const cJSON *wrong, const char *key) {
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(wrong, key));
}

/* The entry of exercise.json for wrong/NAME. */
static const cJSON *wrong_entry(const Exercise *exercise, const char *name) {
    const cJSON *wrong;
    cJSON_ArrayForEach(wrong, exercise_list(exercise, "wrong")) {
        const char *folder = wrong_text(wrong, "folder");
        if (folder && strcmp(folder, name) == 0) return wrong;
    }
    return NULL;
}

/* Everything that the proof needs must be there before any of it is run. */
static int examine(const Exercise *exercise) {
    const cJSON *file, *wrong;
    cJSON_ArrayForEach(file, exercise_list(exercise, "files")) {
        static const char *const folders[] = {"starter", "solution"};
        for (int i = 0; i < 2; i++) {
            char *path = text_format("%s/%s/%s", exercise->folder, folders[i], file->valuestring);
            bool there = file_exists(path);
            free(path);
            if (!there) return lacks(exercise, "a file is missing from %s/", folders[i]);
        }
    }
    char *task = text_format("%s/task.md", exercise->folder);
    bool has_task = file_exists(task);
    free(task);
    if (!has_task) return lacks(exercise, "%s is missing", "task.md");
    int count = 0;
    bool narrow = false;
    cJSON_ArrayForEach(wrong, exercise_list(exercise, "wrong")) {
        const char *folder = wrong_text(wrong, "folder");
        if (!folder || !wrong_text(wrong, "why") || !wrong_text(wrong, "says"))
            return lacks(exercise, "%s", "an entry of wrong lacks folder, why or says");
        char *path = text_format("%s/wrong/%s", exercise->folder, folder);
        bool there = file_exists(path);
        free(path);
        if (!there) return lacks(exercise, "the folder wrong/%s is missing", folder);
        narrow = narrow || cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(wrong, "one_case_only"));
        count++;
    }
    if (count < LEAST_WRONG) return lacks(exercise, "%s", "it has less than three wrong solutions");
    if (!narrow && !is_ptx(exercise))
        return lacks(exercise, "%s",
                     "no wrong solution is marked one_case_only: right but for one size "
                     "(code), or for one number that is off by one (predict)");
    char *folder = text_format("%s/wrong", exercise->folder), **names = folder_names(folder);
    int status = HC_OK;
    for (size_t i = 0; names && names[i] && status == HC_OK; i++)
        if (!wrong_entry(exercise, names[i]))
            status = lacks(exercise, "wrong/%s has no entry in exercise.json", names[i]);
    names_free(names);
    free(folder);
    return status;
}

static bool matches(const char *text, const char *pattern) {
    regex_t regex;
    if (regcomp(&regex, pattern, REG_EXTENDED | REG_NOSUB) != 0) return false;
    bool found = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return found;
}

/* How many sizes fail plainly (for questions: how many answers do). */
static size_t failing_sizes(const Verdict *v) {
    size_t count = 0;
    for (size_t i = 0; i < v->count; i++) {
        const Case *c = &v->cases[i];
        bool before = false;
        if ((strcmp(c->tool, "plain") != 0 && strcmp(c->tool, "answer") != 0) ||
            c->status == CASE_PASSED)
            continue;
        for (size_t k = 0; k < i && !before; k++)
            before = c->has_n && strcmp(v->cases[k].size, c->size) == 0 &&
                     v->cases[k].status != CASE_PASSED && strcmp(v->cases[k].tool, "plain") == 0;
        count += !before;
    }
    return count;
}

static int disagree(const Verdict *v, const char *which, const char *expected) {
    int status = hc_set_error(HC_WRONG, 0, NULL, NULL, "%s, %s: expected %s", v->exercise->name,
                              which, expected);
    hc_set_error_detail(text_format("    the checker said (exit code %d):\n%s%s", verdict_code(v),
                                    v->message ? v->message : "", v->detail ? v->detail : ""));
    return status;
}

/* Was something left out because oclgrind is not installed? */
static bool lacked_oclgrind(const Verdict *v) {
    for (size_t i = 0; i < v->count; i++)
        if (v->cases[i].status == CASE_SKIP) return true;
    return false;
}

static int judge(const Exercise *exercise, const char *which, const Verdict *v) {
    char *text = text_format("%s%s", v->message ? v->message : "", v->detail ? v->detail : "");
    int status = HC_OK;
    if (v->status == CANNOT_TELL) {
        status = hc_set_error(HC_SKIP, 0, NULL, NULL, "%s, %s: %s", exercise->name, which, text);
    } else if (v->status == FAILED_TO_RUN) {
        status = disagree(v, which, "a check that can be made");
    } else if (strcmp(which, "solution") == 0) {
        if (v->status != PASSED) status = disagree(v, which, "the solution to pass");
    } else if (v->status == PASSED) {
        status = disagree(v, which, "it to fail");
    } else if (strcmp(which, "starter") == 0) {
        if (!v->untouched) status = disagree(v, which, "it to be known as untouched");
        else if (!matches(text, exercise_text(exercise, "starter_fails_because")))
            status = disagree(v, which, exercise_text(exercise, "starter_fails_because"));
    } else {
        const cJSON *wrong = wrong_entry(exercise, which + strlen("wrong_"));
        if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(wrong, "needs_oclgrind")) &&
            lacked_oclgrind(v))
            status = hc_set_error(HC_SKIP, 0, NULL, NULL,
                                  "%s, %s: it fails, but only oclgrind can say why, and that is "
                                  "not installed",
                                  exercise->name, which);
        else if (!matches(text, wrong_text(wrong, "says")))
            status = disagree(v, which, wrong_text(wrong, "says"));
        else if (cJSON_IsTrue(cJSON_GetObjectItemCaseSensitive(wrong, "one_case_only")) &&
                 (v->status != NOT_PASSED || failing_sizes(v) != 1 ||
                  (has_answers(exercise) && !strstr(text, ", by one"))))
            status = disagree(v, which, "all but one size to pass, or one number to be off by one");
    }
    free(text);
    return status;
}

/* Check a copy made of the starter, over it the solution, over that the wrong solution's files. */
static int prove_one(const Options *options, const Exercise *exercise, const char *which) {
    char *copy = text_format("%s/exercise/prove/%s.%s", options->build, exercise->name, which);
    const char *wrong = strncmp(which, "wrong_", 6) == 0 ? which + 6 : NULL;
    const char *layers[3] = {"starter", NULL, NULL};
    if (strcmp(which, "starter") != 0) layers[1] = "solution";
    char *wrong_layer = wrong ? text_format("wrong/%s", wrong) : NULL;
    layers[2] = wrong_layer;
    int status = wrong && !wrong_entry(exercise, wrong)
                     ? lacks(exercise, "it has no wrong solution %s", wrong)
                     : folder_remove(copy);
    for (int i = 0; i < 3 && status == HC_OK; i++) {
        if (!layers[i]) continue;
        char *from = text_format("%s/%s", exercise->folder, layers[i]);
        status = folder_copy(from, copy);
        free(from);
    }
    if (status == HC_OK) {
        Verdict verdict;
        check_exercise(options, exercise, copy, options->has_seed ? options->seed : 1, &verdict);
        status = judge(exercise, which, &verdict);
        if (status == HC_OK)
            printf("%s, %s: as stated\n%s", exercise->name, which,
                   verdict.message ? verdict.message : "");
        verdict_free(&verdict);
    }
    if (status == HC_OK || status == HC_SKIP) folder_remove(copy);
    free(wrong_layer);
    free(copy);
    return status;
}

int command_prove(const Options *options, const Exercise *exercise, const char *which) {
    int status = examine(exercise);
    if (status != HC_OK || (which && strcmp(which, "complete") == 0)) return status;
    if (which) return prove_one(options, exercise, which);
    status = prove_one(options, exercise, "starter");
    if (status == HC_OK) status = prove_one(options, exercise, "solution");
    const cJSON *wrong;
    cJSON_ArrayForEach(wrong, exercise_list(exercise, "wrong")) {
        char *name = text_format("wrong_%s", wrong_text(wrong, "folder"));
        if (status == HC_OK) status = prove_one(options, exercise, name);
        free(name);
    }
    return status;
}
