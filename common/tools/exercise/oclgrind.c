// SPDX-License-Identifier: MIT
/* oclgrind's report as a sentence. It reads
 *     Invalid write of size 4 at global memory address 0x3000000000404
 *         Kernel: vector_sum
 *         Entity: Global(257,0,0) Local(1,0,0) Group(1,0,0)
 *         ...
 *         At line 7 (column 22) of input.cl:
 *           if (i <= n) z[i] = x[i] + y[i];
 * and becomes: work-item 257 writes 4 bytes outside every array, in line 7 of vector_sum.cl: `if
 * ...`.
 */
#define _XOPEN_SOURCE 700
#include "exercise.h"

typedef struct Kind {
    const char *begins;
    const char *sentence; /* goes on after "work-item 257 " */
    const char *lesson;
} Kind;

/* The gravest first: a bad write is told even if a bad read was reported before it. */
static const Kind kinds[] = {
    {"Invalid write", "writes outside every array",
     "Many devices say nothing and spoil other data; look at the guard and at the index"},
    {"Invalid read from write-only", "reads an array that the host declared write-only",
     "Read only from the inputs"},
    {"Invalid read", "reads outside every array",
     "Many devices say nothing and give a stray value; look at the guard and at the index"},
    {"Read-write data race", "reads what another work-item writes at the same time",
     "A data race: the result depends on who comes first; let each element have one owner"},
    {"Write-write data race", "writes where another work-item writes too",
     "A data race: the result depends on who comes last; let each element have one owner"},
    {"Write-read data race", "writes what another work-item reads at the same time",
     "A data race: the result depends on who comes first; let each element have one owner"},
    {"Work-group divergence", "and its group do not all reach the same barrier",
     "All work-items of a group must reach a barrier, so it must not stand in an if or after a "
     "return"},
    {"Uninitialized", "uses a value that was never set",
     "Give the variable or the array a value before it is read"},
    {"OCLGRIND FATAL ERROR", "made the simulator give up", "Ask for the whole report with --json"},
    {"Index (", "uses an index beyond the end of an array in the kernel",
     "Compare the index with the array's size"},
};
enum { KINDS = sizeof kinds / sizeof kinds[0] };

/* The first report that begins with this, at the beginning of a line. */
static const char *find_line(const char *report, const char *begins) {
    for (const char *p = report; (p = strstr(p, begins)) != NULL; p++)
        if (p == report || p[-1] == '\n' || p[-1] == '\t') return p;
    return NULL;
}

/* The source line below "At line 7 (column 22) of input.cl:", without its indentation. */
static void source_line(const char *at, char *line, size_t size) {
    const char *text = strchr(at, '\n');
    line[0] = '\0';
    if (!text) return;
    text += 1 + strspn(text + 1, " \t\n");
    snprintf(line, size, "%.*s", (int)strcspn(text, "\n"), text);
}

char *oclgrind_translate(const char *report, const char *kernel) {
    if (!report[strspn(report, " \t\n")]) return NULL;
    const char *found = NULL;
    const Kind *kind = NULL;
    for (int i = 0; i < KINDS && !found; i++)
        if ((found = find_line(report, kinds[i].begins)) != NULL) kind = &kinds[i];
    if (!found) return text_format("oclgrind reports: %.300s", report + strspn(report, " \t\n"));

    unsigned long long item[3] = {0};
    unsigned long row = 0;
    char line[160] = "", who[64] = "a work-item", where[256] = "";
    const char *next = strstr(found, "\n\n"), *end = next ? next : found + strlen(found);
    const char *entity = strstr(found, "Global("), *at = strstr(found, "At line ");
    if (entity && entity < end &&
        sscanf(entity, "Global(%llu,%llu,%llu)", &item[0], &item[1], &item[2]) == 3) {
        if (item[1] || item[2])
            snprintf(who, sizeof who, "work-item (%llu, %llu, %llu)", item[0], item[1], item[2]);
        else snprintf(who, sizeof who, "work-item %llu", item[0]);
    }
    if (at && at < end && sscanf(at, "At line %lu", &row) == 1) {
        source_line(at, line, sizeof line);
        snprintf(where, sizeof where, ", in line %lu of %s: `%s`", row, kernel, line);
    }
    return text_format("oclgrind: %s %s%s. %s", who, kind->sentence, where, kind->lesson);
}
