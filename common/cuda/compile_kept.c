// SPDX-License-Identifier: MIT
/* PTX that was made when the cookbook was, for a machine without any CUDA compiler: kernels/ptx has
 * a file for each kernel and usual element type. Its first line names the hash of the text it was
 * made from, so that it is used for that text only. common/cuda/ptx.sh makes these files.
 */
#define _XOPEN_SOURCE 700
#include "compile.h"
#include "hc_files.h"

/* The hash of a source, whatever the loader put between its parts: #line directives and empty lines
 * do not count. */
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

int hc_find_kept(HcJob *job) {
    static const char *const types[] = {"", ".f32", ".f64", ".i32", ".i64"};
    char path[512], hex[65];
    int seen = 0, stem = (int)strcspn(job->file, ".");
    hash_source(job->source, hex);
    for (size_t i = 0; i < job->option_count; i++)
        if (strcmp(job->options[i], "-lineinfo") != 0)
            return hc_set_error(HC_SKIP, 0, NULL, NULL, "kernels/ptx has nothing made with %s",
                                job->options[i]);
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        snprintf(path, sizeof path, "ptx/%.*s%s.ptx", stem, job->file, types[i]);
        if (hc_find_kernel(path, false, &job->image) != HC_OK) continue;
        seen++;
        char *end = strchr(job->image, '\n'), *hash = strstr(job->image, "sha256:");
        char *target = strstr(job->image, "\n.target sm_");
        if (end && hash && hash < end && strncmp(hash + 7, hex, 64) == 0 && target) {
            int arch = (int)strtol(target + 12, NULL, 10);
            snprintf(job->compiler, sizeof job->compiler, "PTX kept in kernels/%s", path);
            snprintf(job->target, sizeof job->target, "sm_%d", arch);
            if (arch <= job->arch) return HC_OK;
        }
        free(job->image);
        job->image = NULL;
    }
    if (!seen)
        return hc_set_error(HC_SKIP, 0, NULL, NULL, "kernels/ptx has nothing for %s", job->file);
    return hc_set_error(HC_SKIP, 0, NULL, NULL,
                        "%s is not the text that kernels/ptx was made from: a changed kernel "
                        "needs a compiler",
                        job->file);
}

int hc_make_kept(HcJob *job) {
    job->size = strlen(job->image);
    return HC_OK;
}
