// SPDX-License-Identifier: MIT
/* A compiler's complaint about the reader's own text. Every compiler has its own way to name a
 * place, and its log speaks of a generated source; but the reader's texts stand in that under
 * #line, so what concerns them can be found in the log, and is shown here in one form:
 *
 *     in the statement, column 10:
 *         z[i] = a*q[i] + y[i]
 *                  ^
 *         error: use of undeclared identifier 'q'
 */
#include "internal.h"

/* The line of a number in the text called what in the source, without what the generator put behind
 * its end; NULL if there is none. */
static const char *find_line(const char *source, const char *what, size_t bytes, size_t line,
                             size_t *length) {
    char start[80];
    if (bytes > 40) return NULL;
    snprintf(start, sizeof start, "#line 1 \"%.*s\"\n", (int)bytes, what);
    const char *p = strstr(source, start);
    if (!p) return NULL;
    p += strlen(start);
    for (; line > 1; line--) {
        p += strcspn(p, "\n");
        if (!*p || strncmp(p + 1, "#line", 5) == 0) return NULL;
        p++;
    }
    *length = strcspn(p, "\n");
    if (strncmp(p + *length, "\n#line", 6) == 0)
        while (*length && p[--*length] != ' ') continue;
    return p;
}

/* NVRTC shows the line, and a ^ under the column, in the next two lines of its log; a log may be
 * indented. The column, from 1 on, or 0. */
static size_t column_below(const char *log, const char *line, size_t length) {
    const char *shown = strchr(log, '\n');
    const char *caret = shown ? strchr(shown + 1, '\n') : NULL;
    if (!caret) return 0;
    shown++, caret++;
    size_t at = strspn(caret, " \t");
    size_t indent = strspn(shown, " \t"), own = 0;
    while (own < length && strchr(" \t", line[own])) own++;
    if (caret[at] != '^' || at < indent) return 0;
    return at - indent + own + 1;
}

/* Where the words after an optional "error: ", "warning: ", "note: " or "fatal error: " begin. */
static const char *skip_kind(const char *text, const char **kind) {
    static const char *const kinds[] = {"fatal error", "error", "warning", "note"};
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        size_t bytes = strlen(kinds[k]);
        if (strncmp(text, kinds[k], bytes) != 0 || text[bytes] != ':') continue;
        *kind = kinds[k];
        return text + bytes + 1 + (text[bytes + 1] == ' ');
    }
    return text;
}

/* One line of the log: "statement:1:10: error: words", "statement(1): error: words" or
 * "error: statement:1:10: words". */
static bool explain_line(EwText *all, const char *source, const char *log) {
    EwText out = {0};
    char *block = NULL;
    const char *kind = "error", *name = skip_kind(log + strspn(log, " \t"), &kind), *text;
    size_t bytes = strcspn(name, ":(\n"), line, column = 0, length;
    char *end;
    if (bytes == 0 || (name[bytes] != ':' && name[bytes] != '(')) return false;
    line = strtoul(name + bytes + 1, &end, 10);
    if (line == 0) return false;
    if (*end == ':' && end[1] >= '0' && end[1] <= '9') column = strtoul(end + 1, &end, 10);
    const char *words = skip_kind(end + strspn(end, "):, "), &kind);
    text = find_line(source, name, bytes, line, &length);
    if (!text) return false;
    if (strcmp(kind, "note") == 0) return true; /* mostly about how the compiler came there */
    if (column == 0) column = column_below(log, text, length);
    ew_add(&out, "    in the %.*s, ", (int)bytes, name);
    if (line > 1 || column == 0) ew_add(&out, "line %zu%s", line, column ? ", " : "");
    if (column) ew_add(&out, "column %zu", column);
    ew_add(&out, ":\n        %.*s\n", (int)length, text);
    if (column) {
        ew_add(&out, "        ");
        for (size_t k = 0; k + 1 < column; k++)
            ew_add(&out, "%c", k < length && text[k] == '\t' ? '\t' : ' ');
        ew_add(&out, "^\n");
    }
    ew_add(&out, "        %s: %.*s\n", kind, (int)strcspn(words, "\n"), words);
    /* The text may stand in the source twice, once for each loop. */
    bool known = ew_text_take(&out, &block) != HC_OK || (all->used && strstr(all->text, block));
    if (!known) ew_add(all, "%s", block);
    free(block);
    return true;
}

/* Is there an "error:" in this line? */
static bool has_error(const char *line) {
    const char *found = strstr(line, "error:");
    return found && found < line + strcspn(line, "\n");
}

void ew_explain(const char *source) {
    const HcError *error = hc_last_error();
    EwText out = {0};
    char *text = NULL;
    bool found = false, more = false; /* more: errors about other places */
    if (!error->detail) return;
    for (const char *p = error->detail; *p; p += strcspn(p, "\n"), p += *p == '\n') {
        if (explain_line(&out, source, p)) found = true;
        else if (has_error(p)) more = true;
    }
    if (more) ew_add(&out, "\n%s", error->detail);
    if (ew_text_take(&out, &text) == HC_OK && found) hc_set_error_detail(text);
    else free(text);
}
