// SPDX-License-Identifier: MIT
/* The types that elements may have, out of the table types.def: their sizes and names, and which
 * type a word of a declaration means.
 */
#include "internal.h"

static const struct {
    size_t size;
    char kind;
    const char *name, *others;
} types[EW_TYPES] = {
#define EW_TYPE(type, size, kind, name, others) [EW_##type] = {size, kind, name, others},
#include "types.def"
#undef EW_TYPE
};

size_t ew_type_size(EwType type) { return types[type].size; }
char ew_type_kind(EwType type) { return types[type].kind; }

const char *ew_type_name(EwType type) { return types[type].name ? types[type].name : "no type"; }

const char *ew_type_word(EwType type) {
    return type == EW_C32 ? "cfloat" : type == EW_C64 ? "cdouble" : ew_type_name(type);
}

/* Is the word one of those between the bars of list? */
static bool listed(const char *list, const char *word) {
    for (const char *p = list; *p;) {
        size_t bytes = strcspn(p, "|");
        if (strlen(word) == bytes && strncmp(p, word, bytes) == 0) return true;
        p += bytes + (p[bytes] == '|');
    }
    return false;
}

EwType ew_type_find(const char *words) {
    for (EwType t = EW_NONE + 1; t < EW_TYPES; t++)
        if (strcmp(words, types[t].name) == 0 || listed(types[t].others, words)) return t;
    return EW_NONE;
}
