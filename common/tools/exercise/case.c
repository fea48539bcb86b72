// SPDX-License-Identifier: MIT
/* One case: one size, one variant of the input, plainly or under the checks of a simulator. CTest
 * starts this program once for each, so that a kernel that takes its process down takes nothing
 * else along. The result is left as a small JSON file; the sentence goes to stdout, where CTest's
 * log keeps it.
 */
#define _XOPEN_SOURCE 700
#include <inttypes.h>
#include <signal.h>
#include <sys/resource.h>

#include "exercise.h"

const char *const case_status_names[CASE_STATUSES] = {
    "passed", "wrong", "report", "build", "crash", "timeout", "flood", "error", "skip", "not run"};

char *shared_program(const Options *options, const char *name) {
    return text_format("%s/exercise/shared/bin/%s", options->build, name);
}

char *shared_cusim(const Options *options) {
    char *path = text_format("%s/exercise/shared/lib/cusim", options->build);
    char *variable = file_exists(path) ? text_format("HC_CUSIM_DIR=%s", path) : NULL;
    free(path);
    return variable;
}

static void add_text(cJSON *object, const char *key, const char *text) {
    if (text) cJSON_AddStringToObject(object, key, text);
    else cJSON_AddNullToObject(object, key);
}

cJSON *case_to_json(const Case *result) {
    cJSON *json = cJSON_CreateObject();
    add_text(json, "name", result->name);
    add_text(json, "variant", result->variant);
    add_text(json, "tool", result->tool);
    add_text(json, "device", *result->device ? result->device : NULL);
    if (result->has_n) hc_json_u64(json, "n", result->n);
    else cJSON_AddNullToObject(json, "n");
    add_text(json, "size", result->has_n ? result->size : NULL);
    add_text(json, "status", case_status_names[result->status]);
    hc_json_u64(json, "wrong", result->wrong);
    if (result->status == CASE_WRONG && result->has_n) hc_json_u64(json, "first", result->first);
    else cJSON_AddNullToObject(json, "first");
    add_text(json, "message", result->message);
    add_text(json, "detail", result->detail);
    cJSON_AddNumberToObject(json, "ms", result->ms);
    return json;
}

static void get_text(const cJSON *json, const char *key, char *text, size_t size) {
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, key));
    snprintf(text, size, "%s", value ? value : "");
}

static uint64_t get_number(const cJSON *json, const char *key) {
    double value = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(json, key));
    return value >= 0 && value < 1e15 ? (uint64_t)value : 0; /* NaN where there is no number */
}

static char *get_copy(const cJSON *json, const char *key) {
    const char *value = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(json, key));
    return value ? text_format("%s", value) : NULL;
}

bool case_from_json(const cJSON *json, Case *result) {
    char status[16];
    if (!cJSON_IsObject(json)) return false;
    get_text(json, "name", result->name, sizeof result->name);
    get_text(json, "variant", result->variant, sizeof result->variant);
    get_text(json, "tool", result->tool, sizeof result->tool);
    get_text(json, "device", result->device, sizeof result->device);
    get_text(json, "size", result->size, sizeof result->size);
    get_text(json, "status", status, sizeof status);
    result->has_n = cJSON_IsNumber(cJSON_GetObjectItemCaseSensitive(json, "n"));
    result->n = get_number(json, "n");
    result->wrong = get_number(json, "wrong");
    result->first = get_number(json, "first");
    result->message = get_copy(json, "message");
    result->detail = get_copy(json, "detail");
    result->ms = cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(json, "ms"));
    for (int i = 0; i < CASE_STATUSES; i++)
        if (strcmp(status, case_status_names[i]) == 0) {
            result->status = (CaseStatus)i;
            return true;
        }
    return false;
}

void case_free(Case *result) {
    free(result->message);
    free(result->detail);
}

/* The last lines of a text, to be freed; NULL if it is empty. */
static char *tail(const char *text) {
    enum { LINES = 12, BYTES = 2000 };
    size_t length = text ? strlen(text) : 0;
    while (length && text[length - 1] == '\n') length--;
    if (!length) return NULL;
    size_t at = length;
    for (int lines = 0; at > 0 && length - at < BYTES; at--)
        if (text[at - 1] == '\n' && ++lines == LINES) break;
    return text_format("%s%.*s", at ? "[...]\n" : "", (int)(length - at), text + at);
}

bool case_judge_end(const CaseOrder *order, const Ended *ended, Case *result) {
    if (ended->timed_out) {
        result->status = CASE_TIMEOUT;
        result->message = text_format(
            "it did not end within %u s and was stopped: does every loop come to an end?",
            order->options->seconds);
    } else if (ended->flooded) {
        result->status = CASE_FLOOD;
        result->message =
            text_format("it printed more than 1 MiB and was stopped: is there a printf "
                        "in a loop, or in every work-item?");
        result->detail = text_format("%.400s\n[...]", *ended->out ? ended->out : ended->err);
    } else if (ended->signal) {
        result->status = CASE_CRASH;
        result->message =
            text_format("it crashed (%s): it touched memory that does not belong to it, "
                        "or divided by zero",
                        strsignal(ended->signal));
        result->detail = tail(ended->err);
    } else if (ended->code == HC_SKIP) {
        result->status = CASE_SKIP;
        result->message = text_format("no device to run on");
        result->detail = tail(ended->err);
    } else if (ended->code != 0) {
        result->status = CASE_ERROR;
        result->message = text_format("it ended with exit code %d", ended->code);
        result->detail = tail(ended->err);
    }
    return ended->timed_out || ended->flooded || ended->signal || ended->code != 0;
}

/* An awkward size, another one each time: a prime between 1000 and 5000. */
static uint64_t a_prime(uint64_t seed) {
    uint64_t n = 1001 + 2 * (hc_random_u32(seed, 99, 0) % 2000);
    for (;; n += 2) {
        bool prime = true;
        for (uint64_t d = 3; d * d <= n && prime; d += 2) prime = n % d != 0;
        if (prime) return n;
    }
}

/* The size of this case: a count, "prime", or a shape of these, as "33x7". */
static bool read_size(const CaseOrder *order, Case *result) {
    size_t length = 0;
    result->n = 1;
    for (const char *p = order->what; p; p = strchr(p, 'x') ? strchr(p, 'x') + 1 : NULL) {
        uint64_t v;
        char part[24];
        snprintf(part, sizeof part, "%.*s", (int)strcspn(p, "x"), p);
        if (strcmp(part, "prime") == 0) v = a_prime(order->options->seed);
        else if (!hc_parse_count(part, UINT32_MAX, &v)) return false;
        if (v && result->n > UINT32_MAX / v) return false;
        result->n *= v;
        int more = snprintf(result->size + length, sizeof result->size - length, "%s%" PRIu64,
                            length ? "x" : "", v);
        if (more < 0 || (size_t)more >= sizeof result->size - length) return false;
        length += (size_t)more;
    }
    return true;
}

static int leave_result(const CaseOrder *order, const Case *result) {
    cJSON *json = case_to_json(result);
    char *text = cJSON_Print(json);
    char *path = text_format("%s/results/%s.json", order->work, result->name);
    int status = text ? file_write(path, text) : HC_ERROR;
    free(path);
    free(text);
    cJSON_Delete(json);
    return status;
}

int case_run(const CaseOrder *order) {
    Case result = {0};
    bool ptx = strcmp(order->tool, "ptx") == 0;
    bool question = strcmp(order->tool, "answer") == 0 || ptx,
         plain = strcmp(order->tool, "plain") == 0;
    snprintf(result.variant, sizeof result.variant, "%s", order->variant);
    snprintf(result.tool, sizeof result.tool, "%s", order->tool);
    snprintf(result.name, sizeof result.name, "%s%s%s%s%s%s", question ? "" : "n", order->what,
             *order->variant ? "." : "", order->variant, question || plain ? "" : ".",
             question || plain ? "" : order->tool);
    if (!question) {
        result.has_n = true;
        if (!read_size(order, &result)) return HC_USAGE;
    }
    /* Core files and endless output files are of no use to anyone. */
    setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0});
    setrlimit(RLIMIT_FSIZE, &(struct rlimit){1u << 30, 1u << 30});

    char *stuck = text_format("%s/results/stuck", order->work);
    double start = hc_now_ms();
    if (file_exists(stuck)) {
        result.status = CASE_NOT_RUN;
        result.message = text_format("not tried, since an earlier case did not end");
    } else if (ptx) {
        case_run_ptx(order, &result);
    } else if (question) {
        case_run_answer(order, &result);
    } else {
        case_run_program(order, &result);
    }
    result.ms = hc_now_ms() - start;
    if (result.status == CASE_TIMEOUT) file_write(stuck, "");
    free(stuck);
    int status = leave_result(order, &result);
    printf("%s: %s%s%s\n", result.name, case_status_names[result.status],
           result.message ? ": " : "", result.message ? result.message : "");
    int code = result.status == CASE_PASSED ? HC_OK : HC_WRONG;
    if (result.status == CASE_SKIP) code = HC_SKIP;
    case_free(&result);
    return status == HC_OK ? code : HC_ERROR;
}
