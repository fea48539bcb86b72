// SPDX-License-Identifier: MIT
/* One predicted number. The learner's file has lines "name = number"; the exercise's check program
 * runs a kernel that counts, or asks the device, and prints what is true as one JSON object of
 * numbers.
 */
#define _XOPEN_SOURCE 700
#include <ctype.h>
#include <inttypes.h>

#include "exercise.h"

enum { MAX_OUTPUT = 1 << 16 };

/* What stands behind "name =" in the file, without comment and spaces; to be freed, NULL if absent.
 * */
static char *find_answer(const char *text, const char *name) {
    size_t length = strlen(name);
    for (const char *p = text; *p;) {
        size_t line = strcspn(p, "\n");
        const char *end = p + strcspn(p, "#\n"), *q = p + strspn(p, " \t");
        if (strncmp(q, name, length) == 0) {
            q += length + strspn(q + length, " \t");
            if (*q == '=') {
                q += 1 + strspn(q + 1, " \t");
                while (end > q && isspace((unsigned char)end[-1])) end--;
                return text_format("%.*s", end > q ? (int)(end - q) : 0, q);
            }
        }
        p += line + (p[line] == '\n');
    }
    return NULL;
}

static void judge(const char *name, const char *answer, uint64_t truth, Case *result) {
    uint64_t given;
    result->status = CASE_WRONG;
    if (!answer) {
        result->message = text_format("%s has no line in the file", name);
    } else if (!*answer || strcmp(answer, "?") == 0) {
        result->message = text_format("%s is not answered yet", name);
    } else if (!hc_parse_count(answer, UINT64_MAX, &given)) {
        result->message =
            text_format("%s = %.40s is not a whole number (digits only)", name, answer);
    } else if (given != truth) {
        uint64_t away = given > truth ? given - truth : truth - given;
        result->message =
            text_format("%s = %" PRIu64 " is %s%s", name, given,
                        given > truth ? "too large" : "too small", away == 1 ? ", by one" : "");
    } else {
        result->status = CASE_PASSED;
    }
}

void case_run_answer(const CaseOrder *order, Case *result) {
    const cJSON *file = cJSON_GetArrayItem(exercise_list(order->exercise, "files"), 0);
    char *path = text_format("%s/%s", order->learner, file->valuestring), *text = file_read(path);
    char *name = text_format("check_%s", order->exercise->name);
    char *checker = shared_program(order->options, name);
    char *given = text_format("%s/check", order->exercise->folder);
    const char *const argv[] = {checker, "--json", "--kernel-dir", given, NULL};
    char *sim = shared_cusim(order->options);
    const char *const change[] = {"HC_KERNEL_DIR", "OPENCL_LAYERS", sim, NULL};
    Ended ended = {0};
    int status = run_program(argv, change, order->options->seconds, MAX_OUTPUT, &ended);
    if (status != HC_OK) {
        result->status = CASE_ERROR;
        result->message = text_format("%s", hc_last_error()->message);
    } else if (!case_judge_end(order, &ended, result)) {
        cJSON *json = cJSON_Parse(ended.out);
        const cJSON *results = cJSON_GetObjectItemCaseSensitive(json, "results");
        const cJSON *device = cJSON_GetObjectItemCaseSensitive(json, "device");
        const cJSON *truth = cJSON_GetObjectItemCaseSensitive(results, order->what);
        const char *label = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(device, "name"));
        snprintf(result->device, sizeof result->device, "%s", label ? label : "");
        char *answer = text ? find_answer(text, order->what) : NULL;
        if (cJSON_IsNumber(truth) && truth->valuedouble >= 0 && truth->valuedouble < 9e15) {
            judge(order->what, answer, (uint64_t)truth->valuedouble, result);
        } else {
            result->status = CASE_ERROR;
            result->message = text_format("the check program does not know %s", order->what);
        }
        free(answer);
        cJSON_Delete(json);
    }
    ended_free(&ended);
    free(sim);
    free(given);
    free(checker);
    free(name);
    free(text);
    free(path);
}
