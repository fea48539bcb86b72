// SPDX-License-Identifier: MIT
/* ptx_lex.c - PTX text to tokens, and errors with their line.
 *
 * PTX has few kinds of words: names such as %r5 or $L__BB0_1, directives and suffixes that begin
 * with a dot, numbers, and C's operators. The one surprise is the instruction itself:
 * "ld.global.L2::128B.u32" is a name with suffixes in which '::' and digits may stand, so the
 * parser asks for it by cusim_ptx_opcode() where a statement begins. */
#include "ptx_internal.h"

#include <ctype.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* isalpha() and its like depend on the program's locale, and are slower. */
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
static bool is_word_start(char c) { return is_letter(c) || c == '%' || c == '_' || c == '$'; }
static bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '$'; }
static bool is_blank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
static bool is_hex(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/* The character k places ahead, or 0. */
static char ahead(const PtxParser *p, size_t k) {
    if ((size_t)(p->end - p->at) > k) return p->at[k];
    return 0;
}

/* ---- Errors ---- */

static void add_to_log(PtxParser *p, uint32_t line, const char *format, va_list list) {
    if (!p->log || p->log_used + 1 >= p->log_bytes) return;
    char *to = p->log + p->log_used;
    size_t room = p->log_bytes - p->log_used;
    int n = snprintf(to, room, "%sptx line %u: ", p->log_used ? "\n" : "", line);
    if (n > 0 && (size_t)n < room) {
        /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): the callers have started it */
        int m = vsnprintf(to + n, room - (size_t)n, format, list);
        n += m > 0 ? m : 0;
    }
    p->log_used += (size_t)n < room ? (size_t)n : room - 1;
}

/* With 20 errors there is nothing more to say: the rest of the text is left out. */
static void stop(PtxParser *p) {
    p->panic = true;
    p->stopped_at = p->token;
    p->token.kind = PTX_END;
    if (++p->n_errors >= PTX_MAX_ERRORS) {
        p->at = p->end;
        p->stopped_at.kind = PTX_END;
    }
}

void cusim_ptx_error(PtxParser *p, const char *format, ...) {
    if (p->panic || p->n_errors >= PTX_MAX_ERRORS) return;
    va_list list;
    va_start(list, format);
    add_to_log(p, p->token.line, format, list);
    va_end(list);
    stop(p);
}

void cusim_ptx_error_at(PtxParser *p, uint32_t line, const char *format, ...) {
    if (p->panic || p->n_errors >= PTX_MAX_ERRORS) return;
    va_list list;
    va_start(list, format);
    add_to_log(p, line, format, list);
    va_end(list);
    stop(p);
}

static void resume(PtxParser *p) {
    if (!p->panic) return;
    p->panic = false;
    p->token = p->stopped_at;
}

void cusim_ptx_recover(PtxParser *p) {
    resume(p);
    while (p->token.kind != PTX_END) {
        if (p->token.kind == ';' && p->braces <= 0) break;
        if (p->token.kind == '}' && p->braces <= 0) return;
        cusim_ptx_next(p);
    }
    (void)cusim_ptx_take(p, ';');
}

void cusim_ptx_recover_module(PtxParser *p) {
    resume(p);
    while (p->token.kind != PTX_END) {
        int kind = p->token.kind;
        cusim_ptx_next(p);
        if (p->braces <= 0 && (kind == ';' || kind == '}')) break;
    }
}

const char *cusim_ptx_shown(const PtxParser *p, char text[static 64]) {
    const PtxToken *token = p->panic ? &p->stopped_at : &p->token;
    if (token->kind == PTX_END) return "the end of the text";
    size_t n = token->n < 48 ? token->n : 48, k = 0;
    const char *dot = token->kind == PTX_DIRECTIVE ? "." : "";
    k = (size_t)snprintf(text, 64, "\"%s", dot);
    for (size_t i = 0; i < n; ++i)
        text[k++] =
            (char)(isprint((unsigned char)token->text[i]) && (unsigned char)token->text[i] < 127
                       ? token->text[i]
                       : '?');
    (void)snprintf(text + k, 64 - k, "%s\"", token->n > n ? "..." : "");
    return text;
}

/* ---- Blanks and comments ---- */

static void skip_blanks(PtxParser *p) {
    while (p->at < p->end) {
        char c = *p->at;
        if (is_blank(c)) {
            p->line += c == '\n';
            ++p->at;
        } else if (c == '/' && ahead(p, 1) == '/') {
            const char *newline = memchr(p->at, '\n', (size_t)(p->end - p->at));
            p->at = newline ? newline : p->end;
        } else if (c == '/' && ahead(p, 1) == '*') {
            p->at += 2;
            while (p->at < p->end && !(*p->at == '*' && ahead(p, 1) == '/'))
                p->line += *p->at++ == '\n';
            p->at = p->end - p->at >= 2 ? p->at + 2 : p->end;
        } else return;
    }
}

/* ---- Numbers ---- */

static unsigned digit(char c) {
    if (c >= '0' && c <= '9') return (unsigned)(c - '0');
    return (unsigned)((c | 32) - 'a') + 10;
}

/* Digits of a base; false if the number has more than 64 bits. */
static bool digits(PtxParser *p, unsigned base, uint64_t *value) {
    bool fits = true;
    for (*value = 0; is_hex(ahead(p, 0)) && digit(*p->at) < base; ++p->at) {
        uint64_t high = *value > UINT64_MAX / base;
        fits = fits && !high && *value * base <= UINT64_MAX - digit(*p->at);
        *value = *value * base + digit(*p->at);
    }
    return fits;
}

static locale_t c_locale;
static void make_locale(void) { c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0); }

/* 1.5, 1e-3: a double. strtod() would want a comma in some of the program's locales. */
static void decimal_real(PtxParser *p, const char *begin) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    char text[512];
    while (is_digit(ahead(p, 0))) ++p->at;
    if (ahead(p, 0) == '.')
        for (++p->at; is_digit(ahead(p, 0));) ++p->at;
    if ((ahead(p, 0) | 32) == 'e') {
        ++p->at;
        if (ahead(p, 0) == '+' || ahead(p, 0) == '-') ++p->at;
        if (!is_digit(ahead(p, 0))) p->token.kind = PTX_BAD;
        while (is_digit(ahead(p, 0))) ++p->at;
    }
    size_t n = (size_t)(p->at - begin);
    if (n >= sizeof text) p->token.kind = PTX_BAD;
    if (p->token.kind == PTX_BAD) return;
    memcpy(text, begin, n);
    text[n] = 0;
    (void)pthread_once(&once, make_locale);
    double value = c_locale ? strtod_l(text, NULL, c_locale) : strtod(text, NULL);
    memcpy(&p->token.bits, &value, sizeof value);
    p->token.kind = PTX_REAL;
}

/* 0f3F800000 and 0d3FF0000000000000: the bits of a float or a double. */
static bool exact_real(PtxParser *p) {
    char kind = (char)(ahead(p, 1) | 32);
    size_t n = kind == 'f' ? 8 : 16;
    if (ahead(p, 0) != '0' || (kind != 'f' && kind != 'd')) return false;
    p->at += 2;
    const char *begin = p->at;
    uint64_t bits;
    (void)digits(p, 16, &bits);
    p->token.kind = (size_t)(p->at - begin) == n ? PTX_REAL : PTX_BAD;
    p->token.single = kind == 'f';
    p->token.bits = bits;
    return true;
}

static void number(PtxParser *p) {
    const char *begin = p->at;
    PtxToken *token = &p->token;
    token->kind = PTX_INTEGER;
    if (exact_real(p)) return;
    const char *c = p->at;
    while (c < p->end && is_digit(*c)) ++c;
    if (c < p->end && (*c == '.' || (*c | 32) == 'e')) {
        decimal_real(p, begin);
        return;
    }
    unsigned base = 10;
    bool prefix = false;
    if (ahead(p, 0) == '0') {
        char next = (char)(ahead(p, 1) | 32);
        base = next == 'x' ? 16 : next == 'b' ? 2 : 8;
        prefix = base != 8;
    }
    p->at += prefix ? 2 : 0;
    const char *first = p->at;
    bool fits = digits(p, base, &token->bits);
    bool any = p->at > first;
    token->is_unsigned = token->bits > INT64_MAX;
    if ((ahead(p, 0) | 32) == 'u') {
        token->is_unsigned = true;
        ++p->at;
    }
    if (!any || is_word(ahead(p, 0))) {
        while (is_word(ahead(p, 0))) ++p->at;
        token->kind = PTX_BAD;
    } else if (!fits) {
        token->n = (uint32_t)(p->at - begin);
        char shown[64];
        cusim_ptx_error(p, "the number %s has more than 64 bits", cusim_ptx_shown(p, shown));
    }
}

/* ---- Tokens ---- */

static const char *word_end(const PtxParser *p, const char *c) {
    while (c < p->end && is_word(*c)) ++c;
    return c;
}

static void string(PtxParser *p) {
    const char *begin = ++p->at;
    while (p->at < p->end && *p->at != '"' && *p->at != '\n')
        p->at += *p->at == '\\' && ahead(p, 1) && ahead(p, 1) != '\n' ? 2 : 1;
    p->token.text = begin;
    p->token.n = (uint32_t)(p->at - begin);
    p->token.kind = ahead(p, 0) == '"' ? PTX_STRING : PTX_BAD;
    if (p->token.kind == PTX_STRING) ++p->at;
}

static int operator(PtxParser *p) {
    static const struct {
        char text[2];
        int kind;
    } two[] = {{{'<', '<'}, PTX_SHIFT_LEFT}, {{'>', '>'}, PTX_SHIFT_RIGHT},
               {{'<', '='}, PTX_LESS_EQUAL}, {{'>', '='}, PTX_GREATER_EQUAL},
               {{'=', '='}, PTX_EQUAL},      {{'!', '='}, PTX_NOT_EQUAL},
               {{'&', '&'}, PTX_AND_AND},    {{'|', '|'}, PTX_OR_OR}};
    for (size_t i = 0; i < sizeof two / sizeof *two; ++i)
        if (ahead(p, 0) == two[i].text[0] && ahead(p, 1) == two[i].text[1]) {
            p->at += 2;
            return two[i].kind;
        }
    char c = *p->at++;
    return c && strchr(",;:()[]{}<>+-*/%!~&|^?@=", c) ? c : PTX_BAD;
}

void cusim_ptx_next(PtxParser *p) {
    if (p->panic) return;
    p->braces += (p->token.kind == '{') - (p->token.kind == '}');
    skip_blanks(p);
    PtxToken *token = &p->token;
    *token = (PtxToken){.line = p->line, .text = p->at};
    if (p->at == p->end) return;
    char c = *p->at;
    if (is_word_start(c)) {
        const char *end = word_end(p, p->at + 1);
        /* A lone % is an operator. */
        token->kind = c == '%' && end == p->at + 1 ? '%' : PTX_NAME;
        p->at = end;
    } else if (is_digit(c) || (c == '.' && is_digit(ahead(p, 1)))) {
        number(p);
    } else if (c == '.' && is_word(ahead(p, 1))) {
        token->kind = PTX_DIRECTIVE;
        token->text = ++p->at;
        p->at = word_end(p, p->at);
        while (ahead(p, 0) == ':' && ahead(p, 1) == ':') p->at = word_end(p, p->at + 2);
    } else if (c == '"') {
        string(p);
        return;
    } else {
        token->kind = operator(p);
    }
    if (!p->panic) token->n = (uint32_t)(p->at - token->text);
}

static const char *opcode_end(const PtxParser *p, const char *c) {
    for (;; ++c) {
        if (c >= p->end) return p->end;
        if (is_word(*c) || *c == '.') continue;
        if (*c != ':' || p->end - c < 2 || c[1] != ':') return c;
        ++c;
    }
}

void cusim_ptx_opcode(PtxParser *p) {
    if (p->panic) return;
    const char *begin = p->token.text;
    p->at = opcode_end(p, p->at);
    p->token.n = (uint32_t)(p->at - begin);
    /* "add .u32" is allowed, and seen in assembly written by hand. */
    for (;;) {
        skip_blanks(p);
        if (ahead(p, 0) != '.') return;
        const char *from = p->at;
        p->at = opcode_end(p, p->at + 1);
        size_t old = p->token.n, more = (size_t)(p->at - from);
        char *text = cusim_ptx_alloc(p, old + more + 1, 1);
        if (!text) return;
        memcpy(text, p->token.text, old);
        memcpy(text + old, from, more);
        p->token.text = text;
        p->token.n = (uint32_t)(old + more);
    }
}

bool cusim_ptx_is(const PtxParser *p, const char *directive) {
    return p->token.kind == PTX_DIRECTIVE && strncmp(directive, p->token.text, p->token.n) == 0 &&
           !directive[p->token.n];
}

bool cusim_ptx_take(PtxParser *p, int kind) {
    if (p->token.kind != kind || p->panic) return false;
    cusim_ptx_next(p);
    return true;
}

bool cusim_ptx_take_directive(PtxParser *p, const char *directive) {
    if (!cusim_ptx_is(p, directive)) return false;
    cusim_ptx_next(p);
    return true;
}

void cusim_ptx_need(PtxParser *p, int kind, const char *what) {
    char shown[64];
    if (kind == PTX_NAME && !p->panic) p->name_line = p->token.line;
    if (!cusim_ptx_take(p, kind))
        cusim_ptx_error(p, "%s expected, not %s", what, cusim_ptx_shown(p, shown));
}
