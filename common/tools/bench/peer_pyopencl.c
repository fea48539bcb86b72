// SPDX-License-Identifier: MIT
/* The whole process of recipe 08 against the same program in PyOpenCL: what a user waits for, from
 * the shell to the verified answer. Both use the same device, the same kernel text and a warm
 * kernel cache.
 *
 * The peer lives in a virtual environment of its own, work/venv, which only this case makes: it
 * needs a network the first time. Where it cannot be made the case is skipped, and the reason is
 * shown.
 */
#define _XOPEN_SOURCE 700
#include <cjson/cJSON.h>
#include <unistd.h>

#include "bench.h"

enum { PATH_BYTES = 4400, MAX_SIZE = 1 << 20, WARM_UPS = 2, PEER_WRONG = 9 };
#define RECIPE "08_opencl_application"

typedef struct Pair {
    const char *const *argv[2]; /* ours, theirs */
    const char *env[4];
    char log[PATH_BYTES];
} Pair;

/* One side ended with an exit code: what that means for the case; its messages are the detail. */
static int process_failed(const Pair *pair, size_t side, const char *program, int code) {
    bool known = code == HC_WRONG || code == HC_USAGE || code == HC_BUILD || code == HC_SKIP;
    int status = side == 0 ? (known ? code : HC_ERROR) : code == PEER_WRONG ? HC_WRONG : HC_ERROR;
    hc_set_error(status, 0, NULL, NULL, "%s ended with exit code %d", program, code);
    hc_set_error_detail(bench_read_file(pair->log));
    return status;
}

/* Run one side untimed with its output kept, and parse that. */
static int run_for_json(const BenchOptions *o, const Pair *pair, size_t side,
                        const char *const *argv, cJSON **root) {
    char output[PATH_BYTES];
    int code;
    snprintf(output, sizeof output, "%s/process.json", o->work);
    const BenchProcess process = {
        .argv = argv, .env = side ? pair->env : NULL, .output = output, .messages = pair->log};
    int status = bench_run_process(&process, &code, NULL);
    if (status != HC_OK) return status;
    if (code != 0) return process_failed(pair, side, argv[0], code);
    char *text = bench_read_file(output);
    *root = text ? cJSON_Parse(text) : NULL;
    free(text);
    if (*root) return HC_OK;
    return hc_set_error(HC_ERROR, 0, NULL, NULL, "%s gave no JSON: %s", argv[0], output);
}

static const char *text_of(const cJSON *object, const char *key) {
    const cJSON *item = cJSON_GetObjectItemCaseSensitive(object, key);
    return cJSON_IsString(item) ? item->valuestring : "";
}

static int sample_process(void *context, size_t side, double *ms) {
    const Pair *pair = context;
    const BenchProcess process = {
        .argv = pair->argv[side], .env = side ? pair->env : NULL, .messages = pair->log};
    int code;
    int status = bench_run_process(&process, &code, ms);
    if (status != HC_OK || code == 0) return status;
    return process_failed(pair, side, process.argv[0], code);
}

int bench_whole_process(Bench *bench, const BenchCase *self, BenchSamples *s) {
    const BenchOptions *o = &bench->options;
    char program[PATH_BYTES], python[PATH_BYTES + 16], n[24], device[64] = "", name[256] = "";
    char cache[PATH_BYTES + 16];
    cJSON *ours = NULL, *theirs = NULL;
    (void)self;
    if (s->n > MAX_SIZE) s->n = MAX_SIZE;
    snprintf(n, sizeof n, "%zu", s->n);
    snprintf(program, sizeof program, "%s/" RECIPE, o->programs);
    if (access(program, X_OK) != 0)
        return hc_set_error(HC_SKIP, 0, NULL, "build it beside this program", "there is no %s",
                            program);
    const char *kernels = getenv("HC_KERNEL_DIR");
    if (!kernels)
        return hc_set_error(HC_USAGE, 0, NULL, "name it with --kernel-dir",
                            "the folder of kernels was not found");
    int status = bench_python(o, "venv", "peer_requirements.txt", python, sizeof python);
    if (status != HC_OK) return status;

    /* The peer's wheel brings a loader of its own, which must be told where the drivers are listed;
     * and what Python packages cache stays in the work folder. */
    Pair pair = {
        .env = {cache, getenv("OCL_ICD_VENDORS") ? NULL : "OCL_ICD_VENDORS=/etc/OpenCL/vendors"}};
    snprintf(cache, sizeof cache, "XDG_CACHE_HOME=%s/cache", o->work);
    snprintf(pair.log, sizeof pair.log, "%s/process.log", o->work);
    const char *const spec[] = {o->device ? "--device" : NULL, o->device, NULL};
    const char *const ask[] = {program, "-n", n, "--repeat", "1", "--json", spec[0], spec[1], NULL};
    const char *const run[] = {program,   "-n",    n,       "--repeat", "1",
                               "--quiet", spec[0], spec[1], NULL};
    status = run_for_json(o, &pair, 0, ask, &ours);
    if (status != HC_OK) return status;
    const cJSON *where = cJSON_GetObjectItemCaseSensitive(ours, "device");
    snprintf(device, sizeof device, "%s",
             text_of(where, "spec") + strcspn(text_of(where, "spec"), ":"));
    snprintf(name, sizeof name, "%s", text_of(where, "name"));
    cJSON_Delete(ours);

    const char *const peer[] = {python,      HC_BENCH_SOURCE "/peer_pyopencl.py",
                                "--device",  device + 1,
                                "--kernels", kernels,
                                "--size",    n,
                                NULL};
    status = run_for_json(o, &pair, 1, peer, &theirs);
    if (status == HC_WRONG) return status;
    if (status != HC_OK) return bench_skip_because("the PyOpenCL peer failed", pair.log);
    if (strcmp(text_of(theirs, "device"), name) != 0)
        status = hc_set_error(HC_SKIP, 0, NULL, NULL,
                              "PyOpenCL has another device at %s: '%s', not '%s'", device + 1,
                              text_of(theirs, "device"), name);
    bench_version(bench, "PyOpenCL", text_of(theirs, "pyopencl"));
    bench_version(bench, "NumPy", text_of(theirs, "numpy"));
    bench_version(bench, "Python", text_of(theirs, "python"));
    cJSON_Delete(theirs);
    if (status != HC_OK) return status;

    pair.argv[0] = run;
    pair.argv[1] = peer;
    double first;
    for (size_t i = 0; i < WARM_UPS; i++)
        for (size_t side = 0; side < 2; side++)
            if ((status = sample_process(&pair, side, &first)) != HC_OK) return status;
    return bench_interleave(s->rounds, 2, sample_process, &pair,
                            (double *[]){s->value, s->reference});
}
