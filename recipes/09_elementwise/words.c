// SPDX-License-Identifier: MIT
/* What a reader types becomes what the engine takes. In "z = a*x + y" each plain name of a column
 * means its element i, so it becomes "z[i] = a*x[i] + y[i]"; a name that has brackets already
 * stays, so that x[i + 1] is possible, and the engine's own form is a case of the reader's. A name
 * that is assigned to and is no column becomes one. This reads words, not C: whatever is wrong
 * beyond names the compiler will say, with the place in this text.
 */
#define _POSIX_C_SOURCE 200809L
#include "words.h"

#include <ctype.h>
#include <math.h>

typedef struct Scan {
    Words *words;
    const char *option, *text, *at;
    FILE *out;
    char local[WORDS_ARGS][COLUMN_NAME]; /* "float t = ...": a variable of the statement */
    size_t locals;
    int depth, declared_at; /* parentheses; where the declaration began, or -1 */
    bool expects_name;      /* a type has been read, its variable comes */
} Scan;

static bool in_list(const char *list, const char *word, size_t length) {
    char padded[COLUMN_NAME + 2];
    if (length >= COLUMN_NAME) return false;
    snprintf(padded, sizeof padded, " %.*s ", (int)length, word);
    return list && strstr(list, padded) != NULL;
}

static bool is_letter(char c) { return c == '_' || isalnum((unsigned char)c); }

/* Leave an error at a place of the text, shown under a caret. */
static int bad(const Scan *s, const char *at, const char *hint, const char *format,
               const char *word, size_t length) {
    char *detail = NULL;
    size_t size, column = (size_t)(at - s->text), from = column > 60 ? column - 60 : 0;
    char what[160];
    snprintf(what, sizeof what, format, (int)(length < 60 ? length : 60), word);
    int status = hc_set_error(HC_USAGE, 0, NULL, hint, "%s: %s", s->option, what);
    FILE *out = open_memstream(&detail, &size);
    if (!out) return status;
    fprintf(out, "        %.90s\n        %*s^\n", s->text + from, (int)(column - from), "");
    fclose(out);
    hc_set_error_detail(detail);
    return status;
}

/* ---- What a name is ---- */

static const char type_words[] =
    " char short int long float double half signed unsigned uchar ushort uint ulong size_t bool "
    "const "
    "int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t ";
static const char keywords[] =
    " if else for while do return break continue switch case default goto sizeof true false ";
/* Correctly rounded, or without any rounding, in all three languages. */
static const char exact_functions[] =
    " sqrt fabs abs floor ceil trunc rint round fma fmin fmax min max copysign ldexp isnan isinf "
    "isfinite make_item ";

static bool is_local(const Scan *s, const char *name, size_t length) {
    for (size_t k = 0; k < s->locals; k++)
        if (strncmp(s->local[k], name, length) == 0 && !s->local[k][length]) return true;
    return false;
}

/* Is what stands behind a name, after its brackets, an assignment to it? 'p': a plain =; 'c': one
 * that reads first, as +=. */
static char assignment(const char *at) {
    at += strspn(at, " \t\n");
    if (*at == '[') {
        int depth = 0;
        do depth += (*at == '[') - (*at == ']');
        while (*at++ && depth > 0);
        at += strspn(at, " \t\n");
    }
    if (at[0] == '=' && at[1] != '=') return 'p';
    if ((at[0] == '+' || at[0] == '-') && at[1] == at[0]) return 'c';
    if (strchr("+-*/%&|^", at[0]) && at[0] && at[1] == '=') return 'c';
    if ((at[0] == '<' || at[0] == '>') && at[1] == at[0] && at[2] == '=') return 'c';
    return 0;
}

static bool is_incremented(const Scan *s, const char *at) {
    while (at > s->text && isspace((unsigned char)at[-1])) at--;
    return at - s->text >= 2 && (at[-1] == '+' || at[-1] == '-') && at[-2] == at[-1];
}

/* Which of the new columns it is; fresh_count: none. */
static size_t find_fresh(const Words *w, const char *name, size_t length) {
    size_t k = 0;
    while (k < w->fresh_count && (strncmp(w->fresh[k], name, length) != 0 || w->fresh[k][length]))
        k++;
    return k;
}

/* A name that is nothing yet, not assigned to: what was meant? */
static int unknown(const Scan *s, const char *name, size_t length) {
    char hint[400];
    size_t at = (size_t)snprintf(hint, sizeof hint, "columns:");
    for (size_t c = 0; c < s->words->columns->count && at < sizeof hint - 80; c++)
        at +=
            (size_t)snprintf(hint + at, sizeof hint - at, " %s", s->words->columns->column[c].name);
    snprintf(hint + at, sizeof hint - at, "; a number with a name: --let %.*s=2.5",
             (int)(length < 31 ? length : 31), name);
    return bad(s, name, hint, "'%.*s' is neither a column nor a number with a name", name, length);
}

static int take_column(Scan *s, const char *name, size_t length, bool has_brackets) {
    Words *w = s->words;
    const Column *column = column_find(w->columns, name, length);
    char how = assignment(s->at), text[COLUMN_NAME];
    if (!how && is_incremented(s, name)) how = 'c';
    snprintf(text, sizeof text, "%.*s", (int)length, name);
    if (column) {
        size_t c = (size_t)(column - w->columns->column);
        if (how) w->writes[c] = true;
        if (how != 'p') w->reads[c] = true;
    } else if (find_fresh(w, name, length) < w->fresh_count) {
        if (how != 'p') w->fresh_read[find_fresh(w, name, length)] = true;
    } else {
        if (how != 'p') return unknown(s, name, length);
        if (w->fresh_count == WORDS_ARGS)
            return bad(s, name, NULL, "'%.*s' is one column too many", name, length);
        memcpy(w->fresh[w->fresh_count++], text, sizeof text);
    }
    if (how) w->assigns = true;
    fputs(text, s->out);
    if (!has_brackets) fputs("[i]", s->out);
    return HC_OK;
}

static bool is_constant(const char *name, size_t length) { /* M_PI, INFINITY, UINT_MAX */
    for (size_t k = 0; k < length; k++)
        if (islower((unsigned char)name[k])) return false;
    return length > 1;
}

static int take_name(Scan *s) {
    Words *w = s->words;
    const char *name = s->at;
    while (is_letter(*s->at)) s->at++;
    size_t length = (size_t)(s->at - name);
    const char *before = name, *after = s->at + strspn(s->at, " \t\n");
    while (before > s->text && isspace((unsigned char)before[-1])) before--;
    bool field =
        before > s->text && (before[-1] == '.' || (before[-1] == '>' && before[-2] == '-'));
    bool type = in_list(type_words, name, length);
    if (type) {
        s->expects_name = true;
        s->declared_at = s->depth;
    } else if (s->expects_name && *after != '(') { /* the variable that was declared */
        s->expects_name = false;
        if (s->locals == WORDS_ARGS || length >= COLUMN_NAME)
            return bad(s, name, NULL, "'%.*s' is one variable too many, or too long", name, length);
        snprintf(s->local[s->locals++], COLUMN_NAME, "%.*s", (int)length, name);
    } else if (*after == '(' && !field && !in_list(keywords, name, length)) {
        bool exact = in_list(exact_functions, name, length);
        if (!exact) w->functions = true;
        if (!exact || in_list(" sqrt ", name, length)) w->fractions = true;
    } else if (!field && !in_list(keywords, name, length) && !in_list(" i n ", name, length) &&
               !in_list(w->also, name, length) && !is_local(s, name, length)) {
        for (size_t k = 0; k < w->let_count; k++)
            if (strncmp(w->lets[k].name, name, length) == 0 && !w->lets[k].name[length]) {
                w->uses_let[k] = true;
                fputs(w->lets[k].name, s->out);
                return assignment(s->at) ? bad(s, name, "a name of --let is a number, no column",
                                               "'%.*s' cannot be assigned to", name, length)
                                         : HC_OK;
            }
        if (length >= COLUMN_NAME)
            return bad(s, name, NULL, "'%.*s...' is longer than 31 letters", name, length);
        if (column_find(w->columns, name, length) || !is_constant(name, length) ||
            assignment(s->at))
            return take_column(s, name, length, *after == '[');
    }
    fwrite(name, 1, length, s->out);
    return HC_OK;
}

/* A number, with its point, exponent and suffix: the letters in 1e5f and 0xff are no names. */
static void take_number(Scan *s) {
    const char *from = s->at;
    bool hexadecimal = from[0] == '0' && (from[1] == 'x' || from[1] == 'X');
    for (s->at++; is_letter(*s->at) || *s->at == '.'; s->at++) {
        bool exponent = strchr(hexadecimal ? "pP" : "eE", *s->at) != NULL;
        if (*s->at == '.' || exponent) s->words->fractions = true;
        if (exponent && (s->at[1] == '+' || s->at[1] == '-')) s->at++;
    }
    if (*from == '.') s->words->fractions = true;
    fwrite(from, 1, (size_t)(s->at - from), s->out);
}

static int scan(Scan *s) {
    s->declared_at = -1;
    while (*s->at) {
        char c = *s->at;
        int status = HC_OK;
        if (c == '*' && s->at[1] == '*')
            return bad(s, s->at, "write x*x, or pow(x, 3)", "%.*s: there is no such operator in C",
                       "**", 2);
        if (isdigit((unsigned char)c) || (c == '.' && isdigit((unsigned char)s->at[1])))
            take_number(s);
        else if (is_letter(c)) status = take_name(s);
        else {
            s->depth += (c == '(' || c == '[' || c == '{') - (c == ')' || c == ']' || c == '}');
            if (c == ';' || s->depth < s->declared_at) s->declared_at = -1;
            if (c == ')' || c == ';') s->expects_name = false; /* (float)x is a cast */
            if (c == ',' && s->depth == s->declared_at) s->expects_name = true;
            fputc(c, s->out);
            s->at++;
        }
        if (status != HC_OK) return status;
    }
    return HC_OK;
}

int words_read(Words *words, const char *option, const char *text, char **out) {
    size_t size;
    Scan s = {.words = words, .option = option, .text = text, .at = text};
    *out = NULL;
    if (!text[strspn(text, " \t\n;")])
        return hc_set_error(HC_USAGE, 0, NULL, "as in --expr \"z = sqrt(x*x + y*y)\"",
                            "%s: nothing in it", option);
    s.out = open_memstream(out, &size);
    if (!s.out) return hc_set_error(HC_ERROR, 0, NULL, NULL, "no memory for a text");
    int status = scan(&s);
    if (fclose(s.out) != 0 && status == HC_OK)
        status = hc_set_error(HC_ERROR, 0, NULL, NULL, "no memory for a text");
    if (status == HC_OK) return HC_OK;
    free(*out);
    *out = NULL;
    return status;
}

/* ---- Types, declarations, values ---- */

EwType words_type(const Words *w) {
    EwType widest = EW_NONE;
    for (size_t c = 0; c < w->columns->count; c++)
        if (w->reads[c] && w->columns->column[c].type > widest) widest = w->columns->column[c].type;
    if (w->to != EW_NONE) return w->to;
    return widest != EW_NONE ? widest : w->columns->count ? w->columns->column[0].type : EW_F64;
}

int words_add_columns(Words *w) {
    EwType type = words_type(w);
    for (size_t k = 0; k < w->fresh_count; k++) {
        Column *column;
        int status = column_add(w->columns, w->fresh[k], type, w->columns->n, &column);
        if (status != HC_OK) return status;
        if (strcmp(column->name, w->fresh[k]) != 0)
            return hc_set_error(HC_USAGE, 0, NULL, "take another name",
                                "'%s' cannot be the name of a column", w->fresh[k]);
        w->writes[column - w->columns->column] = true;
        w->reads[column - w->columns->column] = w->fresh_read[k];
    }
    w->fresh_count = 0;
    return HC_OK;
}

/* Reals of --let take the type of the columns, so that float stays float. */
static EwType let_type(const Words *w, const Let *let) {
    EwType widest = EW_NONE;
    if (let->value.kind != 'f') return let->type;
    for (size_t c = 0; c < w->columns->count; c++)
        if ((w->reads[c] || w->writes[c]) && w->columns->column[c].type > widest)
            widest = w->columns->column[c].type;
    return widest == EW_F32 ? EW_F32 : EW_F64;
}

bool words_value(const Words *w, size_t k, EwValue *scalar, size_t *column) {
    *column = SIZE_MAX;
    for (size_t l = 0; l < w->let_count; l++) {
        if (!w->uses_let[l] || k-- > 0) continue;
        EwType type = let_type(w, &w->lets[l]);
        *scalar = (EwValue){.type = type};
        if (type_is_real(type)) scalar->f = number_real(w->lets[l].value);
        else scalar->i = w->lets[l].value.i;
        return true;
    }
    for (int written = 0; written < 2; written++)
        for (size_t c = 0; c < w->columns->count; c++)
            if ((w->reads[c] || w->writes[c]) && w->writes[c] == (written == 1) && k-- == 0) {
                *column = c;
                return true;
            }
    return false;
}

int words_declare(const Words *w, char **declarations) {
    size_t size, column;
    EwValue scalar;
    FILE *out = open_memstream(declarations, &size);
    if (!out) return hc_set_error(HC_ERROR, 0, NULL, NULL, "no memory for a text");
    size_t let = 0;
    for (size_t k = 0; words_value(w, k, &scalar, &column); k++) {
        if (k) fputs(", ", out);
        if (column == SIZE_MAX) {
            while (!w->uses_let[let]) let++;
            fprintf(out, "%s %s", ew_type_name(scalar.type), w->lets[let++].name);
        } else {
            const Column *c = &w->columns->column[column];
            fprintf(out, "%s%s *%s", w->writes[column] ? "" : "const ", ew_type_name(c->type),
                    c->name);
        }
    }
    if (fclose(out) == 0) return HC_OK;
    return hc_set_error(HC_ERROR, 0, NULL, NULL, "no memory for a text");
}

int lets_read(const char *text, Let *lets, size_t *count) {
    *count = 0;
    for (const char *part = text, *stop; part && *part; part = *stop ? stop + 1 : NULL) {
        char copy[96];
        stop = part + strcspn(part, ",");
        snprintf(copy, sizeof copy, "%.*s", (int)(stop - part < 95 ? stop - part : 95), part);
        char *equals = strchr(copy, '='), *name = copy + strspn(copy, " ");
        size_t length = 0;
        while (is_letter(name[length])) length++;
        Let *let = &lets[*count];
        bool good = equals && *count < LETS_MAX && length && length < COLUMN_NAME &&
                    !isdigit((unsigned char)*name) && name + length == equals &&
                    !in_list(type_words, name, length) && !in_list(keywords, name, length) &&
                    !in_list(" i n item prev_item last_item ", name, length);
        if (good) {
            *let = (Let){.type = EW_I64};
            memcpy(let->name, name, length);
            good = number_parse(EW_I64, equals + 1, &let->value);
            if (let->value.kind == 'u' && let->value.u <= INT64_MAX)
                let->value = (Number){.kind = 'i', .i = (int64_t)let->value.u};
            if (let->value.kind == 'u') good = false;
            if (let->value.kind == 'i' && let->value.i >= INT32_MIN && let->value.i <= INT32_MAX)
                let->type = EW_I32;
            for (size_t k = 0; k < *count; k++) good = good && strcmp(lets[k].name, let->name) != 0;
        }
        if (!good)
            return hc_set_error(HC_USAGE, 0, NULL,
                                "numbers with names, at most 8: --let a=2.5,b=-1e3", "--let: '%s'",
                                copy);
        (*count)++;
    }
    return *count ? HC_OK
                  : hc_set_error(HC_USAGE, 0, NULL, "as in --let a=2.5,b=-1e3",
                                 "--let: nothing in it");
}
