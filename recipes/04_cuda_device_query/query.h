// SPDX-License-Identifier: MIT
/* query.h - what the files of this recipe hand to each other: one table of attributes
 * (attributes.def), what the driver answered (main.c), what an answer means (answer.c), what
 * follows from several answers (derived.c), and the views that show all of it.
 */
#ifndef QUERY_H
#define QUERY_H
#include "hc_cu.h"

/* How an answer is to be read: the driver's are all of type int. */
typedef enum Kind {
    KIND_HEADING, /* no attribute: a group begins */
    KIND_COUNT,
    KIND_LIMIT, /* a count; 0 is how a device says that it lacks this */
    KIND_BYTES,
    KIND_BYTES_OR_NONE, /* 0: it lacks this */
    KIND_KHZ,           /* 0: the driver does not tell */
    KIND_BITS,          /* width; 0: the driver does not tell */
    KIND_YES,
    KIND_HEX,
    KIND_ID,      /* -1: there is none */
    KIND_MODE,    /* the rest: constants of the API, which answer.c knows by name */
    KIND_NUMA,    /* one of several */
    KIND_ORDER,   /* one of several */
    KIND_HANDLES, /* a set of bits, as the two below */
    KIND_FLUSH,
    KIND_CODECS
} Kind;

/* One row of the table. */
typedef struct Attribute {
    const char *name; /* that of the constant, without CU_DEVICE_ATTRIBUTE_; or the heading */
    int what;         /* its number */
    Kind kind;
    bool in_tree;        /* worth a line in the short view */
    const char *meaning; /* one sentence */
} Attribute;

enum { ROWS = 160 }; /* room for the table and its headings; attributes.c checks it */
extern const Attribute attributes[];
extern const size_t attribute_count;

/* What the driver answered. code is not CUDA_SUCCESS: it gave no value. */
typedef struct Answer {
    CUresult code;
    int value;
} Answer;

enum { RAW = 256 }; /* attributes have small numbers; --all asks for every number below this */

typedef struct Device {
    CUdevice handle;
    char spec[32], name[256], pci[32], uuid[48];
    CUresult total_code, free_code, pci_code, uuid_code;
    size_t total_bytes, free_bytes;
    Answer answers[RAW]; /* by number */
} Device;

typedef struct Machine {
    bool software;                       /* cusim, not a GPU */
    int driver_version;                  /* 13000 is 13.0 */
    char nvrtc[32], no_nvrtc[1024];      /* its version; or why there is none */
    char no_gpu[1024], no_gpu_hint[512]; /* why no real device is shown; "" if one is */
    int count;
    Device *devices;
    bool *peers; /* count x count: may the first use memory of the second? */
} Machine;

/* answer.c: a value, or one of the three ways to have none. */
typedef enum State { KNOWN, NOT_APPLICABLE, NOT_SUPPORTED, FAILED } State;
State judge(const Attribute *attribute, const Answer *answer, const char **why);

/* A constant of the API: its value, its name, and what it says to people. */
typedef struct Constant {
    Kind kind;
    int value;
    const char *name, *words;
} Constant;
extern const Constant constants[]; /* ended by a NULL name */

/* derived.c: figures that the driver does not tell but that follow from what it tells. */
typedef struct Derived {
    const char *key, *label, *unit, *from;
    double value;    /* NaN: not known, because of why */
    const char *why; /* "" if it is known */
} Derived;
enum { DERIVED = 5 };
void derive(const Machine *machine, const Device *device, Derived figures[DERIVED]);

/* label_of - "MAX_PITCH" to "max pitch"; key_of - to "max_pitch_bytes", with the unit. */
const char *label_of(const Attribute *attribute, char *buffer, size_t size);
const char *key_of(const Attribute *attribute, char *buffer, size_t size);

/* words.c: answers in words, in text or elsewhere, and what stands around every view. */
enum { TEXT = 256 };
const char *answer_text(const Attribute *attribute, const Answer *answer, char text[TEXT]);
const char *call_text(CUresult code, const char *value, char text[TEXT]);
const char *bytes_text(CUresult code, size_t bytes, char text[TEXT]);
const char *derived_text(const Derived *figure, char text[TEXT]);
void show_head(const Machine *machine);
void show_peers(const Machine *machine);
void show_no_gpu(const Machine *machine);

/* The views: tree.c, table.c, json.c. */
void show_tree(const Machine *machine);
void show_table(const Machine *machine);
void show_raw(const Machine *machine);
void show_meanings(FILE *out);
void json_machine(const Machine *machine, bool raw);
void json_meanings(void);

#endif
