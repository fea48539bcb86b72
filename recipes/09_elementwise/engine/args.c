// SPDX-License-Identifier: MIT
/* The declarations of a kernel's arguments, read: "float a, const float *x, float *z" becomes a
 * table of three arguments with type, name, and what they are: a scalar, an input (const *), an
 * output (*). The same reader serves the fields of a reduction's item.
 */
#include "internal.h"

static const char allowed[] =
    "types: int8_t, uint8_t, short, ushort, int, uint, long, ulong, half, float, double, "
    "complex float, complex double; inputs are const TYPE *, outputs TYPE *";

/* One declaration while it is read: number and text are for messages. */
typedef struct Reader {
    const char *what, *text;
    size_t number, bytes;
} Reader;

static int wrong(const Reader *r, const char *why, const char *detail) {
    return hc_set_error(HC_USAGE, 0, NULL, allowed, "%s %zu, '%.*s': %s%s", r->what, r->number,
                        (int)r->bytes, r->text, why, detail);
}

static bool is_word_char(char c) {
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool ew_is_name(const char *text) {
    size_t n = 0;
    while (is_word_char(text[n])) n++;
    return n > 0 && !text[n] && (text[0] < '0' || text[0] > '9');
}

static int check_name(const Reader *r, const EwArg *args, size_t count, const char *name) {
    if (!ew_is_name(name)) return wrong(r, "not a C identifier: ", name);
    if (strcmp(name, "i") == 0 || strcmp(name, "n") == 0)
        return wrong(r, "i and n are the index and the length, so no argument can be called ",
                     name);
    if (strlen(name) >= EW_NAME) return wrong(r, "the name is longer than 31 characters", "");
    if (ew_reserved(name)) return wrong(r, "this name is taken by the generated source: ", name);
    for (size_t k = 0; k < count; k++)
        if (strcmp(args[k].name, name) == 0) return wrong(r, "there is another one called ", name);
    return HC_OK;
}

/* One declaration: words, then perhaps a star, then the name. */
static int parse_one(const Reader *r, EwArg *args, size_t count) {
    enum { MOST = 5 }; /* unsigned long long int and a name */
    EwArg *arg = &args[count];
    char words[MOST][64], type[MOST * 66] = "";
    size_t n = 0, stars = 0, star_at = 0;
    bool constant = false;
    *arg = (EwArg){0};
    for (const char *p = r->text, *end = p + r->bytes; p < end;) {
        size_t bytes = 0;
        if (strchr(" \t\r\n", *p)) {
            p++;
        } else if (*p == '*') {
            stars++, star_at = n, p++;
        } else {
            char bad[2] = {*p, '\0'};
            while (p + bytes < end && is_word_char(p[bytes])) bytes++;
            if (bytes == 0) return wrong(r, "unexpected ", bad);
            if (n == MOST) return wrong(r, "too many words", "");
            if (bytes >= sizeof words[0]) return wrong(r, "a word is too long", "");
            snprintf(words[n], sizeof words[n], "%.*s", (int)bytes, p);
            p += bytes;
            if (strcmp(words[n], "restrict") == 0) continue; /* each call checks what overlaps */
            if (strcmp(words[n], "const") != 0) n++;
            else if (stars) return wrong(r, "a const behind the * says nothing here", "");
            else constant = true;
        }
    }
    if (n < 2) return wrong(r, "a type and a name are needed", "");
    if (stars > 1) return wrong(r, "a pointer to pointers is not an array of numbers", "");
    if (stars && star_at != n - 1) return wrong(r, "the * stands between type and name", "");
    for (size_t k = 0; k + 1 < n; k++)
        snprintf(type + strlen(type), sizeof type - strlen(type), "%s%s", k ? " " : "", words[k]);
    arg->type = ew_type_find(type);
    arg->array = stars == 1;
    arg->written = arg->array && !constant;
    if (arg->type == EW_NONE) return wrong(r, "unknown type ", type);
    if (strcmp(r->what, "field") == 0 && (stars || constant))
        return wrong(r, "a field is a plain value", "");
    int status = check_name(r, args, count, words[n - 1]);
    if (status == HC_OK) snprintf(arg->name, sizeof arg->name, "%.31s", words[n - 1]);
    return status;
}

int ew_parse_args(const char *declarations, const char *what, EwArg *args, size_t *count) {
    size_t most = strcmp(what, "field") == 0 ? EW_MAX_FIELDS : EW_MAX_ARGS;
    *count = 0;
    if (!declarations[strspn(declarations, " \t\r\n")]) return HC_OK;
    for (const char *p = declarations;; p++) {
        Reader r = {what, p + strspn(p, " \t\r\n"), *count + 1, 0};
        p += strcspn(p, ",");
        r.bytes = p > r.text ? (size_t)(p - r.text) : 0;
        while (r.bytes && strchr(" \t\r\n", r.text[r.bytes - 1])) r.bytes--;
        if (*count == most)
            return hc_set_error(HC_USAGE, 0, NULL, "put several values into one array",
                                "more than %zu %ss are declared", most, what);
        int status = parse_one(&r, args, *count);
        if (status != HC_OK) return status;
        ++*count;
        if (!*p) return HC_OK;
    }
}
