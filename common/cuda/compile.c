// SPDX-License-Identifier: MIT
/* From CUDA C to what a driver loads, by the first compiler that this machine has: NVRTC, clang, or
 * else PTX that was made before and is kept beside the kernels. HC_CUDA_COMPILER chooses one way:
 * nvrtc, clang or ptx. What was compiled once is taken from the cache the next time.
 */
#define _XOPEN_SOURCE 700
#include <cjson/cJSON.h>

#include "compile.h"
#include "driver.h"
#include "hc_files.h"

static const struct {
    const char *name;
    int (*find)(HcJob *);
    int (*make)(HcJob *);
} ways[] = {{"nvrtc", hc_find_nvrtc, hc_make_nvrtc},
            {"clang", hc_find_clang, hc_make_clang},
            {"ptx", hc_find_kept, hc_make_kept}};
enum { WAYS = sizeof ways / sizeof *ways };

/* Everything that the image depends on, as one text. */
static char *cache_key(const HcJob *job) {
    char *key = NULL;
    size_t length;
    FILE *out = open_memstream(&key, &length);
    if (!out) return NULL;
    fprintf(out, "CUDA kernel\n%s\n%s\n%s\n", job->compiler, job->target, job->file);
    for (size_t i = 0; job->args[i]; i++) fprintf(out, "%s\n", job->args[i]);
    fputs(job->text ? job->text : job->source, out);
    return fclose(out) == 0 ? key : NULL;
}

/* The image from the cache, else from the compiler; what the cache did goes to the report. */
static int get_image(HcJob *job, int (*make)(HcJob *)) {
    bool cached = !hc_run.args.no_cache && make != hc_make_kept;
    char *key = cached ? cache_key(job) : NULL, note[8192];
    const char *what = cached ? "miss" : "off";
    int status = HC_OK;
    if (key && hc_cache_get(key, &job->image, &job->size)) what = "hit";
    else if ((status = make(job)) == HC_OK && key) hc_cache_put(key, job->image, job->size);
    free(key);
    if (status != HC_OK) return status;
    const char *trouble = cached ? hc_cache_trouble() : NULL;
    snprintf(note, sizeof note, "%s for %s%s%s%s", job->compiler, job->target,
             *what == 'h' ? ", from the cache" : "", trouble ? "; not cached: " : "",
             trouble ? trouble : "");
    hc_note_text("compiler", "compiler", note);
    cJSON_DeleteItemFromObject(hc_results(), "cache");
    cJSON_AddStringToObject(hc_results(), "cache", trouble ? "off" : what);
    return HC_OK;
}

/* Split at spaces, in place. */
static int split(char *text, char ***options, size_t *count) {
    int status = hc_alloc(strlen(text) / 2 + 2, sizeof **options, options);
    if (status != HC_OK) return status;
    for (char *word; (word = strtok_r(text, " \t\n", &text)); (*count)++) (*options)[*count] = word;
    return HC_OK;
}

/* What the device can run. */
static int ask_device(HcJob *job, CUdevice device) {
    int major = 0, minor = 0;
    CUresult code =
        cuDeviceGetAttribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device);
    if (code == CUDA_SUCCESS)
        code = cuDeviceGetAttribute(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device);
    if (code == CUDA_SUCCESS) code = cuDriverGetVersion(&job->driver);
    job->arch = 10 * major + minor;
    job->simulated = hc_driver_is(DRIVER_SIM);
    return code == CUDA_SUCCESS ? HC_OK : hc_cu_set_error(code);
}

static int compile(HcJob *job, const char *options) {
    const char *only = getenv("HC_CUDA_COMPILER");
    char reasons[4096] = "";
    bool known = false;
    if (only && !*only) only = NULL;
    for (int i = 0; i < WAYS; i++) {
        if (only && strcmp(only, ways[i].name) != 0) continue;
        known = true;
        int status = ways[i].find(job);
        if (status == HC_OK) status = get_image(job, ways[i].make);
        if (status == HC_BUILD) {
            hc_set_error(HC_BUILD, 0, NULL,
                         "read the log from its first error on, and look at the options",
                         "%s did not compile by %s for %s, options '%s'", job->file, job->compiler,
                         job->target, options);
            if (job->log) hc_set_error_detail(hc_explain_log(job->log, job->source, job->file));
        }
        if (status != HC_SKIP) return status;
        size_t at = strlen(reasons);
        snprintf(reasons + at, sizeof reasons - at, "%s%s", at ? "; " : "",
                 hc_last_error()->message);
    }
    if (!known)
        return hc_set_error(HC_USAGE, 0, NULL, NULL,
                            "HC_CUDA_COMPILER=%s: not one of nvrtc, clang, ptx", only);
    return hc_set_error(HC_SKIP, 0, NULL,
                        "install clang (Debian, Ubuntu: apt install clang), or NVIDIA's NVRTC",
                        "nothing here can compile %s: %s", job->file, reasons);
}

int hc_cu_compile(const char *source, const char *file, const char *options, CUdevice device,
                  char **image) {
    HcJob job = {.source = source, .file = file};
    char *words = strdup(options ? options : "");
    *image = NULL;
    int status = words ? split(words, &job.options, &job.option_count) : HC_ERROR;
    if (status == HC_OK) status = ask_device(&job, device);
    hc_step("compiling the kernel");
    double start = hc_now_ms();
    if (status == HC_OK && job.option_count > 64)
        status = hc_set_error(HC_USAGE, 0, NULL, NULL, "more than 64 compiler options");
    if (status == HC_OK) status = compile(&job, options ? options : "");
    if (status == HC_OK) hc_note_time(HC_TIME_BUILD, hc_now_ms() - start);
    hc_step(NULL);
    *image = job.image;
    free(job.text);
    free(job.log);
    free(job.options);
    free(words);
    return status;
}
