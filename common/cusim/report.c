// SPDX-License-Identifier: MIT
/* report.c - what the device says to people, and what people tell the device.
 *
 * A real driver prints nothing; this one explains. Everything goes to stderr, each line beginning
 * with "cusim: ", and one message is one write, so that messages of several threads do not mix.
 * The other direction is the CUSIM_ variables of the environment. */
#include <errno.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "device.h"

/* Text with "cusim: " before every line; malloc'd. NULL: out of memory. */
static char *with_prefix(const char *text) {
    static const char prefix[] = "cusim: ";
    size_t n_lines = 1;
    for (const char *c = text; *c; c++) n_lines += *c == '\n';
    char *out = malloc(strlen(text) + n_lines * sizeof(prefix) + 2);
    if (!out) return NULL;
    char *to = out;
    for (const char *line = text; *line;) {
        size_t n = strcspn(line, "\n");
        memcpy(to, prefix, sizeof(prefix) - 1);
        to += sizeof(prefix) - 1;
        memcpy(to, line, n);
        to += n;
        *to++ = '\n';
        line += n + (line[n] == '\n');
    }
    *to = 0;
    return out;
}

void cusim_report(const char *format, ...) {
    char text[4096];
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    char *longer = NULL;
    if (n >= (int)sizeof(text) && (longer = malloc((size_t)n + 1))) {
        va_start(args, format);
        (void)vsnprintf(longer, (size_t)n + 1, format, args);
        va_end(args);
    }
    char *lines = n > 0 ? with_prefix(longer ? longer : text) : NULL;
    if (lines) (void)fputs(lines, stderr);
    free(lines);
    free(longer);
}

const char *cusim_env(const char *name) {
    const char *value = getenv(name);
    return value && value[0] ? value : NULL;
}

/* True the first time that a name is given: what a variable cannot mean is said once. */
static bool first_time(const char *name) {
    enum { MOST = 32 };
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static char said[MOST][32];
    static int n_said;
    bool first = true;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < n_said; i++)
        if (strncmp(said[i], name, sizeof(said[i]) - 1) == 0) first = false;
    if (first && n_said < MOST)
        (void)snprintf(said[n_said++], sizeof(said[0]), "%s", name); /* the rest stays 0 */
    pthread_mutex_unlock(&lock);
    return first;
}

long cusim_env_long(const char *name, long otherwise, long least, long most) {
    const char *value = cusim_env(name);
    if (!value) return otherwise;
    char *end = NULL;
    errno = 0;
    long number = strtol(value, &end, 10);
    if (!errno && *end == 0 && number >= least && number <= most) return number;
    if (first_time(name))
        cusim_report("%s=%s: a whole number from %ld to %ld is wanted; using %ld", name, value,
                     least, most, otherwise);
    return otherwise;
}
