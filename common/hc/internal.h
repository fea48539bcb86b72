// SPDX-License-Identifier: MIT
/* internal.h - what the files of this library share and recipes do not see. */
#ifndef HC_INTERNAL_H
#define HC_INTERNAL_H
#include "hc.h"

#ifndef HC_VERSION
#define HC_VERSION "unbuilt" /* the build passes version and commit; the one-line cc does not */
#endif

struct cJSON;

/* One line of the report: a figure with the words and the JSON key it goes by. */
typedef struct HcNote {
    char label[32], text[256];
} HcNote;

/* The state of the one run of this process; run.c starts it, report.c prints it. */
typedef struct HcRun {
    const HcRecipe *recipe;
    HcArgs args;
    const char *kernels; /* where the build keeps them; NULL: not known */
    const char *layers;  /* where it keeps the layers behind --explain, beside cusim's folder */
    const char *layer;   /* what --explain asked the OpenCL loader to load; NULL: nothing */
    bool started, ended;
    HcDevice devices[64]; /* chosen, or added; as many as device.c lists */
    size_t device_count;
    bool verified_any, wrong_any;
    double max_error;
    size_t elements;
    struct cJSON *results;
    HcNote notes[64];
    size_t note_count;
    double *times[HC_TIMES];
    size_t time_count[HC_TIMES];
} HcRun;
extern HcRun hc_run;

/* An API's error codes in words; the last row, for any other code, is numbered HC_CODES_END.
 * hc_find_code - a code's row; hc_set_code - make it the last error, and return status. */
typedef struct HcCode {
    int code;
    const char *name, *meaning, *hint;
} HcCode;
#define HC_CODES_END INT32_MIN
const HcCode *hc_find_code(const HcCode *codes, int code);
int hc_set_code(int status, const HcCode *codes, int code);

/* hc_report_json - the run as JSON without line breaks, to be freed; NULL if out of memory. */
char *hc_report_json(const char *status, const HcError *error, const char *call, const char *file,
                     int line);

/* hc_device_json - a device as the report shows it; owned by the caller. hc_device_spec - what
 * --device takes for it, "opencl:0:1", "cuda:0" or "cpu", into buffer, which it returns. */
struct cJSON *hc_device_json(const HcDevice *device);
const char *hc_device_spec(const HcDevice *device, char buffer[32]);

/* hc_report_text - what hc_end prints for people. */
void hc_report_text(FILE *out);

/* hc_explain_log - a compiler's log, and below it some of the source lines that it names.
 *   file     only lines about this file count; NULL: all
 *   returns  a text for hc_set_error_detail; NULL if out of memory */
char *hc_explain_log(const char *log, const char *source, const char *file);

/* hc_find_kernel - a kernel's file as it is. strict: if a folder was named, only from there. */
int hc_find_kernel(const char *file, bool strict, char **text);

/* hc_finish_stdout - flush stdout; a failed write turns rc into HC_ERROR, in words on stderr. */
int hc_finish_stdout(int rc);

/* hc_prepare_last_words - write down now what a signal handler will say, since it may not then. */
void hc_prepare_last_words(void);

#endif
