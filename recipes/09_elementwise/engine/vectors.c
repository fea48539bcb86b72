// SPDX-License-Identifier: MIT
/* Vectors: "z[i] = sin(x[i])" for one element becomes "z = sin(x)" for 16 at once, since a CPU's
 * OpenCL compiler keeps scalar sin scalar, at a tenth of the speed. But vectors of OpenCL C are not
 * in every way like their elements: a comparison gives -1 where C gives 1, and nothing promotes a
 * short to int or a float to double. So the statement is parsed here, and rewritten only if each
 * part of it means the same in vectors; else the scalar loop does all, and the source says why.
 *
 * What is accepted: NAME[i] of one type of 32 or 64 bits, scalars of that type, literals that C
 * would convert to it, + - * /, bits of integers, (comparison) ? a : b, and known functions.
 */
#include "internal.h"

typedef struct Parser {
    const EwKernel *kernel;
    const EwToken *tokens;
    size_t count, at;
    EwType type;
    char vector[16]; /* "float16" */
    char kind;       /* 'F', 'I' or 'U' */
    char locals[8][EW_NAME];
    size_t local_count;
    bool loaded[EW_MAX_ARGS], stored[EW_MAX_ARGS];
    const EwToken *where;
    const char *why; /* why not; NULL: all is well so far */
} Parser;

/* What an expression is, beside its text. */
typedef struct Value {
    bool vector, truth; /* truth: a comparison, good as a condition only */
} Value;

static Value expression(Parser *p, EwText *out);

static Value refuse(Parser *p, const char *why) {
    if (!p->why) p->why = why, p->where = p->at < p->count ? &p->tokens[p->at] : NULL;
    return (Value){false, false};
}

static bool next_is(const Parser *p, const char *text) {
    return p->at < p->count && ew_token_is(&p->tokens[p->at], text);
}

static bool accept(Parser *p, const char *text) {
    if (!next_is(p, text)) return false;
    p->at++;
    return true;
}

static bool next_one_of(const Parser *p, const char *const *texts) {
    for (; *texts; texts++)
        if (next_is(p, *texts)) return true;
    return false;
}

static void add_token(EwText *out, const EwToken *t) { ew_add(out, "%.*s", (int)t->bytes, t->at); }

static const struct {
    const char *name;
    size_t arguments;
    bool exact, integer, floating;
} functions[] = {
#define EW_FUNCTION(name, arguments, exact, integer, floating)                                     \
    {#name, arguments, exact, integer, floating},
#include "functions.def"
#undef EW_FUNCTION
};

static Value call(Parser *p, EwText *out, size_t f) {
    EwText parts[3] = {{0}, {0}, {0}};
    Value values[3], all = {false, false};
    size_t n = 0;
    const EwToken *name = &p->tokens[p->at];
    p->at += 2;
    do {
        if (n == functions[f].arguments) {
            refuse(p, "a function has too many arguments here");
            break;
        }
        values[n] = expression(p, &parts[n]);
        all.vector = all.vector || values[n].vector;
        n++;
    } while (!p->why && accept(p, ","));
    if (!p->why && (!accept(p, ")") || n != functions[f].arguments))
        refuse(p, "a function has another number of arguments");
    add_token(out, name);
    for (size_t k = 0; k < n; k++) {
        char *text = NULL;
        bool widen = all.vector && !values[k].vector;
        if (ew_text_take(&parts[k], &text) != HC_OK) refuse(p, "out of memory");
        ew_add(out, "%s", k ? ", " : "(");
        if (widen) ew_add(out, "(%s)(%s)", p->vector, text ? text : "");
        else ew_add(out, "%s", text ? text : "");
        free(text);
    }
    ew_add(out, ")");
    return all;
}

/* A literal that C converts to the type without a change of meaning. */
static Value literal(Parser *p, EwText *out) {
    const EwToken *t = &p->tokens[p->at];
    char text[64], *end;
    snprintf(text, sizeof text, "%.*s", (int)t->bytes, t->at);
    bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
    bool floating = strpbrk(text, hex ? ".pP" : ".eE") != NULL;
    if (t->bytes >= sizeof text) return refuse(p, "a literal is too long");
    if (floating) {
        if (p->kind != 'F') return refuse(p, "a floating literal turns integers into double");
        strtod(text, &end);
        if (strcmp(end, "f") != 0 && strcmp(end, "F") != 0) {
            if (*end) return refuse(p, "a literal has a suffix that is not known here");
            if (p->type == EW_F32)
                return refuse(p, "a literal without f is a double, so C calculates in double");
        }
    } else {
        unsigned long long value = strtoull(text, &end, 0);
        bool is_unsigned = strcmp(end, "u") == 0 || strcmp(end, "U") == 0;
        if (*end && !is_unsigned) return refuse(p, "a literal has a suffix that is not known here");
        if (is_unsigned && p->kind != 'U')
            return refuse(p, "an unsigned literal makes C calculate unsigned");
        if (value > (is_unsigned ? UINT32_MAX : INT32_MAX))
            return refuse(p, "a literal is larger than an int");
    }
    add_token(out, t);
    p->at++;
    return (Value){false, false};
}

static Value name(Parser *p, EwText *out) {
    const EwToken *t = &p->tokens[p->at];
    const EwKernel *kernel = p->kernel;
    for (size_t a = 0; a < kernel->arg_count; a++) {
        if (!ew_token_is(t, kernel->args[a].name)) continue;
        if (kernel->args[a].array) {
            p->at += 4; /* NAME[i], as all uses are: see ew_vectors */
            if (!p->stored[a]) p->loaded[a] = true;
            ew_add(out, "ew_v_%s", kernel->args[a].name);
            return (Value){true, false};
        }
        if (kernel->args[a].type != p->type)
            return refuse(p, "a scalar has another type than the arrays");
        add_token(out, t);
        p->at++;
        return (Value){false, false};
    }
    for (size_t k = 0; k < p->local_count; k++)
        if (ew_token_is(t, p->locals[k])) {
            add_token(out, t);
            p->at++;
            return (Value){true, false};
        }
    if (ew_token_is(t, "i") || ew_token_is(t, "n")) return refuse(p, "i or n is used as a value");
    bool called = p->at + 1 < p->count && p->tokens[p->at + 1].kind == '(';
    for (size_t f = 0; called && f < sizeof functions / sizeof *functions; f++) {
        if (!ew_token_is(t, functions[f].name)) continue;
        if (!(p->kind == 'F' ? functions[f].floating : functions[f].integer))
            return refuse(p, "a function is not one of this type");
        if (p->kernel->options.exact && !functions[f].exact)
            return refuse(p, "exact: a function may round differently in vectors");
        if (p->kernel->options.preamble && strstr(p->kernel->options.preamble, functions[f].name))
            return refuse(p, "the preamble may have a function of its own by this name");
        return call(p, out, f);
    }
    return refuse(p, called ? "a function has no form for vectors that is known here"
                            : "a word is no argument, and no type of the arrays");
}

static Value primary(Parser *p, EwText *out) {
    if (p->why || p->at == p->count) return refuse(p, "the statement ends early");
    const EwToken *t = &p->tokens[p->at];
    if (t->kind == '1') return literal(p, out);
    if (t->kind == 'n') return name(p, out);
    if (accept(p, "(")) {
        ew_add(out, "(");
        Value v = expression(p, out);
        if (!p->why && !accept(p, ")")) return refuse(p, "something stands in parentheses");
        ew_add(out, ")");
        return v;
    }
    if ((t->bytes == 1 && strchr("+-", t->kind)) || (t->kind == '~' && p->kind != 'F')) {
        p->at++;
        ew_add(out, "%c", t->kind);
        if (next_is(p, "-") || next_is(p, "+")) ew_add(out, " ");
        Value v = primary(p, out);
        return v.truth ? refuse(p, "a comparison is used as a number") : v;
    }
    return refuse(p, "an operator has another meaning in vectors, or is not known here");
}

/* Binary operators by their precedence, as in C; those of the last rows give a truth. */
static Value binary(Parser *p, EwText *out, size_t level) {
    static const char *const levels[][5] = {{"||", NULL},
                                            {"&&", NULL},
                                            {"|", NULL},
                                            {"^", NULL},
                                            {"&", NULL},
                                            {"==", "!=", NULL},
                                            {"<", ">", "<=", ">=", NULL},
                                            {"<<", ">>", NULL},
                                            {"+", "-", NULL},
                                            {"*", "/", "%", NULL}};
    enum { LOGIC = 1, BITS = 4, COMPARED = 6, SHIFTS = 7, LEVELS = 10 };
    if (level == LEVELS) return primary(p, out);
    Value left = binary(p, out, level + 1);
    while (!p->why && next_one_of(p, levels[level])) {
        const EwToken *operator= & p->tokens[p->at++];
        bool divides = operator->kind == '/' || operator->kind == '%';
        bool logic = level <= LOGIC, compares = level > BITS && level <= COMPARED;
        if (left.truth != logic) return refuse(p, "a comparison is used as a number");
        if (p->kind == 'F' &&
            ((level > LOGIC && level <= BITS) || level == SHIFTS || operator->kind == '%'))
            return refuse(p, "this operator is for integers");
        if (p->kind != 'F' && (divides || level == SHIFTS)) {
            /* A division by 0 behind a condition, or a shift too far, must not happen here. */
            bool fits = p->at < p->count && p->tokens[p->at].kind == '1' &&
                        strtoull(p->tokens[p->at].at, NULL, 0) > 0 &&
                        (divides || strtoull(p->tokens[p->at].at, NULL, 0) < 32);
            if (!fits)
                return refuse(p, "integers are divided or shifted by what is no literal above 0");
        }
        ew_add(out, " %.*s ", (int)operator->bytes, operator->at);
        Value right = binary(p, out, level + 1);
        if (p->why) return left;
        if (right.truth != logic) return refuse(p, "a comparison is used as a number");
        if (logic && left.vector != right.vector)
            return refuse(p, "a condition of all elements is mixed with that of each");
        left = (Value){left.vector || right.vector, logic || compares};
    }
    return left;
}

/* "c ? a : b", or what stands before the ?. */
static Value expression(Parser *p, EwText *out) {
    EwText parts[3] = {{0}, {0}, {0}};
    char *texts[3] = {NULL, NULL, NULL};
    Value c = binary(p, &parts[0], 0), a = c, b = c;
    bool chosen = !p->why && accept(p, "?");
    if (chosen) {
        if (!c.truth) refuse(p, "the condition is no comparison");
        a = expression(p, &parts[1]);
        if (!p->why && !accept(p, ":")) refuse(p, "a ? has no :");
        b = expression(p, &parts[2]);
        if (a.truth || b.truth) refuse(p, "a comparison is used as a number");
    }
    for (size_t k = 0; k < 3; k++)
        if (ew_text_take(&parts[k], &texts[k]) != HC_OK) refuse(p, "out of memory");
    bool vector = c.vector || a.vector || b.vector;
    if (p->why) chosen = false;
    else if (!chosen) ew_add(out, "%s", texts[0]);
    else if (!vector) ew_add(out, "%s ? %s : %s", texts[0], texts[1], texts[2]);
    else
        ew_add(out, "%s ? (%s)(%s) : (%s)(%s)", texts[0], p->vector, texts[1], p->vector, texts[2]);
    for (size_t k = 0; k < 3; k++) free(texts[k]);
    return chosen ? (Value){vector, false} : c;
}

/* The rest of an assignment to target behind its name. */
static void assign(Parser *p, EwText *out, const char *target, bool *read_first) {
    static const char *const any[] = {"=", "+=", "-=", "*=", NULL};
    static const char *const integers[] = {"&=", "|=", "^=", NULL};
    bool divides = next_is(p, "/=") && p->kind == 'F';
    if (!next_one_of(p, any) && !divides && !(p->kind != 'F' && next_one_of(p, integers))) {
        refuse(p, "this is no assignment that is known here");
        return;
    }
    const EwToken *operator= & p->tokens[p->at++];
    *read_first = operator->bytes> 1;
    ew_add(out, "        %s %.*s ", target, (int)operator->bytes, operator->at);
    EwText part = {0};
    char *text = NULL;
    Value v = expression(p, &part);
    if (v.truth) refuse(p, "a comparison is used as a number");
    if (ew_text_take(&part, &text) != HC_OK) refuse(p, "out of memory");
    else if (v.vector) ew_add(out, "%s;\n", text);
    else ew_add(out, "(%s)(%s);\n", p->vector, text);
    free(text);
}

static void statement(Parser *p, EwText *out) {
    const EwKernel *kernel = p->kernel;
    char target[EW_NAME + 16], type[64];
    bool read_first = false;
    accept(p, "const");
    if (p->at == p->count) return;
    const EwToken *t = &p->tokens[p->at];
    snprintf(type, sizeof type, "%.*s", (int)(t->bytes < 60 ? t->bytes : 60), t->at);
    for (size_t a = 0; a < kernel->arg_count; a++) {
        if (!kernel->args[a].array || !ew_token_is(t, kernel->args[a].name)) continue;
        snprintf(target, sizeof target, "ew_v_%s", kernel->args[a].name);
        p->at += 4;
        assign(p, out, target, &read_first);
        if (read_first && !p->stored[a]) p->loaded[a] = true;
        p->stored[a] = true;
        return;
    }
    for (size_t k = 0; k < p->local_count; k++)
        if (ew_token_is(t, p->locals[k])) {
            p->at++;
            assign(p, out, p->locals[k], &read_first);
            return;
        }
    if (t->kind != 'n' || ew_type_find(type) != p->type) {
        refuse(p, "not an assignment, and no declaration of the arrays' type");
        return;
    }
    do { /* float t = x[i], u = ...; */
        p->at++;
        t = p->at < p->count ? &p->tokens[p->at] : NULL;
        if (!t || t->kind != 'n' || t->bytes >= EW_NAME || p->local_count == 8 ||
            !(p->at + 1 < p->count && ew_token_is(&p->tokens[p->at + 1], "="))) {
            refuse(p, "a declaration is not TYPE NAME = VALUE");
            return;
        }
        char local[EW_NAME];
        for (size_t a = 0; a < kernel->arg_count; a++)
            if (ew_token_is(t, kernel->args[a].name)) refuse(p, "a declaration hides an argument");
        snprintf(local, sizeof local, "%.*s", (int)t->bytes, t->at);
        snprintf(target, sizeof target, "%s %s", p->vector, local);
        p->at++;
        assign(p, out, target, &read_first);
        memcpy(p->locals[p->local_count++], local, sizeof local);
    } while (!p->why && next_is(p, ","));
}

/* Wide vectors pay for functions: on a CPU with AVX-512, sin by 16 floats took 0.7 of the time by
 * 8. What only moves memory is faster in the 256 bits that compilers prefer there: 0.9 of it. */
static bool calls_functions(const Parser *p) {
    for (size_t k = 0; k < p->count; k++)
        for (size_t f = 0; f < sizeof functions / sizeof *functions; f++)
            if (!functions[f].exact && ew_token_is(&p->tokens[k], functions[f].name)) return true;
    return false;
}

static void choose_type(Parser *p, size_t bits) {
    const EwKernel *kernel = p->kernel;
    for (size_t a = 0; a < kernel->arg_count && !p->why; a++) {
        const EwArg *arg = &kernel->args[a];
        if (!arg->array || !arg->used) continue;
        if (arg->elsewhere) refuse(p, "an array is used otherwise than as NAME[i]");
        if (p->type == EW_NONE) p->type = arg->type;
        if (arg->type != p->type) refuse(p, "the arrays are of different types");
    }
    size_t size = ew_type_size(p->type);
    p->kind = ew_type_kind(p->type);
    if (p->type == EW_NONE) refuse(p, "there is no array");
    else if (p->type == EW_F16 || size < 4 || p->kind == 'C')
        refuse(p, "C calculates with this type in another one");
    else if (bits < 16 * size) refuse(p, "this device has no vectors");
    if (p->why) return;
    if (bits > 256 && !calls_functions(p)) bits = 256;
    size_t n = bits / (8 * size);
    if (n > 16) n = 16;
    snprintf(p->vector, sizeof p->vector, "%s%zu", ew_type_word(p->type), n);
}

const char *ew_vectors(const EwKernel *kernel, const char *text, char **loop, size_t *width) {
    EwText body = {0}, out = {0};
    EwToken *tokens = NULL;
    Parser p = {.kernel = kernel};
    char *inner = NULL;
    *loop = NULL;
    if (ew_tokens("statement", text, &tokens, &p.count) != HC_OK) refuse(&p, "no tokens");
    p.tokens = tokens;
    choose_type(&p, kernel->device->vector_bits);
    while (!p.why && p.at < p.count) {
        if (accept(&p, ";")) continue;
        statement(&p, &body);
        if (!p.why && p.at < p.count && !accept(&p, ";")) refuse(&p, "not one plain expression");
    }
    if (ew_text_take(&body, &inner) != HC_OK) refuse(&p, "out of memory");
    if (!p.why) {
        *width = strtoul(p.vector + strlen(ew_type_word(p.type)), NULL, 10);
        for (size_t a = 0; a < kernel->arg_count; a++) {
            const char *x = kernel->args[a].name;
            if (p.loaded[a])
                ew_add(&out, "        %s ew_v_%s = vload%zu(0, %s + i);\n", p.vector, x, *width, x);
            else if (p.stored[a]) ew_add(&out, "        %s ew_v_%s;\n", p.vector, x);
        }
        ew_add(&out, "%s", inner);
        for (size_t a = 0; a < kernel->arg_count; a++) {
            const char *x = kernel->args[a].name;
            if (p.stored[a]) ew_add(&out, "        vstore%zu(ew_v_%s, 0, %s + i);\n", *width, x, x);
        }
        if (ew_text_take(&out, loop) != HC_OK) refuse(&p, "out of memory");
    }
    free(inner);
    free(tokens);
    return p.why;
}
