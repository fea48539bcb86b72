// SPDX-License-Identifier: MIT
/* compile.h - what the files behind hc_cu_compile share: one job, and the ways to do it. */
#ifndef HC_COMPILE_H
#define HC_COMPILE_H
#include "hc_cu.h"
#include "internal.h"

/* One kernel to compile. */
typedef struct HcJob {
    const char *source, *file;
    const char *options[64]; /* as NVRTC has them, NULL-terminated */
    int arch;                /* the device's, as 75 */
    int driver;              /* the newest CUDA it speaks, as 12000 */
    bool simulated;          /* it is cusim, which takes PTX only */
    char compiler[560];      /* "clang 14.0.6" */
    char target[32];         /* "sm_75" */
    char program[4096];      /* clang's path */
    const char *args[128];   /* what the compiler is told, NULL-terminated */
    size_t arg_count, used;
    char words[16384]; /* the text of the arguments */
    char *text;        /* what clang reads: its device headers, and the source behind them */
    size_t text_size;
    char *log; /* after HC_BUILD */
    char *image;
    size_t size;
} HcJob;

/* hc_job_add - one more argument for the compiler. */
void hc_job_add(HcJob *job, const char *format, ...) HC_PRINTF(2, 3);

/* A way's find() says which compiler it has and what that will be told; with the source this is the
 * cache's key. Its make() is called if the cache has no image. Both return HC_OK, HC_SKIP with the
 * reason as the last error, or, with job->log, HC_BUILD. */
int hc_find_nvrtc(HcJob *job);
int hc_make_nvrtc(HcJob *job);
int hc_find_clang(HcJob *job);
int hc_make_clang(HcJob *job);

/* hc_nvrtc_open - load NVRTC, unless that was done: the first that the driver understands, else
 * the oldest there is.
 *   errors  HC_SKIP with the places where it was looked for */
int hc_nvrtc_open(void);

#endif
