// SPDX-License-Identifier: MIT
/* What compiles CUDA kernels here: NVRTC, clang, or the PTX that is kept beside the kernels; and the
 * cache that their results go to. hc_cu_compile itself is asked, in a child process, since looking
 * for NVRTC loads a library and asks the driver for its version.
 */
#define _XOPEN_SOURCE 700
#include <glob.h>
#include <sys/stat.h>

#include "doctor.h"
#include "hc_files.h"

#ifdef DOCTOR_CUDA
#include "compile.h"

/* In the child: print what there is, or why there is nothing. */
int doctor_probe_compiler(const char *way) {
    HcJob *job = calloc(1, sizeof *job);
    if (!job) return HC_ERROR;
    hc_run.kernels = HC_KERNELS;
    job->source = job->file = "";
    job->arch = 10000; /* the newest that it knows */
    bool nvrtc = strcmp(way, "nvrtc") == 0;
    int status = nvrtc ? hc_find_nvrtc(job) : hc_find_clang(job);
    const char *path = job->program;
    static const char *const names[] = {"libnvrtc.so", "libnvrtc.so.13", "libnvrtc.so.12",
                                        "libnvrtc.so.11.2"};
    for (size_t i = 0; nvrtc && i < sizeof names / sizeof names[0] && (!*path || *path == '?'); i++)
        path = doctor_library_path(names[i], "nvrtcVersion");
    if (status != HC_OK) puts(hc_last_error()->message);
    else printf("%s, up to %s: %s\n", job->compiler, job->target, path);
    free(job->text);
    free(job);
    return status;
}

static bool check_compiler(const char *way) {
    DoctorRun run;
    doctor_self(&run, "compiler", way, NULL);
    run.out[strcspn(run.out, "\n")] = '\0';
    bool found = run.status == HC_OK;
    if (run.status != HC_OK && run.status != HC_SKIP) {
        doctor_find(DOCTOR_NOTE, "CUDA C", way, "fails (status %d) %s", run.status, run.err);
        doctor_advise("CUDA kernels are compiled in another way",
                      "HC_CUDA_COMPILER=clang, nvrtc or ptx chooses one");
        return found;
    }
    int major = 0, minor = 0, gpu = doctor_gpu_version();
    sscanf(run.out, "NVRTC %d.%d", &major, &minor);
    bool newer = gpu && 1000 * major + 10 * minor > gpu;
    doctor_find(newer ? DOCTOR_NOTE : DOCTOR_OK, "CUDA C", way, "%s%s",
                found ? "" : "none: ", run.out);
    if (newer)
        doctor_advise("it is newer than the driver, which refuses its PTX: kernels are compiled "
                      "for this very device instead",
                      "update NVIDIA's driver, or take a toolkit of CUDA %d.%d", gpu / 1000,
                      gpu % 1000 / 10);
    return found;
}
#else
int doctor_probe_compiler(const char *way) {
    (void)way;
    return HC_USAGE;
}
#endif

static size_t count_files(const char *folder, const char *pattern, double *mib) {
    char path[4096];
    glob_t found;
    struct stat info;
    snprintf(path, sizeof path, "%s/%s", folder, pattern);
    *mib = 0;
    if (glob(path, 0, NULL, &found) != 0) return 0;
    size_t count = found.gl_pathc;
    for (size_t i = 0; i < count; i++)
        if (stat(found.gl_pathv[i], &info) == 0) *mib += (double)info.st_size / (1 << 20);
    globfree(&found);
    return count;
}

void doctor_check_compilers(void) {
    double mib;
#ifdef DOCTOR_CUDA
    bool nvrtc = check_compiler("nvrtc"), clang = check_compiler("clang");
    size_t kept = count_files(HC_KERNELS, "ptx/*.ptx", &mib);
    if (nvrtc || clang) {
        doctor_find(DOCTOR_OK, "CUDA C", "kept PTX", "%zu files in %s/ptx", kept, HC_KERNELS);
    } else {
        doctor_find(kept ? DOCTOR_NOTE : DOCTOR_PROBLEM, "CUDA C", "kept PTX",
                    "%zu files, the only way here", kept);
        doctor_advise("it serves for kernels that are as they came; an edited one is not compiled",
                      "./cook setup exercise (installs clang), or ./cook setup nvrtc");
    }
#endif
    hc_cache_put("the doctor's visit", "", 0);
    size_t entries = count_files(hc_cache_folder(), "*", &mib);
    if (hc_cache_trouble()) {
        doctor_find(DOCTOR_NOTE, "CUDA C", "cache", "%s", hc_cache_trouble());
        doctor_advise("each run compiles its kernels again",
                      "set HC_CACHE_DIR to a folder of yours");
    } else {
        doctor_find(DOCTOR_OK, "CUDA C", "cache", "%s: %zu entries, %.1f MiB", hc_cache_folder(),
                    entries, mib);
    }
}
