// SPDX-License-Identifier: MIT
/* A verdict for people, as one JSON object (check.schema.json), and as JUnit XML, which most
 * grading systems read. The words are the same in all three.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <inttypes.h>

#include "exercise.h"

static const char *const status_names[] = {"passed", "not passed", "not built", "skipped", "error"};

static void print_indented(const char *text) {
    for (const char *p = text; *p;) {
        size_t bytes = strcspn(p, "\n");
        printf("    %.*s\n", (int)bytes, p);
        p += bytes + (p[bytes] == '\n');
    }
}

void verdict_print(const Verdict *v, const char *learner) {
    const char *name = v->exercise->name;
    static const char *const titles[] = {"PASSED", "NOT YET", "DOES NOT COMPILE", "SKIPPED",
                                         "ERROR"};
    printf("%s: %s\n", name, titles[v->status]);
    if (v->untouched && (v->status == NOT_PASSED || v->status == NOT_BUILT))
        printf("This is the starter as it was given, and it is meant to fail: nothing is broken on "
               "your "
               "machine. Edit the files in %s and check again.\n",
               learner);
    if (v->message)
        printf("%s%s", v->message, v->message[strlen(v->message) - 1] == '\n' ? "" : "\n");
    if (v->detail) print_indented(v->detail);
    if (v->note) printf("Note: %s.\n", v->note);
    if (v->program && v->status == NOT_PASSED) printf("Run it yourself: %s\n", v->program);
    if (v->count)
        printf("%zu case%s in %.1f s; --seed %" PRIu64 " gives the same input again.\n", v->count,
               v->count == 1 ? "" : "s", v->ms / 1e3, v->seed);
    if (v->status == PASSED) printf("Compare: ./cook exercise solution %s\n", name);
    else if (v->status == NOT_PASSED || v->status == NOT_BUILT)
        printf("Stuck? ./cook exercise hint %s\n", name);
}

static void add_text(cJSON *object, const char *key, const char *text) {
    if (text) cJSON_AddStringToObject(object, key, text);
    else cJSON_AddNullToObject(object, key);
}

int verdicts_json(const Verdict *verdicts, size_t count) {
    cJSON *json = cJSON_CreateObject();
    cJSON_AddNumberToObject(json, "schema", 1);
    cJSON_AddStringToObject(json, "command", "check");
    cJSON *list = cJSON_AddArrayToObject(json, "exercises");
    size_t passed = 0;
    for (size_t i = 0; i < count; i++) {
        const Verdict *v = &verdicts[i];
        cJSON *object = cJSON_CreateObject();
        cJSON_AddItemToArray(list, object);
        add_text(object, "name", v->exercise->name);
        add_text(object, "status", status_names[v->status]);
        cJSON_AddBoolToObject(object, "untouched", v->untouched);
        hc_json_u64(object, "seed", v->seed);
        cJSON_AddNumberToObject(object, "ms", v->ms);
        add_text(object, "message", v->message);
        add_text(object, "detail", v->detail);
        add_text(object, "note", v->note);
        cJSON *cases = cJSON_AddArrayToObject(object, "cases");
        for (size_t k = 0; k < v->count; k++)
            cJSON_AddItemToArray(cases, case_to_json(&v->cases[k]));
        passed += v->status == PASSED;
    }
    cJSON_AddNumberToObject(json, "passed", (double)passed);
    char *text = cJSON_PrintUnformatted(json);
    bool bad = !text || puts(text) < 0 || fflush(stdout) != 0;
    free(text);
    cJSON_Delete(json);
    return bad ? hc_set_error(HC_ERROR, errno, NULL, NULL, "cannot write to stdout: %s",
                              strerror(errno))
               : HC_OK;
}

/* Text in XML 1.0: markup escaped, and characters that XML does not allow as '?'. */
static void xml(FILE *out, const char *text) {
    for (const char *p = text ? text : ""; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c == '<') fputs("&lt;", out);
        else if (c == '>') fputs("&gt;", out);
        else if (c == '&') fputs("&amp;", out);
        else if (c == '"') fputs("&quot;", out);
        else if (c == '\n') fputs("&#10;", out);
        else if ((c < ' ' && c != '\t') || c > '~') putc('?', out);
        else putc(c, out);
    }
}

static void junit_case(FILE *out, const char *exercise, const Case *c) {
    fprintf(out, "    <testcase classname=\"%s\" name=\"", exercise);
    xml(out, c->name);
    fprintf(out, "\" time=\"%.3f\">", c->ms / 1e3);
    if (c->status == CASE_SKIP || c->status == CASE_NOT_RUN) {
        fputs("<skipped message=\"", out);
        xml(out, c->message);
        fputs("\"/>", out);
    } else if (c->status != CASE_PASSED) {
        fprintf(out, "<failure type=\"%s\" message=\"", case_status_names[c->status]);
        xml(out, c->message);
        fputs("\">", out);
        xml(out, c->detail);
        fputs("</failure>", out);
    }
    fputs("</testcase>\n", out);
}

/* The verdict itself is a case, too: it has the words, and it is there when nothing could be run.
 * */
static void junit_suite(FILE *out, const Verdict *v) {
    size_t failures = v->status == NOT_PASSED || v->status == NOT_BUILT,
           skipped = v->status == CANNOT_TELL;
    for (size_t k = 0; k < v->count; k++) {
        CaseStatus status = v->cases[k].status;
        bool skip = status == CASE_SKIP || status == CASE_NOT_RUN;
        skipped += skip;
        failures += !skip && status != CASE_PASSED;
    }
    fprintf(out,
            "  <testsuite name=\"%s\" tests=\"%zu\" failures=\"%zu\" errors=\"%d\" skipped=\"%zu\" "
            "time=\"%.3f\">\n",
            v->exercise->name, v->count + 1, failures, v->status == FAILED_TO_RUN, skipped,
            v->ms / 1e3);
    fprintf(out, "    <properties><property name=\"seed\" value=\"%" PRIu64 "\"/></properties>\n",
            v->seed);
    fprintf(out, "    <testcase classname=\"%s\" name=\"verdict\" time=\"%.3f\">",
            v->exercise->name, v->ms / 1e3);
    if (v->status != PASSED) {
        static const char *const elements[] = {"", "failure", "failure", "skipped", "error"};
        fprintf(out, "<%s message=\"", elements[v->status]);
        xml(out, v->message);
        fputs("\">", out);
        xml(out, v->detail);
        fprintf(out, "</%s>", elements[v->status]);
    }
    fputs("</testcase>\n", out);
    for (size_t k = 0; k < v->count; k++) junit_case(out, v->exercise->name, &v->cases[k]);
    fputs("  </testsuite>\n", out);
}

int verdicts_junit(const char *path, const Verdict *verdicts, size_t count) {
    FILE *out = fopen(path, "w");
    bool bad = !out;
    if (out) {
        fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", out);
        for (size_t i = 0; i < count; i++) junit_suite(out, &verdicts[i]);
        fputs("</testsuites>\n", out);
        bad = ferror(out) != 0;
        bad = fclose(out) != 0 || bad;
    }
    return bad ? hc_set_error(HC_ERROR, errno, NULL, NULL, "cannot write %s: %s", path,
                              strerror(errno))
               : HC_OK;
}
