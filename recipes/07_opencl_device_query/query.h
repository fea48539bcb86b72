// SPDX-License-Identifier: MIT
/* query.h - what the files of this recipe hand to each other: one table of attributes
 * (attributes.c), one way to ask for them (main.c, query.c), and views that show the answers
 * (text.c, json.c).
 */
#ifndef QUERY_H
#define QUERY_H
#include "hc_cl.h" /* first: it says for which version of OpenCL */

#include <CL/cl_ext.h>

/* How an answer is to be read. Integers of any width are one kind: the answer brings its size. */
typedef enum Kind {
    KIND_TEXT,
    KIND_COUNT, /* an integer, shown with the attribute's unit */
    KIND_BYTES, /* an integer, shown exact and in KiB, MiB, GiB */
    KIND_HEX,
    KIND_YES,       /* cl_bool */
    KIND_ENUM,      /* one constant out of names */
    KIND_BITS,      /* a set of constants out of names */
    KIND_ENUMS,     /* a list of constants out of names, size_t each */
    KIND_SIZES,     /* a list of size_t */
    KIND_NAMES,     /* cl_name_version; before OpenCL 3.0 words in one text */
    KIND_WORDS,     /* names in one text, without versions */
    KIND_UUID,      /* 16 bytes */
    KIND_PCI,       /* cl_device_pci_bus_info_khr */
    KIND_EXTENSION, /* yes if the extension is there: no query of its own */
    KIND_KERNEL     /* asked of a kernel, so one must be built: probe.c */
} Kind;

/* A constant of the API with its value and what it says to people. */
typedef struct Name {
    cl_ulong value;
    const char *constant, *words;
} Name;

/* One row of the table. */
typedef struct Attribute {
    const char *group;    /* the heading it stands under; "platform": asked of the platform */
    const char *key;      /* in JSON, with the unit as suffix */
    const char *label;    /* for people */
    cl_uint what;         /* the constant to ask with */
    const char *constant; /* its name */
    Kind kind;
    int since;           /* the version of OpenCL that has it: 12 is 1.2; 0: an extension only */
    const char *meaning; /* one sentence */
    const char *unit;
    const Name *names;     /* ended by a NULL constant */
    const char *extension; /* that offers it besides, or instead of, the version */
    cl_uint older;         /* what to ask before that version; 0: nothing */
    cl_uint parent;        /* applies only if this other attribute is not "not supported" */
    bool zero_lacks;       /* zero or empty is how a device says that it lacks this */
} Attribute;

/* attributes - the table, ended by a NULL group. */
extern const Attribute attributes[];

/* What is asked: a device, or a platform (device is NULL). */
typedef struct Target {
    cl_platform_id platform;
    cl_device_id device;
    cl_uint p, d;                         /* their numbers, as in opencl:P:D */
    bool is_last;                         /* device of its platform, for the tree */
    int version;                          /* 30 for OpenCL 3.0 */
    char *extensions;                     /* names between spaces */
    cl_int version_code, extensions_code; /* of asking for these two */
    const char *source;                   /* of the kernel for KIND_KERNEL */
} Target;

/* The answer. "Does not apply", "the device lacks it" and "asking failed" are three things. */
typedef struct Value {
    enum { KNOWN, NOT_APPLICABLE, NOT_SUPPORTED, FAILED } state;
    cl_uint what; /* what was asked in the end: the attribute's what or older */
    cl_int code;  /* of the call */
    char why[96]; /* the reason for a state that is not KNOWN; "" if there is none to add */
    size_t size;  /* bytes in data */
    void *data;   /* to be freed, by forget(); NULL unless KNOWN */
} Value;

/* ask - one query, without any judgement: KNOWN or FAILED. main.c, since it is the lesson. */
Value ask(const Target *target, cl_uint what);

/* query - one attribute of a target, judged by version, extensions and what its zero means. */
Value query(const Attribute *attribute, const Target *target);
void forget(Value *value);

/* query_id - a UUID or a PCI address in its usual spelling. */
void query_id(const Attribute *attribute, const Value *value, char text[40]);

/* query_number - the integer in a KNOWN value of 4 or 8 bytes, or element i of a list of size_t. */
cl_ulong query_number(const Value *value);
cl_ulong query_element(const Value *value, size_t i);

/* target_open - note the version and the extensions, which every judgement needs. */
void target_open(Target *target);
void target_close(Target *target);

/* probe_kernel - build source for the device and ask the kernel in it: KNOWN or FAILED. */
Value probe_kernel(const Target *target, cl_uint what);

/* loader_text - "OpenCL ICD Loader 2.3.1 (OCL Icd free software)", or "" if it does not tell. */
void loader_text(char *text, size_t size);

/* A view is told of each platform and then of each of its devices. */
typedef struct View {
    void (*begin)(const char *loader);
    void (*platform)(const Target *target, cl_uint device_count, cl_int code);
    void (*device)(const Target *target);
} View;
extern const View text_view, tree_view, json_view;

/* The table itself, for readers: as Markdown, or into the JSON results. */
void text_meanings(FILE *out);
void json_meanings(void);

#endif
