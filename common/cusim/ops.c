// SPDX-License-Identifier: MIT
/* ops.c - from the text of an instruction, "add.rn.ftz.f32", to its row in ops.def.
 *
 * The patterns of ops.def are made for people: "add{.rn|rz|rm|rp}{.ftz}{.sat}.f32". The first call
 * compiles them all, once, into what a machine likes better: each row becomes a list of slots, each
 * slot a set of suffixes with one bit for each; rows with the same first word stand in one list.
 * To match is then to walk along the slots of a few rows. */
#include "ops.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

const CusimOpRow cusim_op_rows[CUSIM_OP_COUNT] = {
    {"none", CUSIM_GROUP_CONTROL, "!none", ""},
#define CUSIM_OP(name, group, pattern, operands) {#name, CUSIM_GROUP_##group, pattern, operands},
#include "ops.def"
#undef CUSIM_OP
};

static const char *const type_names[CUSIM_TYPE_COUNT] = {
    "",    "b8",  "b16", "b32", "b64",   "b128", "u8",     "u16",  "u32", "u64", "s8",
    "s16", "s32", "s64", "f16", "f16x2", "bf16", "bf16x2", "tf32", "f32", "f64", "pred"};
static const uint8_t type_bytes[CUSIM_TYPE_COUNT] = {0, 1, 2, 4, 8, 16, 1, 2, 4, 8, 1,
                                                     2, 4, 8, 2, 4, 2,  4, 4, 4, 8, 0};

static const char *const mod_names[CUSIM_M_COUNT] = {
#define CUSIM_MOD(name, text) text,
#include "mods.def"
#undef CUSIM_MOD
};

/* A suffix is a number: types first, then the others. */
enum { SUFFIXES = CUSIM_TYPE_COUNT + CUSIM_M_COUNT, SET_WORDS = 3, NO_SUFFIX = -1 };
_Static_assert(SUFFIXES <= SET_WORDS * 64, "a set of suffixes fits into its words");
_Static_assert(CUSIM_M_COUNT <= 64 * sizeof((CusimForm *)0)->mods / sizeof(uint64_t),
               "the set of mods of a form is large enough");

/* One place of a pattern: ".rn|rz" or, if it may be left out, "{.rn|rz}". */
typedef struct {
    uint64_t set[SET_WORDS];
    bool optional;
} Slot;

/* Enough for the longest instruction, "ld" with each of its options. */
enum { MAX_SUFFIXES = 16, MAX_SLOTS = 4096, TABLE = 512 };

typedef struct {
    uint16_t slot, n_slots; /* its slots are slots[slot] and those that follow */
    uint16_t next;          /* the next row with the same first word, or 0 */
} Row;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static Slot slots[MAX_SLOTS];
static Row rows[CUSIM_OP_COUNT];
static int16_t suffix_table[TABLE];  /* by hash of the text: suffix + 1, or 0 */
static uint16_t opcode_table[TABLE]; /* by hash of the first word: its first row, or 0 */

static uint32_t hash(const char *text, size_t n) {
    uint32_t h = 2166136261u;
    for (size_t i = 0; i < n; ++i) h = (h ^ (unsigned char)text[i]) * 16777619u;
    return h;
}

static bool same(const char *name, const char *text, size_t n) {
    return strncmp(name, text, n) == 0 && name[n] == 0;
}

static const char *suffix_name(int suffix) {
    return suffix < CUSIM_TYPE_COUNT ? type_names[suffix] : mod_names[suffix - CUSIM_TYPE_COUNT];
}

static int find_suffix(const char *text, size_t n) {
    for (uint32_t i = hash(text, n);; ++i) {
        int found = suffix_table[i % TABLE] - 1;
        if (found < 0) return NO_SUFFIX;
        if (same(suffix_name(found), text, n)) return found;
    }
}

static size_t word_bytes(const char *text, const char *end_at) { return strcspn(text, end_at); }

/* Does a row's pattern begin with this word? */
static bool row_begins(unsigned row, const char *word, size_t n) {
    const char *pattern = cusim_op_rows[row].pattern;
    return strncmp(pattern, word, n) == 0 && (!pattern[n] || strchr(".{", pattern[n]));
}

static unsigned first_row(const char *word, size_t n) {
    for (uint32_t i = hash(word, n);; ++i) {
        unsigned row = opcode_table[i % TABLE];
        if (!row || row_begins(row, word, n)) return row;
    }
}

/* One slot of a pattern: ".rn|rz" or "{.rn|rz}"; returns what follows. */
static const char *compile_slot(const char *pattern, Slot *slot) {
    slot->optional = *pattern == '{';
    pattern += slot->optional ? 2 : 1;
    for (;;) {
        size_t n = word_bytes(pattern, ".|{}");
        int suffix = find_suffix(pattern, n);
        if (suffix != NO_SUFFIX) slot->set[suffix / 64] |= UINT64_C(1) << suffix % 64;
        pattern += n;
        if (*pattern != '|') break;
        ++pattern;
    }
    return slot->optional && *pattern == '}' ? pattern + 1 : pattern;
}

static void compile(void) {
    for (int suffix = 1; suffix < SUFFIXES; ++suffix) {
        const char *name = suffix_name(suffix);
        uint32_t i = hash(name, strlen(name));
        while (suffix_table[i % TABLE]) ++i;
        suffix_table[i % TABLE] = (int16_t)(suffix + 1);
    }
    unsigned n_slots = 0;
    for (unsigned op = 1; op < CUSIM_OP_COUNT; ++op) {
        const char *pattern = cusim_op_rows[op].pattern;
        if (*pattern == '!') continue;
        size_t n = word_bytes(pattern, ".{");
        unsigned first = first_row(pattern, n);
        if (first) {
            while (rows[first].next) first = rows[first].next;
            rows[first].next = (uint16_t)op;
        } else {
            uint32_t i = hash(pattern, n);
            while (opcode_table[i % TABLE]) ++i;
            opcode_table[i % TABLE] = (uint16_t)op;
        }
        rows[op].slot = (uint16_t)n_slots;
        for (pattern += n; *pattern && n_slots < MAX_SLOTS; ++n_slots, ++rows[op].n_slots)
            pattern = compile_slot(pattern, &slots[n_slots]);
    }
}

/* Walk along a row's slots; an optional slot is taken when it fits. Returns the number of suffixes
 * that fitted; all of them, and *complete, is a match. */
static unsigned match(const Row *row, const int *suffix, unsigned n, bool *complete) {
    unsigned done = 0;
    *complete = false;
    for (unsigned i = 0; i < row->n_slots; ++i) {
        const Slot *slot = &slots[row->slot + i];
        int next = done < n ? suffix[done] : NO_SUFFIX;
        if (next != NO_SUFFIX && slot->set[next / 64] >> next % 64 & 1) ++done;
        else if (!slot->optional) return done;
    }
    *complete = true;
    return done;
}

static bool in_slot(const Row *row, unsigned i, int suffix) {
    return slots[row->slot + i].set[suffix / 64] >> suffix % 64 & 1;
}

/* The same with suffixes in another order, "atom.add.global.u32": the ISA gives one order, NVIDIA's
 * assembler takes any, and assembly written by hand makes use of it. Types keep their order. */
static bool match_any_order(const Row *row, const int *suffix, unsigned n) {
    uint32_t used = 0;
    unsigned after = 0; /* where the next type may stand */
    for (unsigned k = 0; k < n; ++k) {
        bool is_type = suffix[k] < CUSIM_TYPE_COUNT;
        unsigned i = is_type ? after : 0;
        if (suffix[k] == NO_SUFFIX) return false;
        while (i < row->n_slots && (used >> i & 1 || !in_slot(row, i, suffix[k]))) ++i;
        if (i == row->n_slots) return false;
        used |= UINT32_C(1) << i;
        if (is_type) after = i + 1;
    }
    for (unsigned i = 0; i < row->n_slots; ++i)
        if (!(used >> i & 1) && !slots[row->slot + i].optional) return false;
    return true;
}

static bool takes(const Row *row, int suffix) {
    for (unsigned i = 0; i < row->n_slots; ++i)
        if (in_slot(row, i, suffix)) return true;
    return false;
}

/* Of the rows that do not match, the one that was most likely meant: it has the type that was
 * written, and the most suffixes before the first that does not fit. */
static unsigned closest(unsigned row, const int *suffix, unsigned n) {
    unsigned best = row, best_score = 0;
    int type = NO_SUFFIX;
    for (unsigned i = 0; i < n; ++i)
        if (suffix[i] != NO_SUFFIX && suffix[i] < CUSIM_TYPE_COUNT) type = suffix[i];
    for (; row; row = rows[row].next) {
        bool complete;
        unsigned score = 1 + match(&rows[row], suffix, n, &complete);
        if (type != NO_SUFFIX && takes(&rows[row], type)) score += MAX_SUFFIXES;
        if (score > best_score) {
            best = row;
            best_score = score;
        }
    }
    return best;
}

enum { REASON = 128 };

/* The part of a text that still leaves room for the rest of a reason. */
static int short_bytes(size_t n) { return n < 44 ? (int)n : 44; }

/* Instructions of PTX that are not in the table: worth another word than a typing error. */
static bool is_known_elsewhere(const char *word, size_t n) {
    static const char *const words[] = {"alloca",    "applypriority", "clusterlaunchcontrol",
                                        "cp",        "createpolicy",  "discard",
                                        "elect",     "getctarank",    "griddepcontrol",
                                        "istypep",   "ldmatrix",      "mapa",
                                        "mbarrier",  "mma",           "movmatrix",
                                        "multimem",  "setmaxnreg",    "stackrestore",
                                        "stacksave", "stmatrix",      "sured",
                                        "suld",      "suq",           "sust",
                                        "tcgen05",   "tensormap",     "tex",
                                        "tld4",      "txq",           "vabsdiff",
                                        "vabsdiff2", "vabsdiff4",     "vadd",
                                        "vadd2",     "vadd4",         "vavrg2",
                                        "vavrg4",    "vmad",          "vmax",
                                        "vmax2",     "vmax4",         "vmin",
                                        "vmin2",     "vmin4",         "vset",
                                        "vset2",     "vset4",         "vshl",
                                        "vshr",      "vsub",          "vsub2",
                                        "vsub4",     "wgmma",         "wmma"};
    for (size_t i = 0; i < sizeof words / sizeof *words; ++i)
        if (same(words[i], word, n)) return true;
    return false;
}

static void explain(const char *text, size_t n, unsigned row, const int *suffix,
                    unsigned n_suffixes, char *reason) {
    size_t word = 0;
    while (word < n && text[word] != '.') ++word;
    if (!row) {
        if (is_known_elsewhere(text, word))
            (void)snprintf(reason, REASON, "%.*s: cusim does not execute the PTX instruction %.*s",
                           short_bytes(n), text, short_bytes(word), text);
        else (void)snprintf(reason, REASON, "no instruction %.*s", short_bytes(word), text);
        return;
    }
    row = closest(row, suffix, n_suffixes);
    const char *pattern = cusim_op_rows[row].pattern;
    bool complete;
    unsigned fits = match(&rows[row], suffix, n_suffixes, &complete);
    /* The text of the first suffix that does not fit. */
    size_t begin = word;
    for (unsigned i = 0; i < fits && begin < n; ++i)
        for (++begin; begin < n && text[begin] != '.';) ++begin;
    size_t end = begin;
    if (begin < n)
        for (++end; end < n && text[end] != '.';) ++end;
    if (begin < n)
        (void)snprintf(reason, REASON, "%.*s: %.*s does not fit %s", short_bytes(n), text,
                       short_bytes(end - begin), text + begin, pattern);
    else
        (void)snprintf(reason, REASON, "%.*s: a suffix is missing: %s", short_bytes(n), text,
                       pattern);
    if (strlen(reason) == REASON - 1)
        for (unsigned i = 2; i <= 4; ++i) reason[REASON - i] = '.'; /* cut off */
}

static void fill(CusimForm *form, unsigned row, const int *suffix, unsigned n) {
    unsigned types = 0;
    *form = (CusimForm){.op = (CusimOp)row, .vector = 1};
    for (unsigned i = 0; i < n; ++i) {
        if (suffix[i] < CUSIM_TYPE_COUNT) {
            if (types < 3) form->type[types++] = (CusimType)suffix[i];
            continue;
        }
        unsigned mod = (unsigned)suffix[i] - CUSIM_TYPE_COUNT;
        form->mods[mod / 64] |= UINT64_C(1) << mod % 64;
        if (mod == CUSIM_M_v2) form->vector = 2;
        if (mod == CUSIM_M_v4) form->vector = 4;
    }
}

/* What patterns cannot say: suffixes that go together or not at all. */
static bool consistent(const char *text, size_t n, const CusimForm *form, char *reason) {
    const char *mistake = NULL;
    CusimGroup group = cusim_op_rows[form->op].group;
    bool ordered = cusim_has(form, CUSIM_M_relaxed) || cusim_has(form, CUSIM_M_acquire) ||
                   cusim_has(form, CUSIM_M_release);
    bool scoped = cusim_has(form, CUSIM_M_cta) || cusim_has(form, CUSIM_M_cluster) ||
                  cusim_has(form, CUSIM_M_gpu) || cusim_has(form, CUSIM_M_sys);
    if (cusim_has(form, CUSIM_M_xorsign) != cusim_has(form, CUSIM_M_abs))
        mistake = ".xorsign and .abs go together";
    if (form->type[0] != CUSIM_NO_TYPE && group == CUSIM_GROUP_MEMORY) { /* ld and st */
        if (scoped && !ordered) mistake = "a scope goes with .relaxed, .acquire or .release";
        else if (ordered && !scoped) mistake = "a scope is missing: .cta, .gpu or .sys";
        else if (cusim_has(form, CUSIM_M_mmio) &&
                 !(cusim_has(form, CUSIM_M_relaxed) && cusim_has(form, CUSIM_M_sys)))
            mistake = ".mmio goes with .relaxed.sys";
    }
    if (mistake && reason)
        (void)snprintf(reason, REASON, "%.*s: %s", short_bytes(n), text, mistake);
    return !mistake;
}

bool cusim_op_find(const char *text, size_t n, CusimForm *form, char *reason) {
    (void)pthread_once(&once, compile);
    size_t at = 0;
    while (at < n && text[at] != '.') ++at;
    unsigned first = first_row(text, at);
    int suffix[MAX_SUFFIXES];
    unsigned n_suffixes = 0;
    bool too_many = false;
    while (at < n && !too_many) {
        size_t begin = ++at;
        while (at < n && text[at] != '.') ++at;
        if (n_suffixes < MAX_SUFFIXES) suffix[n_suffixes++] = find_suffix(text + begin, at - begin);
        else too_many = true;
    }
    for (unsigned row = first; row && !too_many; row = rows[row].next) {
        bool complete;
        if (match(&rows[row], suffix, n_suffixes, &complete) == n_suffixes && complete) {
            fill(form, row, suffix, n_suffixes);
            return consistent(text, n, form, reason);
        }
    }
    for (unsigned row = first; row && !too_many; row = rows[row].next) {
        if (match_any_order(&rows[row], suffix, n_suffixes)) {
            fill(form, row, suffix, n_suffixes);
            return consistent(text, n, form, reason);
        }
    }
    if (reason) explain(text, n, first, suffix, n_suffixes, reason);
    return false;
}

unsigned cusim_type_bytes(CusimType type) { return type < CUSIM_TYPE_COUNT ? type_bytes[type] : 0; }

const char *cusim_type_name(CusimType type) {
    return type < CUSIM_TYPE_COUNT ? type_names[type] : "";
}

const char *cusim_mod_name(CusimMod mod) { return mod < CUSIM_M_COUNT ? mod_names[mod] : ""; }

CusimType cusim_type_of_name(const char *text, size_t n) {
    (void)pthread_once(&once, compile);
    int suffix = find_suffix(text, n);
    return suffix != NO_SUFFIX && suffix < CUSIM_TYPE_COUNT ? (CusimType)suffix : CUSIM_NO_TYPE;
}
