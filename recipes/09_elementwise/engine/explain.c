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

/* Line number of the text called what in the source; NULL if there is none. */
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

/* One line of the log, "statement:1:10: error: words" or "statement(1): error: words". */
static bool explain_line(EwText *out, const char *source, const char *log) {
    const char *name = log + strspn(log, " \t");
    size_t bytes = strcspn(name, ":(\n"), line, column = 0, length;
    char *end;
    if (bytes == 0 || (name[bytes] != ':' && name[bytes] != '(')) return false;
    line = strtoul(name + bytes + 1, &end, 10);
    if (line == 0) return false;
    if (*end == ':' && end[1] >= '0' && end[1] <= '9') column = strtoul(end + 1, &end, 10);
    end += strspn(end, "):, ");
    const char *text = find_line(source, name, bytes, line, &length);
    if (!text) return false;
    if (column == 0) column = column_below(log, text, length);
    if (out->used == 0 || strncmp(end, "note", 4) != 0) ew_add(out, "%s", out->used ? "\n" : "");
    ew_add(out, "    in the %.*s, ", (int)bytes, name);
    if (line > 1 || column == 0) ew_add(out, "line %zu%s", line, column ? ", " : "");
    if (column) ew_add(out, "column %zu", column);
    ew_add(out, ":\n        %.*s\n", (int)length, text);
    if (column) {
        ew_add(out, "        ");
        for (size_t k = 0; k + 1 < column; k++)
            ew_add(out, "%c", k < length && text[k] == '\t' ? '\t' : ' ');
        ew_add(out, "^\n");
    }
    ew_add(out, "        %.*s\n", (int)strcspn(end, "\n"), end);
    return true;
}

void ew_explain(const char *source) {
    const HcError *error = hc_last_error();
    EwText out = {0};
    char *text = NULL;
    bool found = false;
    if (!error->detail) return;
    for (const char *p = error->detail; *p; p += strcspn(p, "\n"), p += *p == '\n')
        found = explain_line(&out, source, p) || found;
    if (found) ew_add(&out, "\n%s", error->detail);
    if (ew_text_take(&out, &text) == HC_OK && found) hc_set_error_detail(text);
    else free(text);
}
