// SPDX-License-Identifier: MIT
/* The reader's statement, cut into tokens. It is pasted into a kernel, so it must be one whole
 * thing: a text with an unbalanced brace, a preprocessor line, a comment or a return would change
 * the kernel around it, and is refused here, by name and with a caret, before any compiler sees it.
 * The tokens also tell how each array is used: only as x[i], or otherwise.
 */
#include "internal.h"

int ew_refuse(const char *what, const char *text, const char *at, const char *hint,
              const char *why) {
    char *detail = NULL;
    EwText out = {0};
    size_t line = 1;
    const char *begin = text;
    for (const char *p = text; p < at; p++)
        if (*p == '\n') line++, begin = p + 1;
    int bytes = (int)strcspn(begin, "\n"), column = (int)(at - begin);
    ew_add(&out, "    %.*s\n    ", bytes, begin);
    for (int k = 0; k < column; k++) ew_add(&out, "%c", begin[k] == '\t' ? '\t' : ' ');
    ew_add(&out, "^\n");
    ew_text_take(&out, &detail);
    if (line == 1)
        hc_set_error(HC_USAGE, 0, NULL, hint, "in the %s, column %d: %s", what, column + 1, why);
    else
        hc_set_error(HC_USAGE, 0, NULL, hint, "in the %s, line %zu, column %d: %s", what, line,
                     column + 1, why);
    hc_set_error_detail(detail);
    return HC_USAGE;
}

bool ew_token_is(const EwToken *token, const char *text) {
    return strlen(text) == token->bytes && strncmp(token->at, text, token->bytes) == 0;
}

static bool is_one_of(const char *const *words, const EwToken *token) {
    for (; *words; words++)
        if (ew_token_is(token, *words)) return true;
    return false;
}

/* Words that would reach beyond the statement. */
static const char *const forbidden[] = {"return",
                                        "goto",
                                        "asm",
                                        "typedef",
                                        "static",
                                        "extern",
                                        "kernel",
                                        "volatile",
                                        "register",
                                        "barrier",
                                        "work_group_barrier",
                                        "sub_group_barrier",
                                        "_Pragma",
                                        "struct",
                                        "union",
                                        "enum",
                                        "template",
                                        "namespace",
                                        "class",
                                        "using",
                                        "throw",
                                        "try",
                                        "catch",
                                        "operator",
                                        "setjmp",
                                        "longjmp",
                                        "exit",
                                        "abort",
                                        NULL};

static const char *const keywords[] = {
    "auto",     "break",   "case",   "char",   "const",  "continue", "default", "do",
    "double",   "else",    "float",  "for",    "if",     "inline",   "int",     "long",
    "restrict", "short",   "signed", "sizeof", "switch", "unsigned", "void",    "while",
    "bool",     "true",    "false",  "half",   "cfloat", "cdouble",  "global",  "local",
    "constant", "private", "new",    "delete", "this",   "size_t",   NULL};

static const char *const words[] = {
#define EW_WORD(word, opencl, cuda, c) word,
#include "words.def"
#undef EW_WORD
    NULL};

/* A word of the prologue ends at its '(', if it takes arguments. */
static bool is_word(const EwToken *token) {
    for (size_t k = 0; words[k]; k++) {
        size_t bytes = strcspn(words[k], "(");
        if (bytes == token->bytes && strncmp(words[k], token->at, bytes) == 0) return true;
    }
    return false;
}

bool ew_reserved(const char *name) {
    EwToken token = {'n', name, strlen(name)};
    return is_one_of(forbidden, &token) || is_one_of(keywords, &token) || is_word(&token) ||
           strncmp(name, "ew_", 3) == 0 || strncmp(name, "__", 2) == 0;
}

static bool in(char c, const char *set) { return c && strchr(set, c); }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) {
    return c == '_' || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* How many characters the token at p has; *kind: 'n' a name, '1' a number, else its first
 * character. 0: it is none. */
static size_t measure(const char *p, char *kind) {
    static const char *const longer[] = {"<<=", ">>=", "==", "!=", "<=", ">=", "<<",
                                         ">>",  "+=",  "-=", "*=", "/=", "%=", "&=",
                                         "|=",  "^=",  "&&", "||", "++", "--", "->"};
    size_t bytes = 0;
    *kind = *p;
    if (is_letter(*p)) {
        *kind = 'n';
        while (is_letter(p[bytes]) || is_digit(p[bytes])) bytes++;
        return bytes;
    }
    if (is_digit(*p) || (*p == '.' && is_digit(p[1]))) { /* also 0x1p-3 and 1e+5f */
        *kind = '1';
        for (; is_letter(p[bytes]) || is_digit(p[bytes]) || p[bytes] == '.' ||
               (in(p[bytes], "+-") && bytes && in(p[bytes - 1], "eEpP") &&
                (in(p[bytes - 1], "pP") || !in(p[1], "xX")));)
            bytes++;
        return bytes;
    }
    for (size_t k = 0; k < sizeof longer / sizeof *longer; k++)
        if (strncmp(p, longer[k], strlen(longer[k])) == 0) return strlen(longer[k]);
    return in(*p, "+-*/%<>=!~&|^?:;,.()[]{}") ? 1 : 0;
}

/* Text that a compiler would read as something else than what the tokens say. */
static const char *strange(const char *p) {
    if (*p == '#') return "preprocessor lines are not allowed";
    if (*p == '\\') return "a backslash is not allowed";
    if (*p == '"' || *p == '\'') return "texts and characters in quotes are not allowed";
    if (p[0] == '/' && in(p[1], "/*")) return "comments are not allowed";
    if (p[0] == '?' && p[1] == '?') return "trigraphs (\"?\?\") are not allowed";
    if ((p[0] == '<' && in(p[1], "%:")) || (in(*p, "%:") && p[1] == '>') ||
        (p[0] == '%' && p[1] == ':'))
        return "digraphs, another spelling of brackets and #, are not allowed";
    return NULL;
}

char ew_closing(char bracket) {
    if (bracket == '(') return ')';
    return bracket == '[' ? ']' : '}';
}

/* One token against the frame: brackets must pair, names must stay within. */
static int check(const char *what, const char *text, const EwToken *t, char *open, size_t *depth,
                 const char **at) {
    enum { DEEPEST = 64 };
    if (in(t->kind, "([{")) {
        if (*depth == DEEPEST)
            return ew_refuse(what, text, t->at, NULL, "more than 64 open brackets");
        at[*depth] = t->at;
        open[(*depth)++] = ew_closing(t->kind);
    } else if (in(t->kind, ")]}") && (*depth == 0 || open[--*depth] != t->kind)) {
        return ew_refuse(what, text, t->at, "close each bracket that is open, and no other",
                         "this bracket closes nothing");
    } else if (t->kind == 'n') {
        bool engine = *t->at >= 'A' && *t->at <= 'Z' && is_word(t); /* the others are for all */
        if (engine || is_one_of(forbidden, t) || (t->bytes > 1 && strncmp(t->at, "__", 2) == 0) ||
            (t->bytes > 2 && strncmp(t->at, "ew_", 3) == 0)) {
            char why[160];
            snprintf(why, sizeof why, "'%.*s' reaches beyond the %s into the kernel around it",
                     (int)(t->bytes < 60 ? t->bytes : 60), t->at, what);
            return ew_refuse(what, text, t->at,
                             "write what happens to element i; functions go into the preamble",
                             why);
        }
    }
    return HC_OK;
}

int ew_tokens(const char *what, const char *text, EwToken **tokens, size_t *count) {
    char open[64];
    const char *at[64];
    size_t depth = 0, room = strlen(text) + 1;
    EwToken *list = NULL;
    *tokens = NULL;
    *count = 0;
    int status = hc_alloc(room, sizeof *list, &list);
    for (const char *p = text; status == HC_OK && *p;) {
        const char *why = strange(p);
        EwToken *t = &list[*count];
        if (in(*p, " \t\r\n")) {
            p++;
            continue;
        }
        *t = (EwToken){.at = p, .bytes = measure(p, &t->kind)};
        t->bytes = measure(p, &t->kind);
        if (why || t->bytes == 0) {
            status = ew_refuse(what, text, p, "write plain C over the arguments, i and n",
                               why ? why : "this character has no meaning here");
            break;
        }
        status = check(what, text, t, open, &depth, at);
        p += t->bytes;
        ++*count;
    }
    if (status == HC_OK && depth)
        status =
            ew_refuse(what, text, at[depth - 1], "close each bracket that is open, and no other",
                      "this bracket is never closed");
    if (status == HC_OK && *count == 0)
        status = hc_set_error(HC_USAGE, 0, NULL, NULL, "the %s is empty", what);
    if (status == HC_OK) *tokens = list;
    else free(list), *count = 0;
    return status;
}

bool ew_plain_use(const EwToken *tokens, size_t count, size_t k) {
    return k + 3 < count && tokens[k + 1].kind == '[' && ew_token_is(&tokens[k + 2], "i") &&
           tokens[k + 3].kind == ']';
}

int ew_scan_uses(EwKernel *kernel, const char *what, const char *text) {
    EwToken *tokens = NULL;
    size_t count = 0;
    int status = ew_tokens(what, text, &tokens, &count);
    for (size_t k = 0; status == HC_OK && k < count; k++) {
        bool index = tokens[k].kind == 'n' && ew_token_is(&tokens[k], "i");
        bool member = k && (tokens[k - 1].kind == '.' || ew_token_is(&tokens[k - 1], "->"));
        if (index && k && tokens[k - 1].kind == 'n' && !ew_token_is(&tokens[k - 1], "else") &&
            !ew_token_is(&tokens[k - 1], "sizeof") && !ew_token_is(&tokens[k - 1], "case"))
            status = ew_refuse(what, text, tokens[k].at, "give this variable another name",
                               "i is the index of the element, and cannot be declared again");
        for (size_t a = 0; tokens[k].kind == 'n' && !member && a < kernel->arg_count; a++) {
            EwArg *arg = &kernel->args[a];
            if (!ew_token_is(&tokens[k], arg->name)) continue;
            arg->used = true;
            if (!arg->array) continue;
            if (ew_plain_use(tokens, count, k)) arg->at_i = true;
            else arg->elsewhere = true;
            if (arg->elsewhere && arg->type == EW_F16)
                status = ew_refuse(what, text, tokens[k].at,
                                   "an array of half is read and written as NAME[i] only",
                                   "half is a type of storage: the device calculates in float");
        }
    }
    free(tokens);
    return status;
}
