// SPDX-License-Identifier: MIT
/* CUDA C by clang's NVPTX back end: free, in every distribution, and without any file of NVIDIA's.
 * clang is started as a program; its input and outputs are files in memory, so that nothing has to
 * be cleaned up whatever happens. What NVRTC has built in stands in hc_cuda_device.h, which goes
 * in front of the kernel's text.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "compile.h"
#include "hc_files.h"

extern char **environ;

/* What was written to a file in memory, to be freed. */
static char *read_back(int fd, size_t *size) {
    struct stat info;
    char *text = NULL;
    if (fstat(fd, &info) != 0 || hc_alloc((size_t)info.st_size + 1, 1, &text) != HC_OK) return NULL;
    ssize_t n = pread(fd, text, (size_t)info.st_size, 0);
    *size = n > 0 ? (size_t)n : 0;
    text[*size] = '\0';
    return text;
}

/* Run a program with input on stdin; what it prints is to be freed. Returns its exit status, or -1
 * with errno. */
static int run(const char *program, const char *const *args, const char *input, char **out,
               size_t *out_size, char **err) {
    int fd[3], status = -1, error = 0;
    size_t bytes = strlen(input), err_size;
    posix_spawn_file_actions_t actions;
    pid_t child;
    *out = *err = NULL;
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < 3; i++) {
        fd[i] = memfd_create("hc_compile", MFD_CLOEXEC);
        posix_spawn_file_actions_adddup2(&actions, fd[i], i);
    }
    if (fd[0] < 0 || fd[1] < 0 || fd[2] < 0 || pwrite(fd[0], input, bytes, 0) != (ssize_t)bytes)
        error = errno ? errno : EIO;
    /* The argument list is not changed, though its type does not say so. */
    if (!error) {
        char *argv[128];
        memset(argv, 0, sizeof argv);
        for (size_t i = 0; args[i] && i < 127; i++) memcpy(&argv[i], &args[i], sizeof argv[i]);
        error = posix_spawn(&child, program, &actions, NULL, argv, environ);
    }
    if (!error) {
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
        status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
        *out = read_back(fd[1], out_size);
        *err = read_back(fd[2], &err_size);
    }
    for (int i = 0; i < 3; i++)
        if (fd[i] >= 0) close(fd[i]);
    posix_spawn_file_actions_destroy(&actions);
    errno = error;
    return error || !*out || !*err ? -1 : status;
}

/* The first clang in PATH, under its plain name or with a version. */
static bool find_program(char *path, size_t size) {
    static const char *const names[] = {"clang",    "clang-21", "clang-20", "clang-19", "clang-18",
                                        "clang-17", "clang-16", "clang-15", "clang-14"};
    const char *named = getenv("HC_CLANG");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *name = named && *named ? named : names[i], *dirs = getenv("PATH");
        if (strchr(name, '/')) return snprintf(path, size, "%s", name) > 0 && !access(path, X_OK);
        for (const char *p = dirs ? dirs : ""; *p; p += strcspn(p, ":"), p += *p == ':') {
            snprintf(path, size, "%.*s/%s", (int)strcspn(p, ":"), p, name);
            if (*p != ':' && access(path, X_OK) == 0) return true;
        }
    }
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
    if (run(program, args, "", &out, &size, &err) != 0) free(err), err = NULL;
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
static bool translate(HcJob *job, size_t *n, const char *option) {
    static const char *const as_they_are[] = {"-D", "-U", "-I", "-std=", "--std=", "-w"};
    static char words[sizeof same / sizeof *same][192];
    for (size_t i = 0; i < sizeof as_they_are / sizeof *as_they_are; i++)
        if (strncmp(option, as_they_are[i], strlen(as_they_are[i])) == 0 && *n < 90) {
            job->args[(*n)++] = option;
            return true;
        }
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
        const char *name = option[0] == '-' && option[1] != '-' ? same[i].nvrtc + 1 : same[i].nvrtc;
        if (strcmp(option, name) != 0) continue;
        snprintf(words[i], sizeof words[i], "%s", same[i].clang);
        char *rest = words[i];
        for (char *word; (word = strtok_r(rest, " ", &rest)) && *n < 90;) job->args[(*n)++] = word;
        return *n < 90;
    }
    return false;
}

int hc_find_clang(HcJob *job) {
    static char arch[64];
    if (!find_program(job->program, sizeof job->program))
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
    snprintf(arch, sizeof arch, "--cuda-gpu-arch=%s", job->target);
    const char *const fixed[] = {
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
        "+ptx63", /* for warp functions */
        arch};
    size_t n = 0;
    for (; n < sizeof fixed / sizeof *fixed; n++) job->args[n] = fixed[n];
    for (size_t i = 0; i < job->option_count; i++)
        if (!translate(job, &n, job->options[i])) {
            char text[256];
            snprintf(text, sizeof text, "%s has nothing like the option %s\n", job->compiler,
                     job->options[i]);
            job->log = strdup(text);
            return HC_BUILD;
        }
    job->args[n++] = "-";
    job->args[n++] = "-o";
    job->args[n++] = "-";
    job->args[n] = NULL;

    char *header = NULL;
    int status = hc_find_kernel("../common/cuda/include/hc_cuda_device.h", false, &header);
    if (status != HC_OK) return hc_set_error(HC_SKIP, 0, NULL, NULL, "hc_cuda_device.h is gone");
    size_t room = strlen(header) + strlen(job->source) + strlen(job->file) + 64;
    if ((status = hc_alloc(room, 1, &job->text)) == HC_OK)
        snprintf(job->text, room, "#line 1 \"hc_cuda_device.h\"\n%s\n#line 1 \"%s\"\n%s", header,
                 job->file, job->source);
    free(header);
    return status;
}

int hc_make_clang(HcJob *job) {
    int rc = run(job->program, job->args, job->text, &job->image, &job->size, &job->log);
    if (rc == 0 && job->size) return HC_OK;
    free(job->image);
    job->image = NULL;
    if (rc > 0 && job->log && *job->log) return HC_BUILD;
    return hc_set_error(HC_SKIP, 0, NULL, NULL, "%s could not be run: %s", job->program,
                        rc < 0 ? strerror(errno) : "it says nothing");
}
