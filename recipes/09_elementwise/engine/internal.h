// SPDX-License-Identifier: MIT
/* internal.h - what the phases of the engine hand to each other, and the contract of a back end:
 * memory, compiling, launching. All three back ends implement it in this order, so that they can be
 * read side by side. */
#ifndef EW_INTERNAL_H
#define EW_INTERNAL_H
#include <stdarg.h>

#include "elementwise.h"

enum { EW_MAX_ARGS = 16, EW_MAX_FIELDS = 4, EW_NAME = 32 };

/* One declared argument, or one field of an item. */
typedef struct EwArg {
    EwType type;
    bool array, written;        /* a pointer; one without const */
    bool used, at_i, elsewhere; /* by the reader's texts: at all; as NAME[i]; an array otherwise */
    char name[EW_NAME];
} EwArg;

/* The table of types. word: as generated source has it, "cfloat"; kind: 'I', 'U', 'F' or 'C'. */
const char *ew_type_word(EwType type);
char ew_type_kind(EwType type);
EwType ew_type_find(const char *words); /* "unsigned int"; EW_NONE if it is no type */
bool ew_is_name(const char *text);      /* a C identifier? */
bool ew_reserved(const char *name);     /* a keyword, or a word that the generated source has */

/* ew_parse_args - "float a, const float *x, float *z" to a table.
 *   what    "argument" or "field", for messages; fields are no arrays
 *   errors  HC_USAGE: which one by number, its text, what is wrong and what is allowed */
int ew_parse_args(const char *declarations, const char *what, EwArg *args, size_t *count);

/* A growing text. Out of memory is kept, and reported once by ew_text_take. */
typedef struct EwText {
    char *text;
    size_t used, room;
    bool failed;
} EwText;
void ew_add(EwText *out, const char *format, ...) HC_PRINTF(2, 3);
int ew_text_take(EwText *out, char **text); /* the text, to be freed, and out empty */

/* The reader's text in tokens. kind: 'n' a name, '1' a number, else the token's first character. */
typedef struct EwToken {
    char kind;
    const char *at;
    size_t bytes;
} EwToken;

/* ew_tokens - text to tokens, to be freed; what ("statement", "map" ...) is for messages.
 *   errors  HC_USAGE with line, column and a caret: brackets that do not pair; comments, quotes,
 *           preprocessor lines; words that would reach beyond the text, as return and barrier */
int ew_tokens(const char *what, const char *text, EwToken **tokens, size_t *count);
char ew_closing(char bracket); /* the bracket that closes ( [ or { */
bool ew_token_is(const EwToken *token, const char *text);
/* Is token k, the name of an array, followed by [i]? */
bool ew_plain_use(const EwToken *tokens, size_t count, size_t k);
/* ew_scan_uses - ew_tokens, and note in kernel's arguments how text uses them. Every text of a
 * kernel goes through here before source is made. */
int ew_scan_uses(EwKernel *kernel, const char *what, const char *text);
/* ew_refuse - an error about the place at in text: HC_USAGE, with the line and a caret. */
int ew_refuse(const char *what, const char *text, const char *at, const char *hint,
              const char *why);

/* Which language the source is in, and which shape fits the device. CHUNKS: item k of m does one
 * contiguous piece, with vectors (CPUs). STRIDES: neighbouring items do neighbouring elements
 * (GPUs). */
typedef enum EwLanguage { EW_OPENCL_C, EW_CUDA_C, EW_C } EwLanguage;
typedef enum EwShape { EW_CHUNKS, EW_STRIDES } EwShape;

/* One parameter of a launch: size bytes at value, or memory (the back end's handle, or NULL). */
typedef struct EwParam {
    const void *value;
    size_t size;
    bool is_memory;
    void *memory;
} EwParam;

typedef struct EwBackend {
    const char *name;
    EwLanguage language;
    bool addresses; /* memory is an address, whose alignment can be seen, and not an object */
    int (*open)(EwDevice *device, const HcDevice *chosen);
    void (*close)(EwDevice *device);
    int (*alloc)(EwDevice *device, size_t bytes, void **memory);
    void (*release)(EwDevice *device, void *memory);
    int (*write)(EwDevice *device, void *memory, size_t offset, const void *host, size_t bytes);
    int (*read)(EwDevice *device, void *memory, size_t offset, void *host, size_t bytes);
    /* Compile source (name: for messages), or take it from the cache. */
    int (*build)(EwDevice *device, const char *name, const char *source, const EwOptions *options,
                 void **module, bool *from_cache);
    void (*unload)(EwDevice *device, void *module);
    /* Launch entry with groups x group items, behind what was launched before. time_ms: what the
     * launches since the one that was first of its run took together; waits for them. */
    int (*launch)(EwDevice *device, void *module, const char *entry, size_t groups, size_t group,
                  const EwParam *params, size_t count, bool first);
    double (*time_ms)(EwDevice *device, void *module);
} EwBackend;
extern const EwBackend ew_opencl, ew_cuda, ew_host;

struct EwDevice {
    const EwBackend *backend;
    EwShape shape;
    char name[320];
    size_t units;       /* cores or multiprocessors: how many groups keep it busy */
    size_t vector_bits; /* width worth writing vectors for, CHUNKS only */
    bool has_f16, has_f64;
    void *state; /* the back end's own */
};

typedef enum EwKind { EW_MAP, EW_REDUCTION, EW_SCAN } EwKind;

struct EwCall;
struct EwKernel {
    EwDevice *device;
    EwKind kind;
    EwOptions options;
    char name[EW_NAME];
    EwArg args[EW_MAX_ARGS],
        fields[EW_MAX_FIELDS]; /* fields: one without a name for a plain type */
    size_t arg_count, field_count, item_size;
    char *source;
    void *module;
    bool from_cache, ran;
    bool vectors, no_vectors; /* the source has them; it shall not have them */
    void *own;                /* of reductions and scans: memory for partial results */
    int (*run)(EwKernel *kernel, struct EwCall *call); /* for ew_run; NULL: a reduction */
};

/* ew_prologue - the words that make one source three languages: KERNEL, GLOBAL, LOCAL, BARRIER,
 * ITEM, ITEMS ..., the names of the types, complex arithmetic if it is used, the preamble. */
void ew_prologue(EwText *out, const EwKernel *kernel);
/* ew_finish - the words that the source does not use out of it, and its lines counted again. */
int ew_finish(EwKernel *kernel);
/* ew_begin - "KERNEL entry(...) {": the parameters, then locals with the names of the declarations,
 * and n. Parameters are: of each argument its value, or its memory and first element; ew_n,
 * ew_start, ew_step, ew_count (how many i); then extra ones, as {"GLOBAL item *", "partial"}. */
typedef struct EwExtra {
    const char *type, *name;
} EwExtra;
void ew_begin(EwText *out, const EwKernel *kernel, const char *entry, const EwExtra *extra,
              size_t extras);
/* ew_paste - the reader's text under a #line that names it ("statement", "map" ...), so that a
 * compile error shows the place in it; end is what follows on the same line, as ";" or ")". */
void ew_paste(EwText *out, const char *what, const char *text, const char *end);
/* ew_begin_i, ew_end_i - inside of a loop: i, and with halves the float that stands for each
 * NAME[i]; behind the pasted text, what is written of them. i: its value, as a text.
 * ew_as_pasted: the text with h[i] become h, its columns kept; to be freed. */
void ew_begin_i(EwText *out, const EwKernel *kernel, const char *i, bool reads_only);
void ew_end_i(EwText *out, const EwKernel *kernel);
int ew_as_pasted(const EwKernel *kernel, const char *what, const char *text, char **pasted);

/* Parts of the prologue: complex arithmetic, halves, the reader's functions. */
void ew_complex(EwText *out, const EwKernel *kernel, bool floats, bool doubles);
void ew_half(EwText *out, const EwKernel *kernel);
void ew_preamble(EwText *out, EwLanguage language, const char *text);
int ew_check_preamble(const char *text); /* HC_USAGE: its brackets do not pair */

/* ew_start - a kernel with its name and declarations read; ew_build - its source compiled. */
int ew_start(EwDevice *device, EwKind kind, const char *name, const char *declarations,
             const EwOptions *options, EwKernel **kernel);
int ew_build(EwKernel *kernel);
/* ew_explain - what the last error (a log) says of the texts pasted into source, in one form. */
void ew_explain(const char *source);

/* ew_chunk - CHUNKS: declare ew_k and ew_end, the piece of 0 .. ew_count that this item does. */
void ew_chunk(EwText *out);

/* ew_check_call - every check that needs no launch. params: in the order of ew_begin; those for
 * extra parameters are added by who launches. */
typedef struct EwCall {
    size_t n, start, step, items; /* items: how many i there are */
    EwParam params[3 * EW_MAX_ARGS + 8];
    size_t count;
    union {
        _Alignas(16) unsigned char bytes[16]; /* complex double wants 16 */
        uint64_t u;
    } room[3 * EW_MAX_ARGS + 8]; /* where converted scalars and offsets lie */
} EwCall;
float ew_round_half(float x); /* the half next to x */
int ew_check_call(const EwKernel *kernel, EwRange range, const EwValue *values, size_t count,
                  EwCall *call);

/* ew_vectors - the body of a loop that does width elements from i on, by vectors of OpenCL C.
 *   *loop    loads, the statement, stores; to be freed
 *   returns  NULL, or why the statement stays scalar: a clause */
const char *ew_vectors(const EwKernel *kernel, const char *text, char **loop, size_t *width);

int ew_source_map(EwKernel *kernel, const char *statement);
int ew_source_reduction(EwKernel *kernel, const char *neutral, const char *map, const char *reduce);
int ew_source_scan(EwKernel *kernel, const char *neutral, const char *map, const char *scan,
                   const char *output);
int ew_run_map(EwKernel *kernel, EwCall *call);
int ew_run_reduction(EwKernel *kernel, EwCall *call, void *result);
int ew_run_scan(EwKernel *kernel, EwCall *call);
void ew_item_type(EwText *out, const EwKernel *kernel); /* EwItem, item, make_item() */
void ew_drop_partials(EwKernel *kernel);                /* by ew_free */

#endif
