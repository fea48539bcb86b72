// SPDX-License-Identifier: MIT
/* From CUDA C to what a driver loads, by the first compiler that this machine has: NVRTC, clang, or
 * else PTX that was made when the cookbook was and is kept in kernels/ptx. HC_CUDA_COMPILER chooses
 * one way: nvrtc, clang or ptx. What was compiled once is taken from the cache the next time.
 */
#define _XOPEN_SOURCE 700
#include <cjson/cJSON.h>
#include <stdarg.h>
#include <unistd.h>

#include "compile.h"
#include "driver.h"
#include "hc_files.h"

void hc_job_add(HcJob *job, const char *format, ...) {
    size_t room = sizeof job->words - job->used;
    if (job->arg_count + 1 == sizeof job->args / sizeof *job->args) return;
    va_list list;
    va_start(list, format);
    int length = vsnprintf(job->words + job->used, room, format, list);
    va_end(list);
    job->args[job->arg_count++] = job->words + job->used;
    if ((size_t)length < room) job->used += (size_t)length + 1;
}

/* ---- The third way: a file for each kernel and usual element type, made by ptx.sh. Its first line
 * names the hash of the text it was made from, so that it is used for that text only. ---- */

/* Whatever the loader put between the parts: #line directives and empty lines do not count. */
static void hash_source(const char *source, char hex[65]) {
    char *text = NULL;
    size_t length = 0;
    FILE *out = open_memstream(&text, &length);
    for (const char *p = source; out && *p;) {
        size_t bytes = strcspn(p, "\n");
        if (bytes && strncmp(p, "#line", 5) != 0) fprintf(out, "%.*s\n", (int)bytes, p);
        p += bytes + (p[bytes] == '\n');
    }
    *hex = '\0';
    if (out && fclose(out) == 0) hc_sha256(text, length, hex);
    free(text);
}

static int find_kept(HcJob *job) {
    static const char *const types[] = {"", ".f32", ".f64", ".i32", ".i64"};
    char path[512], hex[65];
    bool seen = false;
    hash_source(job->source, hex);
    for (size_t i = 0; job->options[i]; i++)
        if (!strstr("--fmad=false --lineinfo --generate-line-info", job->options[i]))
            return hc_set_error(HC_SKIP, 0, NULL, NULL, "kernels/ptx has nothing made with %s",
                                job->options[i]);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        snprintf(path, sizeof path, "ptx/%.*s%s.ptx", (int)strcspn(job->file, "."), job->file,
                 types[i]);
        if (hc_find_kernel(path, false, &job->image) != HC_OK) continue;
        seen = true;
        char *end = strchr(job->image, '\n'), *hash = strstr(job->image, "sha256:");
        char *target = strstr(job->image, "\n.target sm_");
        if (hash && end && hash < end && strncmp(hash + 7, hex, 64) == 0 && target) {
            int arch = (int)strtol(target + 12, NULL, 10);
            snprintf(job->compiler, sizeof job->compiler, "PTX kept in kernels/%s", path);
            snprintf(job->target, sizeof job->target, "sm_%d", arch);
            if (arch <= job->arch) return HC_OK;
        }
        free(job->image);
        job->image = NULL;
    }
    return hc_set_error(HC_SKIP, 0, NULL, NULL,
                        seen ? "%s is not the text that kernels/ptx was made from: a changed "
                               "kernel needs a compiler"
                             : "kernels/ptx has nothing for %s",
                        job->file);
}

/* ---- The ways, one after the other ---- */

static const struct {
    const char *name;
    int (*find)(HcJob *), (*make)(HcJob *);
} ways[] = {{"nvrtc", hc_find_nvrtc, hc_make_nvrtc},
            {"clang", hc_find_clang, hc_make_clang},
            {"ptx", find_kept, NULL}};

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

/* -lineinfo names files from the folder that the program runs in, which means nothing to whoever
 * gets the image from the cache; they become the names that the program gave. */
static void shorten_names(HcJob *job) {
    char folder[4096];
    if (strncmp(job->image, "\177ELF", 4) == 0 || !getcwd(folder, sizeof folder - 1)) return;
    if (folder[strlen(folder) - 1] != '/') strcat(folder, "/");
    size_t bytes = strlen(folder);
    for (char *p = job->image; (p = strstr(p, ".file\t")) && (p = strchr(p, '"'));) {
        if (strncmp(++p, folder, bytes) == 0) memmove(p, p + bytes, strlen(p + bytes) + 1);
        job->size = strlen(job->image);
    }
}

/* The image from the cache, else from the compiler; which of them goes to the report. */
static int get_image(HcJob *job, int (*make)(HcJob *)) {
    char *key = make && !hc_run.args.no_cache ? cache_key(job) : NULL, note[8192];
    const char *cache = key ? "miss" : "off", *trouble = NULL;
    int status = HC_OK;
    if (key && hc_cache_get(key, &job->image, &job->size)) cache = "hit";
    else if (make && (status = make(job)) == HC_OK) {
        shorten_names(job);
        if (key) hc_cache_put(key, job->image, job->size);
    }
    if (key && (trouble = hc_cache_trouble())) cache = "off";
    free(key);
    if (status != HC_OK) return status;
    snprintf(note, sizeof note, "%s for %s%s%s%s", job->compiler, job->target,
             *cache == 'h' ? ", from the cache" : "", trouble ? "; not cached: " : "",
             trouble ? trouble : "");
    hc_note_text("compiler", "compiler", note);
    cJSON_DeleteItemFromObject(hc_results(), "cache");
    cJSON_AddStringToObject(hc_results(), "cache", cache);
    return HC_OK;
}

static int compile(HcJob *job, const char *options) {
    const char *only = getenv("HC_CUDA_COMPILER");
    char reasons[4096] = "";
    bool known = false;
    for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
        if (only && *only && strcmp(only, ways[i].name) != 0) continue;
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
        job->arg_count = job->used = 0;
        memset(job->args, 0, sizeof job->args);
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

/* The options, split at spaces in place, and what the device can run. */
static int prepare(HcJob *job, char *options, CUdevice device) {
    enum { MOST = sizeof job->options / sizeof *job->options - 1 };
    int major = 0, minor = 0;
    size_t n = 0;
    for (char *word; (word = strtok_r(options, " \t\n", &options)); job->options[n++] = word)
        if (n == MOST)
            return hc_set_error(HC_USAGE, 0, NULL, NULL, "more than %d compiler options", MOST);
    CUresult code =
        cuDeviceGetAttribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device);
    if (code == CUDA_SUCCESS)
        code = cuDeviceGetAttribute(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device);
    if (code == CUDA_SUCCESS) code = cuDriverGetVersion(&job->driver);
    job->arch = 10 * major + minor;
    job->simulated = hc_driver_is(DRIVER_SIM);
    return code == CUDA_SUCCESS ? HC_OK : hc_cu_set_error(code);
}

int hc_cu_compile(const char *source, const char *file, const char *options, CUdevice device,
                  char **image) {
    HcJob *job = NULL;
    *image = NULL;
    if (!options) options = "";
    int status = hc_alloc(1, sizeof *job, &job);
    if (status != HC_OK) return status;
    job->source = source;
    job->file = file;
    char *words = strdup(options);
    double start = hc_now_ms();
    hc_step("compiling the kernel");
    status = words ? prepare(job, words, device) : hc_alloc(SIZE_MAX, 2, &words);
    if (status == HC_OK) status = compile(job, options);
    if (status == HC_OK) hc_note_time(HC_TIME_BUILD, hc_now_ms() - start);
    hc_step(NULL);
    *image = job->image;
    free(job->text);
    free(job->log);
    free(job);
    free(words);
    return status;
}
