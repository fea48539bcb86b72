// SPDX-License-Identifier: MIT
/* A compiler's log for people: the whole of it, and below it the lines of the kernel that it names,
 * with their numbers and neighbours.
 */
#define _XOPEN_SOURCE 700
#include "internal.h"

/* The part of source that the compiler counts as line 1 and on: after the last "#line 1". */
static const char *first_line(const char *source) {
    for (const char *p = source; (p = strstr(p, "#line 1")) != NULL; p++)
        if ((p == source || p[-1] == '\n') && (p[7] == ' ' || p[7] == '\n'))
            source = p + strcspn(p, "\n") + (p[strcspn(p, "\n")] == '\n');
    return source;
}

/* The line number in "...:12:5: error: ..." or "...(12): error", or 0. */
static unsigned long named_line(const char *log_line, size_t bytes, const char *file) {
    size_t skip = file ? strlen(file) : 0;
    if (skip && (skip >= bytes || strncmp(log_line, file, skip) != 0)) return 0;
    for (size_t i = skip; i + 1 < bytes; i++) {
        char *end;
        if (log_line[i] != ':' && log_line[i] != '(') continue;
        if (log_line[i + 1] < '0' || log_line[i + 1] > '9') continue;
        unsigned long line = strtoul(log_line + i + 1, &end, 10);
        if (*end == ':' || *end == ')' || *end == ',') return line;
    }
    return 0;
}

/* The wanted line and its neighbours. */
static void print_source_line(FILE *out, const char *source, unsigned long wanted) {
    const char *p = first_line(source);
    for (unsigned long line = 1; *p; line++) {
        int bytes = (int)strcspn(p, "\n");
        if (line + 1 >= wanted && line <= wanted + 1)
            fprintf(out, "    %c %4lu | %.*s\n", line == wanted ? '>' : ' ', line, bytes, p);
        p += bytes + (p[bytes] == '\n');
    }
}

char *hc_explain_log(const char *log, const char *source, const char *file) {
    enum { SHOWN = 5 };
    char *text = NULL;
    size_t length, count = 0;
    unsigned long seen[SHOWN];
    FILE *out = open_memstream(&text, &length);
    if (!out) return NULL;
    fputs("    build log:\n", out);
    for (const char *p = log; *p;) {
        size_t bytes = strcspn(p, "\n");
        fprintf(out, "      %.*s\n", (int)bytes, p);
        unsigned long line = named_line(p, bytes, file);
        for (size_t i = 0; i < count; i++)
            if (seen[i] == line) line = 0;
        if (line && count < SHOWN) seen[count++] = line;
        p += bytes + (p[bytes] == '\n');
    }
    if (count) fputs("    source:\n", out);
    for (size_t i = 0; i < count; i++) print_source_line(out, source, seen[i]);
    fclose(out);
    return text;
}
