// SPDX-License-Identifier: MIT
/* internal.h - what the phases of the engine hand to each other, and the contract of a back end:
 * memory, compiling, launching. All three back ends implement it in this order, so that they can be
 * read side by side. */
#ifndef EW_INTERNAL_H
#define EW_INTERNAL_H
#include "elementwise.h"

enum { EW_MAX_ARGS = 16, EW_MAX_FIELDS = 4, EW_NAME = 32 };

/* One declared argument, or one field of an item. */
typedef struct EwArg {
    EwType type;
    bool array, written; /* a pointer; one without const */
    char name[EW_NAME];
} EwArg;

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

/* Which language the source is in, and which shape fits the device: CHUNKS: item k of m does one
 * contiguous piece, with vectors (CPUs); STRIDES: neighbouring items do neighbouring elements (GPUs). */
typedef enum EwLanguage { EW_OPENCL_C, EW_CUDA_C, EW_C } EwLanguage;
typedef enum EwShape { EW_CHUNKS, EW_STRIDES } EwShape;

/* One parameter of a launch: size bytes at value, or memory (the back end's handle). */
typedef struct EwParam {
    const void *value;
    size_t size;
    void *memory;
} EwParam;

typedef struct EwBackend {
    const char *name;
    EwLanguage language;
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
    /* Launch entry with groups x group items; *ms: NaN until known, else the device's own time. */
    int (*launch)(EwDevice *device, void *module, const char *entry, size_t groups, size_t group,
                  const EwParam *params, size_t count, double *ms);
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
    bool from_cache;
    double ms;
};

/* ew_prologue - the words that make one source three languages: KERNEL, GLOBAL, LOCAL, BARRIER, ITEM,
 * ITEMS ..., the names of the types, complex arithmetic if it is used, the preamble. */
void ew_prologue(EwText *out, const EwKernel *kernel);
/* ew_parameters - the kernel's parameter list for its arguments, and the locals that apply the views. */
void ew_parameters(EwText *out, const EwKernel *kernel);
void ew_locals(EwText *out, const EwKernel *kernel);
/* ew_paste - the reader's text under a #line that names it ("statement", "map" ...), so that a compile
 * error shows the place in it. */
void ew_paste(EwText *out, const char *what, const char *text);

/* ew_check_call - every check that needs no launch; *n: the length of the arrays; params: in the order of
 * ew_parameters, at least 2*EW_MAX_ARGS places. */
typedef struct EwCall {
    size_t n, start, step, items; /* items: how many i there are */
    EwParam params[3 * EW_MAX_ARGS + 8];
    size_t count;
    union {
        unsigned char bytes[16];
        uint64_t u;
    } room[3 * EW_MAX_ARGS + 8]; /* where converted scalars and offsets lie */
} EwCall;
int ew_check_call(const EwKernel *kernel, EwRange range, const EwValue *values, size_t count,
                  EwCall *call);

int ew_source_map(EwKernel *kernel, const char *statement);
int ew_source_reduction(EwKernel *kernel, const char *neutral, const char *map, const char *reduce);
int ew_source_scan(EwKernel *kernel, const char *neutral, const char *map, const char *scan,
                   const char *output);
int ew_run_map(EwKernel *kernel, EwCall *call);
int ew_run_reduction(EwKernel *kernel, EwCall *call, void *result);
int ew_run_scan(EwKernel *kernel, EwCall *call);

#endif
