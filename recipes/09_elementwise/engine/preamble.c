// SPDX-License-Identifier: MIT
/* The reader's own functions, which a statement may call: "float square(float x) { return x*x; }".
 * They are C as it is in all three languages; but CUDA C wants __device__ in front of what a kernel
 * calls, so each function definition gets the word FUNCTION, which means the right thing in each.
 * Here preprocessor lines, comments and return are welcome; only the brackets must pair, or the
 * kernel behind would become part of a function.
 */
#include "internal.h"

static bool in(char c, const char *set) { return c && strchr(set, c); }

static bool starts(const char *text, const char *word) {
    size_t bytes = strlen(word);
    char after[2] = {'\0', '\0'};
    if (strncmp(text, word, bytes) != 0) return false;
    after[0] = text[bytes];
    return !ew_is_name(after) && !in(*after, "0123456789");
}

/* What is skipped as a whole: a comment, a text in quotes, a preprocessor line (with those that it
 * goes on in). Its length; 0: none of these begins here; SIZE_MAX: it has no end. */
static size_t skip(const char *text, const char *p) {
    const char *end;
    if (p[0] == '/' && p[1] == '/') return strcspn(p, "\n");
    if (p[0] == '/' && p[1] == '*') {
        end = strstr(p + 2, "*/");
        return end ? (size_t)(end + 2 - p) : SIZE_MAX;
    }
    if (*p == '"' || *p == '\'') {
        for (end = p + 1; *end && *end != *p && *end != '\n'; end++)
            if (*end == '\\' && end[1]) end++;
        return *end == *p ? (size_t)(end + 1 - p) : SIZE_MAX;
    }
    const char *begin = p;
    while (begin > text && in(begin[-1], " \t")) begin--;
    if (*p != '#' || (begin > text && begin[-1] != '\n')) return 0;
    for (end = p + strcspn(p, "\n"); *end && end[-1] == '\\';) end += 1 + strcspn(end + 1, "\n");
    return (size_t)(end - p);
}

int ew_check_preamble(const char *text) {
    enum { DEEPEST = 64 };
    char open[DEEPEST];
    const char *at[DEEPEST];
    size_t depth = 0;
    for (const char *p = text; *p;) {
        size_t bytes = skip(text, p);
        if (bytes == SIZE_MAX)
            return ew_refuse("preamble", text, p, NULL, "this comment or text is never closed");
        if (bytes == 0 && in(*p, "([{")) {
            if (depth == DEEPEST)
                return ew_refuse("preamble", text, p, NULL, "more than 64 open brackets");
            at[depth] = p;
            open[depth++] = ew_closing(*p);
        } else if (bytes == 0 && in(*p, ")]}") && (depth == 0 || open[--depth] != *p)) {
            return ew_refuse("preamble", text, p, "close each bracket that is open, and no other",
                             "this bracket closes nothing");
        }
        p += bytes ? bytes : 1;
    }
    return depth == 0 ? HC_OK
                      : ew_refuse("preamble", text, at[depth - 1],
                                  "close each bracket that is open, and no other",
                                  "this bracket is never closed");
}

/* Does a function begin here: is there a '(' before a ';', '=' or '{'? */
static bool is_function(const char *text, const char *p) {
    static const char *const others[] = {"typedef",  "struct",   "union", "enum",
                                         "FUNCTION", "CONSTANT", NULL};
    for (size_t k = 0; others[k]; k++)
        if (starts(p, others[k])) return false;
    while (*p && !in(*p, ";={(")) {
        size_t bytes = skip(text, p);
        p += bytes ? bytes : 1;
    }
    return *p == '(';
}

void ew_preamble(EwText *out, EwLanguage language, const char *text) {
    EwText marked = {0};
    char *all = NULL;
    size_t depth = 0;
    bool fresh = true; /* a declaration may begin here */
    for (const char *p = text; *p;) {
        size_t bytes = skip(text, p);
        if (bytes) {
            ew_add(&marked, "%.*s", (int)bytes, p);
            p += bytes;
            continue;
        }
        if (fresh && depth == 0 && !in(*p, " \t\r\n;}")) {
            bool own = starts(p, "static") || starts(p, "inline");
            if (is_function(text, p))
                ew_add(&marked, "%s",
                       !own                    ? "FUNCTION "
                       : language == EW_CUDA_C ? "__device__ "
                                               : "");
            fresh = false;
        }
        if (in(*p, "([{")) depth++;
        if (in(*p, ")]}")) depth--;
        if (depth == 0 && in(*p, ";}")) fresh = true;
        ew_add(&marked, "%c", *p++);
    }
    if (ew_text_take(&marked, &all) == HC_OK) ew_paste(out, "preamble", all, "");
    else out->failed = true;
    free(all);
}
