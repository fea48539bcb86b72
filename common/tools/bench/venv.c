// SPDX-License-Identifier: MIT
/* The environment of a Python peer: made once, below the work folder, of pinned packages from PyPI.
 * Where it cannot be made the case is skipped, and the reason is shown.
 */
#define _XOPEN_SOURCE 700
#include <unistd.h>

#include "bench.h"

enum { PATH_BYTES = 4400 };

int bench_skip_because(const char *what, const char *log) {
    char *text = bench_read_file(log);
    int status = hc_set_error(HC_SKIP, 0, NULL, NULL, "%s: %.300s (all of it: %s)", what,
                              text ? bench_last_line(text) : "no message", log);
    free(text);
    return status;
}

/* A file that says: this environment is complete, and made from these requirements. */
static bool is_ready(const char *marker, const char *wanted) {
    char *now = bench_read_file(marker), *want = bench_read_file(wanted);
    bool ready = now && want && strcmp(now, want) == 0;
    free(now);
    free(want);
    return ready;
}

static int write_marker(const char *marker, const char *wanted) {
    char *want = bench_read_file(wanted);
    FILE *file = want ? fopen(marker, "w") : NULL;
    bool good = file && fputs(want, file) >= 0;
    if (file && fclose(file) != 0) good = false;
    free(want);
    return good ? HC_OK
                : hc_set_error(HC_ERROR, 0, NULL, "is the disk full?", "%s: not written", marker);
}

int bench_python(const BenchOptions *o, const char *name, const char *requirements, char *python,
                 size_t size) {
    char venv[PATH_BYTES], wanted[PATH_BYTES], marker[PATH_BYTES + 32], log[PATH_BYTES];
    int code, status = bench_make_folder(o->work);
    snprintf(venv, sizeof venv, "%s/%s", o->work, name);
    snprintf(wanted, sizeof wanted, "%s/%s", HC_BENCH_SOURCE, requirements);
    snprintf(marker, sizeof marker, "%s/complete.txt", venv);
    snprintf(log, sizeof log, "%s/%s.log", o->work, name);
    snprintf(python, size, "%s/bin/python", venv);
    if (status != HC_OK || is_ready(marker, wanted)) return status;
    if (access(o->python, X_OK) != 0)
        return hc_set_error(HC_SKIP, 0, NULL, "name one with --python", "there is no %s",
                            o->python);
    bench_say("making %s for a Python peer, once (log: %s)", venv, log);
    const char *const make[] = {o->python, "-m", "venv", "--clear", venv, NULL};
    const char *const install[] = {python,
                                   "-m",
                                   "pip",
                                   "install",
                                   "--disable-pip-version-check",
                                   "--only-binary",
                                   ":all:",
                                   "--no-input",
                                   "--progress-bar",
                                   "off",
                                   "--retries",
                                   "1",
                                   "--timeout",
                                   "20",
                                   "-r",
                                   wanted,
                                   NULL};
    status = bench_run_process(&(BenchProcess){.argv = make, .output = log, .messages = log}, &code,
                               NULL);
    if (status != HC_OK) return status;
    if (code != 0)
        return bench_skip_because("python3 -m venv failed; is python3-venv installed?", log);
    status = bench_run_process(&(BenchProcess){.argv = install, .messages = log}, &code, NULL);
    if (status != HC_OK) return status;
    if (code != 0) return bench_skip_because("pip install failed", log);
    return write_marker(marker, wanted);
}
