// SPDX-License-Identifier: MIT
/* CUDA C by clang's NVPTX back end: free, in every distribution, and without any file of NVIDIA's.
 * What NVRTC has built in stands in hc_cuda_device.h, which goes
 * in front of the kernel's text.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <sys/stat.h>

#include "compile.h"
#include "hc_files.h"

/* The first clang in PATH, under its plain name or with a version; HC_CLANG may name another. */
static bool find_clang(char *path, size_t size) {
    static const char *const names[] = {"clang",    "clang-21", "clang-20", "clang-19", "clang-18",
                                        "clang-17", "clang-16", "clang-15", "clang-14"};
    const char *named = getenv("HC_CLANG");
    if (named && *named) return hc_find_program(named, path, size);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (hc_find_program(names[i], path, size)) return true;
    return false;
}

/* What "clang --print-supported-cpus" says: its version and the architectures it makes code for.
 * It is kept in the cache for as long as the program file is the same. To be freed. */
static char *ask_version(const char *program) {
    static const char *const args[] = {"clang", "--print-supported-cpus",
                                       "--target=nvptx64-nvidia-cuda", NULL};
    char key[8192], *out = NULL, *err = NULL;
    struct stat info;
    size_t size;
    if (stat(program, &info) != 0) return NULL;
    snprintf(key, sizeof key, "clang's architectures\n%s\n%lld %lld", program,
             (long long)info.st_size, (long long)info.st_mtime);
    if (!hc_run.args.no_cache && hc_cache_get(key, &out, &size)) return out;
    if (hc_run_program(program, args, "", &out, &size, &err) != 0) free(err), err = NULL;
    if (err && !hc_run.args.no_cache) hc_cache_put(key, err, strlen(err));
    free(out);
    return err;
}

/* NVRTC's options in clang's words; "" means that there is nothing to say. */
static const struct {
    const char *nvrtc, *clang;
} same[] = {{"--fmad=false", "-ffp-contract=off"},
            {"--fmad=true", ""},
            {"--generate-line-info", "-gline-directives-only"},
            {"--lineinfo", "-gline-directives-only"},
            {"--ftz=true", "-fcuda-flush-denormals-to-zero"},
            {"--ftz=false", ""},
            {"--prec-div=true", ""},
            {"--prec-div=false", "-mllvm -nvptx-prec-divf32=0"},
            {"--prec-sqrt=true", ""},
            {"--prec-sqrt=false", "-mllvm -nvptx-prec-sqrtf32=0"},
            {"--use_fast_math",
             "-fcuda-flush-denormals-to-zero -mllvm -nvptx-prec-divf32=0 "
             "-mllvm -nvptx-prec-sqrtf32=0 -fcuda-approx-transcendentals -D__USE_FAST_MATH__"},
            {"--disable-warnings", "-w"},
            {"--w", "-w"}};

/* Add the words for one option to the arguments. False: clang has no such option. */
static bool translate(HcJob *job, const char *option) {
    static const char *const as_they_are[] = {"-D", "-U", "-I", "-std=", "--std=", "-w"};
    for (size_t i = 0; i < sizeof as_they_are / sizeof *as_they_are; i++)
        if (strncmp(option, as_they_are[i], strlen(as_they_are[i])) == 0) {
            hc_job_add(job, "%s", option);
            return true;
        }
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        const char *name = option[0] == '-' && option[1] != '-' ? same[i].nvrtc + 1 : same[i].nvrtc;
        if (strcmp(option, name) != 0) continue;
        for (const char *p = same[i].clang; *p; p += strcspn(p, " "), p += *p == ' ')
            hc_job_add(job, "%.*s", (int)strcspn(p, " "), p);
        return true;
    }
    return false;
}

int hc_find_clang(HcJob *job) {
    if (!find_clang(job->program, sizeof job->program))
        return hc_set_error(HC_SKIP, 0, NULL, NULL, "no clang in PATH");
    char *answer = ask_version(job->program), *rest = answer;
    int best = 0;
    char *version = answer ? strstr(answer, "clang version ") : NULL;
    if (version)
        snprintf(job->compiler, sizeof job->compiler, "clang %.*s",
                 (int)strcspn(version + 14, " \n-+"), version + 14);
    while (rest && (rest = strstr(rest, "\tsm_"))) { /* sm_90a and the like are left out */
        char *end;
        int one = (int)strtol(rest + 4, &end, 10);
        if (*end == '\n' && one <= job->arch && one > best) best = one;
        rest = end;
    }
    free(answer);
    if (!version || strtol(job->compiler + 6, NULL, 10) < 14 || !best)
        return hc_set_error(HC_SKIP, 0, NULL, NULL, "%s is no clang >= 14 with NVPTX for sm_%d",
                            job->program, job->arch);
    snprintf(job->target, sizeof job->target, "sm_%d", best);
    static const char *const fixed[] = {
        "clang",
        "-x",
        "cuda",
        "--cuda-device-only",
        "-nocudainc",
        "-nocudalib",
        "--cuda-path=/nonexistent", /* or a toolkit there decides the version of the PTX */
        "-nostdinc",
        "-std=c++17",
        "-O2",
        "-S",
        "-fno-color-diagnostics",
        "-D__CUDACC_RTC__=1",
        "-Xclang",
        "-target-feature",
        "-Xclang",
        "+ptx63" /* for warp functions */};
    for (size_t i = 0; i < sizeof fixed / sizeof *fixed; i++) hc_job_add(job, "%s", fixed[i]);
    hc_job_add(job, "--cuda-gpu-arch=%s", job->target);
    for (size_t i = 0; job->options[i]; i++)
        if (!translate(job, job->options[i])) {
            char text[1024];
            snprintf(text, sizeof text, "%s has nothing like the option %s\n", job->compiler,
                     job->options[i]);
            job->log = strdup(text);
            return HC_BUILD;
        }
    hc_job_add(job, "-");
    hc_job_add(job, "-o");
    hc_job_add(job, "-");

    char *math = NULL, *header = NULL;
    int status = hc_find_kernel("../common/cuda/include/hc_cuda_math.h", false, &math);
    if (status == HC_OK)
        status = hc_find_kernel("../common/cuda/include/hc_cuda_device.h", false, &header);
    if (status != HC_OK) hc_set_error(status = HC_SKIP, 0, NULL, NULL, "hc_cuda_device.h is gone");
    FILE *text = status == HC_OK ? open_memstream(&job->text, &job->text_size) : NULL;
    if (text) /* the second is there already when the first would include it */
        fprintf(text,
                "#line 1 \"hc_cuda_math.h\"\n%s\n#line 1 \"hc_cuda_device.h\"\n%s\n"
                "#line 1 \"%s\"\n%s",
                math, header, job->file, job->source);
    if (text && fclose(text) != 0) status = HC_ERROR;
    free(math);
    free(header);
    return status;
}

int hc_make_clang(HcJob *job) {
    int rc = hc_run_program(job->program, job->args, job->text, &job->image, &job->size, &job->log);
    if (rc == 0 && job->size) return HC_OK;
    free(job->image);
    job->image = NULL;
    if (rc > 0 && job->log && *job->log) return HC_BUILD;
    return hc_set_error(HC_SKIP, 0, NULL, NULL, "%s could not be run: %s", job->program,
                        rc < 0 ? strerror(errno) : "it says nothing");
}
