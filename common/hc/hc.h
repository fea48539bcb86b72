// SPDX-License-Identifier: MIT
/* hc.h - the helper library of the cookbook: everything around a recipe that is not its topic.
 *
 * A recipe calls CUDA and OpenCL itself. This library reads its arguments, chooses its device,
 * makes its input, checks its answer, keeps its times, and prints all of it as text or as one JSON
 * object. A recipe runs in four acts: HC_START, compute, hc_verify, hc_end. Nothing here calls
 * exit(): the macros HC_START and CHECK_HC do, in the open. One process has one run (run.c).
 */
#ifndef HC_H
#define HC_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HC_PRINTF(text, first) __attribute__((format(printf, text, first)))

/* ---- Status codes: every function that can fail returns one, and they are the exit codes ---- */
enum {
    HC_CONTINUE = -1, /* hc_start only: go on with the recipe */
    HC_OK = 0,        /* ran, and verified */
    HC_WRONG = 1,     /* the answer is wrong */
    HC_USAGE = 2,     /* bad arguments, or no such file or device */
    HC_ERROR = 3,     /* run-time or API error */
    HC_BUILD = 4,     /* a kernel did not compile, or is not in its file */
    HC_SKIP = 77,     /* the hardware or library needed is absent */
    HC_TIMEOUT = 124, /* --timeout reached */
    HC_SIGINT = 130   /* interrupted from the keyboard */
};

/* What went wrong last on this thread. Texts are sentences for the reader of the error. */
typedef struct HcError {
    int code;           /* the API's own number, or errno, or 0 */
    char name[64];      /* its name, as CL_INVALID_VALUE; "" if it has none */
    char message[1024]; /* what it means here */
    char hint[512];     /* what to do next; "" if there is nothing to add */
    char *detail;       /* a compiler's log and the like, freed by the next error; NULL if none */
} HcError;

/* hc_last_error - the error that the last failing function on this thread left. Never NULL. */
const HcError *hc_last_error(void);

/* hc_set_error - leave an error and return status: a function ends "return hc_set_error(...)".
 *   status  the HC_* code to return; code, name, hint: as in HcError, name and hint may be NULL */
int hc_set_error(int status, int code, const char *name, const char *hint, const char *format, ...)
    HC_PRINTF(5, 6);

void hc_set_error_detail(char *text); /* attach a longer text, as a build log, and own it */

/* hc_fail - report the last error as "file:line: call", its name and its hint, on stderr, and as
 * the JSON object under --json; returns the exit code. For the CHECK macros. */
int hc_fail(int status, const char *file, int line, const char *call);

/* CHECK_HC(call) - end the program with the error's own exit code unless call returns HC_OK. */
#define CHECK_HC(call)                                                                             \
    do {                                                                                           \
        int hc_status_ = (call);                                                                   \
        if (hc_status_ != HC_OK) exit(hc_fail(hc_status_, __FILE__, __LINE__, #call));             \
    } while (0)

/* ---- Devices: which one --device, HC_DEVICE or the machine means ---- */
typedef struct HcDevice {
    const char *api;  /* "opencl", "cuda", "sim" or "cpu" */
    int platform;     /* OpenCL's platform number; 0 elsewhere */
    int index;        /* device number within the platform */
    bool is_cpu;      /* --device cpu may choose it */
    bool is_gpu;      /* chosen first when nothing was asked for */
    char name[256];   /* the device's own name */
    char detail[256]; /* platform and version, for people */
    void *handle;     /* cl_device_id, or NULL */
} HcDevice;

/* An API that a recipe can run on. list() fills at most max devices and sets *count to how many
 * there are in all; having none is HC_SKIP with the reason as the error. use(), where there is one,
 * makes this API's driver the one of the process, before one of its devices is taken. */
typedef struct HcApi {
    const char *name; /* the word in a device SPEC: "opencl" */
    int (*list)(HcDevice *devices, size_t max, size_t *count);
    int (*use)(void);
} HcApi;

/* The threads of this computer as a device, "cpu", for recipes without OpenCL. */
extern const HcApi hc_host_api;

/* hc_choose_device - for this run: by --device, or HC_DEVICE, else a GPU, else the first there is.
 *   SPEC    cpu | opencl[:P[:D]] | cuda[:N] | sim | part of a device's name, as --help has it
 *   errors  HC_SKIP: no device of that kind; HC_USAGE: unmatched or ambiguous, and the list */
int hc_choose_device(HcDevice *chosen);
void hc_add_device(const HcDevice *device); /* one more that computes: into the report, too */

/* hc_select_device - the same without a word or a trace in the report: choose by spec (NULL: no
 * wish) among the devices of apis (NULL-terminated). For tests and tools. */
int hc_select_device(const HcApi *const *apis, const char *spec, HcDevice *chosen);

/* hc_list_devices - print every device of apis with the SPEC that chooses it; out NULL: into the
 * run's JSON results instead. A broken API is an error, after the devices of the others. */
int hc_list_devices(const HcApi *const *apis, FILE *out);

/* ---- Arguments: one table per recipe, over getopt_long ---- */
typedef enum {
    HC_KIND_END,
    HC_KIND_FLAG,   /* bool */
    HC_KIND_CHOICE, /* const char *, one of the given words */
    HC_KIND_TEXT,   /* const char * */
    HC_KIND_COUNT,  /* size_t */
    HC_KIND_REAL,   /* double, finite */
    HC_KIND_SHAPE,  /* those of --size, --seed and --repeat */
    HC_KIND_SEED,
    HC_KIND_REPEAT
} HcKind;

typedef struct HcOption {
    HcKind kind;
    const char *name;   /* long name, without dashes */
    void *value;        /* where the value goes; what stands there before is the default */
    const char *values; /* HC_CHOICE: "f32|i32"; else the word shown for the value, as "FILE" */
    const char *help;
} HcOption;

#define HC_OPTION(kind, name, value, values, help)                                                 \
    { HC_KIND_##kind, name, value, values, help }
#define HC_FLAG(name, bool_ptr, help) HC_OPTION(FLAG, name, bool_ptr, NULL, help)
#define HC_CHOICE(name, text_ptr, values, help) HC_OPTION(CHOICE, name, text_ptr, values, help)
#define HC_TEXT(name, text_ptr, word, help) HC_OPTION(TEXT, name, text_ptr, word, help)
#define HC_COUNT(name, size_ptr, help) HC_OPTION(COUNT, name, size_ptr, "N", help)
#define HC_REAL(name, double_ptr, word, help) HC_OPTION(REAL, name, double_ptr, word, help)
#define HC_OPTIONS_END HC_OPTION(END, NULL, NULL, NULL, NULL)

/* What a recipe says of itself. Members left out are zero: no size, no repetitions. */
typedef struct HcRecipe {
    const char *name;         /* its folder: "08_opencl_application" */
    const char *summary;      /* one line for --help */
    const HcApi *const *apis; /* NULL-terminated; NULL: host only */
    const HcOption *options;  /* its own options, ended by HC_OPTIONS_END; NULL: none */
    size_t size[3];           /* default of -n; rank says how many of them count */
    int rank;                 /* 1: N, 2: MxN, 3: MxKxN, 0: no size, -1: any; absent ones are 1 */
    unsigned repeat;          /* default of --repeat; 0: the recipe measures nothing */
    bool random;              /* its input comes from --seed */
} HcRecipe;

/* The options that every recipe understands. */
typedef struct HcArgs {
    size_t size[3];
    uint64_t seed;
    unsigned repeat;
    double timeout_s; /* 0: none */
    const char *device, *kernel_dir;
    bool list_devices, json, quiet, explain, no_cache, help, version;
} HcArgs;

/* hc_parse_args - read argv by the recipe's table; nothing is printed and nothing is started.
 *   errors  HC_USAGE with a sentence that names the option and the text that was wrong */
int hc_parse_args(HcArgs *args, const HcRecipe *recipe, int argc, char **argv);

void hc_print_help(const HcRecipe *recipe, FILE *out); /* the text of --help */

/* hc_parse_count - text to a count: digits only; "12x", "-1", "1e3", " 1" and overflow fail. */
bool hc_parse_count(const char *text, uint64_t max, uint64_t *value);

/* ---- The run ---- */

/* HC_START(args, recipe, argc, argv) - read the arguments and start the run: --timeout, Ctrl-C and
 * crashes end it in words from here on. Ends the program for --help, --version, --list-devices and
 * usage errors. */
#define HC_START(args, recipe, argc, argv)                                                         \
    do {                                                                                           \
        int hc_status_ = hc_start(args, recipe, HC_KERNELS, HC_LAYERS, argc, argv);                \
        if (hc_status_ != HC_CONTINUE) exit(hc_status_);                                           \
    } while (0)
int hc_start(HcArgs *args, const HcRecipe *recipe, const char *kernels, const char *layers,
             int argc, char **argv);
#ifndef HC_KERNELS
#define HC_KERNELS NULL /* the folder of kernels that this program was built with */
#endif
#ifndef HC_LAYERS
#define HC_LAYERS NULL /* the folder of the layer behind --explain */
#endif

/* hc_end - print what the run found, as text or JSON, and return the exit code. Times and results
 * are shown only if everything verified. A full disk or closed stdout is HC_ERROR. */
int hc_end(void);

/* hc_say - printf to stdout, silent under --json and --quiet. */
void hc_say(const char *format, ...) HC_PRINTF(1, 2);

/* hc_step - name what happens now. On a terminal, a step that lasts over a second is shown on
 * stderr with its seconds, and wiped when it ends. NULL: between steps. Keeps what, not a copy. */
void hc_step(const char *what);

/* hc_note_f64 - keep one figure for the report: key is the JSON name with its unit as suffix
 * ("sum_gbps"), label what people read, unit "GB/s" or "". NaN and infinity become null in JSON. */
void hc_note_f64(const char *key, const char *label, double value, const char *unit);

/* hc_note_text - the same for a text; another one for the same key takes its place. */
void hc_note_text(const char *key, const char *label, const char *text);

/* hc_results - the JSON object "results" for a recipe that has more to say than single figures; a
 * cJSON object owned by the run. hc_json_u64 adds an integer exactly (cJSON's own are doubles). */
struct cJSON *hc_results(void);
void hc_json_u64(struct cJSON *object, const char *key, uint64_t value);

/* ---- Verification: the answer first ---- */
typedef enum { HC_I32, HC_U32, HC_I64, HC_U64, HC_F32, HC_F64 } HcType;

/* A value passes if it lies within any of these of the wanted one. All zero: equal. */
typedef struct HcTolerance {
    double abs;   /* in the unit of the values */
    double rel;   /* times |want| */
    uint64_t ulp; /* floats only: representable values in between, of the compared type */
} HcTolerance;
#define HC_EXACT ((HcTolerance){0})
#define HC_REL(x) ((HcTolerance){.rel = (x)})
#define HC_ULP(x) ((HcTolerance){.ulp = (x)})

typedef struct HcVerdict {
    size_t n, wrong;  /* elements compared, and how many of them failed */
    double max_error; /* largest |got - want|; NaN if a NaN was met */
    char allowed[96]; /* the tolerance in words */
    char first[512];  /* the first differences, one a line; "" if none */
} HcVerdict;

size_t hc_type_size(HcType type); /* bytes of one element */

/* hc_compare - compare got with want, element by element, and describe the first differences.
 *   shapes  got, want: n elements of type in host memory; n may be 0
 *   errors  none: the verdict counts the wrong ones. NaN in got or want is always wrong.
 *   source  error bound n*eps of a sum: Higham, Accuracy and Stability of Num. Algorithms, ch. 4 */
HcVerdict hc_compare(HcType type, const void *got, const void *want, size_t n,
                     HcTolerance tolerance);

/* hc_verify - take a verdict into report and exit code; several may follow. Was it clean? */
bool hc_verify(const char *what, HcVerdict verdict);

/* ---- Time ---- */
typedef enum { HC_TIME_BUILD, HC_TIME_UPLOAD, HC_TIME_KERNEL, HC_TIME_DOWNLOAD, HC_TIMES } HcTime;

typedef struct HcStats {
    size_t n;
    double min, q1, median, q3, max; /* quartiles by linear interpolation */
} HcStats;

double hc_now_ms(void); /* milliseconds on a clock that only goes forward; any zero */

/* hc_note_time - add one measured time, in milliseconds, to the run's report. */
void hc_note_time(HcTime what, double ms);

HcStats hc_time_stats(HcTime what); /* what hc_note_time has gathered so far */

/* hc_stats - order statistics of n numbers; samples is left as it was. n = 0 gives zeros.
 *   errors  n is 0 in the result if memory ran out */
HcStats hc_stats(const double *samples, size_t n);

/* ---- Random numbers: the same on the host and on every device ----
 * Philox4x32-10, counter-based: number i of a stream needs no state, so any thread can make it.
 * kernels/philox.h has the same functions for kernels, bit for bit.
 *   source  Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011; host: Random123 */
uint32_t hc_random_u32(uint64_t seed, uint32_t stream, uint64_t i);
float hc_random_f32(uint64_t seed, uint32_t stream, uint64_t i); /* uniform in [0, 1), 24 bits */

/* hc_fill - n elements from a stream: floats uniform in [-1, 1), integers in [-1000, 1000)
 * (unsigned: [0, 1000)), so that sums and products stay in range. Runs on all cores. */
void hc_fill(HcType type, void *x, size_t n, uint64_t seed, uint32_t stream);

/* ---- Memory, files, threads, text ---- */

/* hc_alloc - n elements of size bytes, zeroed, in *out; free() releases them. n = 0 gives a valid
 * pointer to nothing.
 *   errors  HC_ERROR if n * size overflows or memory ran out, with what was asked for */
int hc_alloc(size_t n, size_t size, void *out);

/* hc_load_kernel - the text of a kernel file: from --kernel-dir, else HC_KERNEL_DIR, else the first
 * of: the program's installation, the kernels it was built with, kernels/ beside or above it.
 *   errors  HC_USAGE: not found (with the places tried), unreadable or not a regular file.
 * *text is to be freed. A kernel that calls hc_random_* has philox.h prepended to it. */
int hc_load_kernel(const char *file, char **text);

/* hc_parallel_for - call body on ranges [begin, end) that cover 0 .. n once, on threads threads
 * (0: one per core), and return when all are done. The caller's thread takes part.
 *   errors  none: where no thread can be made, the caller does the work itself */
typedef void HcBody(size_t begin, size_t end, void *context);
void hc_parallel_for(size_t n, unsigned threads, HcBody *body, void *context);
unsigned hc_cores(void);

/* hc_format_bytes - "2147483648 (2 GiB)" or, short, "2 GiB"; hc_format_count - "16 777 216".
 * Both write into buffer and return it. */
const char *hc_format_bytes(uint64_t bytes, bool with_exact, char *buffer, size_t size);
const char *hc_format_count(uint64_t count, char *buffer, size_t size);

/* A table for people: columns as wide as their widest cell; numbers to the right. */
typedef struct HcTable HcTable;

/* hc_table_new - columns by their headings, "name|GB/s|ms"; a heading that begins with '>' is
 * aligned to the right. All-empty headings are not printed. NULL (no memory) is tolerated. */
HcTable *hc_table_new(const char *headings);
void hc_table_row(HcTable *table, const char *format, ...) HC_PRINTF(2, 3); /* cells split by '|' */
void hc_table_print(const HcTable *table, FILE *out, int indent);
void hc_table_free(HcTable *table);

#endif
