// SPDX-License-Identifier: MIT
/* The check of one exercise, step by step: build what is shared (once, kept in the build tree),
 * give the learner's kernels a folder of their own, let CMake make a CTest project of the exercise,
 * build the learner's program if there is one, run CTest, and gather what its cases left.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <inttypes.h>
#include <limits.h>

#include "exercise.h"

enum { BUILD_SECONDS = 300, MAX_OUTPUT = 1 << 26 };

/* The learner's build has flags of its own: neither a sanitizer's nor those of the environment. */
static const char *const clean[] = {"CFLAGS",
                                    "LDFLAGS",
                                    "CMAKE_GENERATOR",
                                    "CTEST_OUTPUT_ON_FAILURE",
                                    "CMAKE_BUILD_PARALLEL_LEVEL",
                                    "CTEST_PARALLEL_LEVEL",
                                    NULL};

/* Run a step that must work. errors  HC_ERROR with its output as the detail */
static int must(const char *what, const char *const *argv) {
    Ended ended;
    int status = run_program(argv, clean, BUILD_SECONDS, MAX_OUTPUT, &ended);
    if (status == HC_OK && ended.code != 0) {
        status = hc_set_error(HC_ERROR, ended.code, NULL,
                              "delete the folder exercise/ in the build tree and try again",
                              "%s failed (exit code %d)", what, ended.code);
        hc_set_error_detail(text_format("%s%s", ended.out, ended.err));
    }
    ended_free(&ended);
    return status;
}

/* Remove the folders of checks whose learner's folder is gone; the shared lock is held. */
static void sweep(const Options *options) {
    char *all = text_format("%s/exercise/work", options->build), **names = folder_names(all);
    for (size_t i = 0; names && names[i]; i++) {
        char *folder = text_format("%s/%s", all, names[i]);
        char *file = text_format("%s/learner", folder), *learner = file_read(file);
        if (learner && !file_exists(learner)) folder_remove(folder);
        free(learner);
        free(file);
        free(folder);
    }
    names_free(names);
    free(all);
}

/* The helper library, the exercise's recipe and its check program, in release flags whatever the
 * build tree's are: oclgrind cannot run a program with a sanitizer. The first call takes some
 * seconds. */
static int prepare_shared(const Options *options, const Exercise *exercise) {
    char *folder = text_format("%s/exercise", options->build);
    char *build = text_format("%s/shared", folder), *file = text_format("%s/lock", folder);
    char *source = text_format("%s/common/tools/exercise/harness/shared", options->root);
    char *ready = text_format("%s/build.ninja", build);
    char *needed = text_format("exercise_%s", exercise->name);
    const char *const make_cusim[] = {"cmake",    "--build",        build,
                                      "--target", "exercise_cusim", NULL};
    const char *const configure[] = {
        "cmake", "-S", source, "-B", build, "-G", "Ninja", "-DCMAKE_BUILD_TYPE=Release", NULL};
    const char *const make[] = {"cmake", "--build", build, "--target", needed, NULL};
    int lock, status = folder_make(folder);
    if (status == HC_OK) status = lock_take(file, &lock);
    if (status == HC_OK) {
        if (!file_exists(ready)) {
            fputs("exercise: preparing the checker, once ...\n", stderr);
            status = must("preparing the checker", configure);
        }
        if (status == HC_OK) status = must("building the checker", make);
        if (status == HC_OK && uses_cuda(exercise))
            status = must("building cusim, the software CUDA device", make_cusim);
        sweep(options);
        lock_drop(lock);
    }
    free(needed);
    free(ready);
    free(source);
    free(file);
    free(build);
    free(folder);
    return status;
}

/* WORK/kernels: the cookbook's kernels, where a recipe is to run, and the learner's in their place.
 * A kernel that the learner should have is never taken from the cookbook. */
static int gather_kernels(const Options *options, const Exercise *exercise, const char *learner,
                          const char *work) {
    char *to = text_format("%s/kernels", work), *from = text_format("%s/kernels", options->root);
    const cJSON *file;
    int status = folder_remove(to);
    if (status == HC_OK) status = is_program(exercise) ? folder_make(to) : folder_copy(from, to);
    cJSON_ArrayForEach(file, exercise_list(exercise, "files")) {
        char *source = text_format("%s/%s", learner, file->valuestring);
        char *target = text_format("%s/%s", to, file->valuestring);
        remove(target);
        if (status == HC_OK) status = file_copy(source, target);
        free(target);
        free(source);
    }
    free(from);
    free(to);
    return status;
}

static int configure(const Options *options, const Exercise *exercise, const char *learner,
                     const char *work) {
    char *source = text_format("%s/common/tools/exercise/harness", options->root);
    char *build = text_format("%s/build", work), self[PATH_MAX];
    char *d_exercise = text_format("-DEXERCISE=%s", exercise->folder);
    char *d_learner = text_format("-DLEARNER=%s", learner),
         *d_work = text_format("-DWORK=%s", work);
    char *d_root = text_format("-DROOT=%s", options->root);
    char *d_build = text_format("-DCOOKBOOK_BUILD=%s", options->build);
    if (!realpath("/proc/self/exe", self))
        snprintf(self, sizeof self, "%s/bin/hc_exercise", options->build);
    char *d_runner = text_format("-DRUNNER=%s", self);
    const char *const argv[] = {"cmake",    "-S",      source,  "-B",
                                build,      "-G",      "Ninja", "-DCMAKE_BUILD_TYPE=Release",
                                d_exercise, d_learner, d_work,  d_root,
                                d_build,    d_runner,  NULL};
    int status = must("preparing the exercise", argv);
    free(d_runner);
    free(d_build);
    free(d_root);
    free(d_work);
    free(d_learner);
    free(d_exercise);
    free(build);
    free(source);
    return status;
}

/* What the compiler said, without what the build tool says around it, and with short file names. */
static char *compiler_log(const char *output, const char *learner) {
    char *text = NULL;
    size_t length, prefix = strlen(learner);
    FILE *out = open_memstream(&text, &length);
    bool command = false; /* the line after FAILED: is the command */
    for (const char *p = output; out && *p;) {
        size_t bytes = strcspn(p, "\n");
        bool noise = *p == '[' || strncmp(p, "ninja: ", 7) == 0 || command;
        command = strncmp(p, "FAILED: ", 8) == 0;
        for (size_t i = 0; i < bytes && !noise && !command;) {
            if (strncmp(p + i, learner, prefix) == 0 && p[i + prefix] == '/') i += prefix + 1;
            else putc(p[i++], out);
        }
        if (!noise && !command) putc('\n', out);
        p += bytes + (p[bytes] == '\n');
    }
    if (out) fclose(out);
    return text;
}

/* Build the learner's program. HC_BUILD: it did not compile, and the log is in the verdict. */
static int build_program(const char *learner, const char *work, Verdict *verdict) {
    char *build = text_format("%s/build", work);
    const char *const argv[] = {"cmake", "--build", build, NULL};
    Ended ended;
    int status = run_program(argv, clean, BUILD_SECONDS, MAX_OUTPUT, &ended);
    if (status == HC_OK && ended.code != 0) {
        status = HC_BUILD;
        verdict->status = NOT_BUILT;
        verdict->message = text_format("The program does not compile. What the compiler says:");
        verdict->detail = compiler_log(ended.out, learner);
    } else if (status == HC_OK) {
        verdict->program =
            text_format("%s/bin/%s --kernel-dir %s", build, verdict->exercise->name, learner);
    }
    ended_free(&ended);
    free(build);
    return status;
}

/* CTest's exit code, into *code; its own words go to WORK/ctest.log. */
static int run_ctest(const Options *options, const char *work, uint64_t seed, int *code) {
    char *build = text_format("%s/build", work), *log = text_format("%s/ctest.log", work);
    char *d_seed = text_format("HC_EXERCISE_SEED=%" PRIu64, seed);
    char *d_seconds = text_format("HC_EXERCISE_SECONDS=%u", options->seconds);
    char *jobs = text_format("%u", hc_cores());
    const char *const argv[] = {
        "ctest", "--test-dir", build, "--output-on-failure", "--no-tests=error", "-j", jobs,
        "-O",    log,          NULL};
    const char *const change[] = {d_seed, d_seconds, "CTEST_OUTPUT_ON_FAILURE",
                                  "CTEST_PARALLEL_LEVEL", NULL};
    /* CTest would begin with what took longest, or failed, the last time. */
    char *history = text_format("%s/Testing", build);
    int status = folder_remove(history);
    free(history);
    Ended ended = {.code = -1};
    if (status == HC_OK) status = run_program(argv, change, 3600, MAX_OUTPUT, &ended);
    *code = ended.code;
    ended_free(&ended);
    free(jobs);
    free(d_seconds);
    free(d_seed);
    free(log);
    free(build);
    return status;
}

/* Every case that the harness announced must have left a result: one that left none did not pass.
 * */
static int gather(const char *work, Verdict *verdict) {
    char *path = text_format("%s/build/cases.txt", work), *names = file_read(path);
    int status = HC_OK;
    free(path);
    for (char *p = names; p && *p && status == HC_OK;) {
        size_t length = strcspn(p, "\n");
        Case *more = realloc(verdict->cases, (verdict->count + 1) * sizeof *more);
        if (!more) return hc_set_error(HC_ERROR, ENOMEM, "ENOMEM", NULL, "no memory");
        verdict->cases = more;
        Case *result = &more[verdict->count++];
        *result = (Case){0};
        path = text_format("%s/results/%.*s.json", work, (int)length, p);
        char *text = file_read(path);
        cJSON *json = text ? cJSON_Parse(text) : NULL;
        if (!case_from_json(json, result)) {
            result->status = CASE_ERROR;
            snprintf(result->name, sizeof result->name, "%.*s", (int)length, p);
            free(result->message);
            result->message = text_format("the case left no result; see %s/ctest.log", work);
        }
        cJSON_Delete(json);
        free(text);
        free(path);
        p += length + (p[length] == '\n');
    }
    free(names);
    if (verdict->count == 0)
        status = hc_set_error(HC_ERROR, 0, NULL, NULL, "the exercise has no cases");
    return status;
}

/* Are the learner's files there, and are they still the starter's? */
static bool look_at_files(const Exercise *exercise, const char *learner, Verdict *verdict) {
    const cJSON *file;
    bool complete = true;
    verdict->untouched = true;
    cJSON_ArrayForEach(file, exercise_list(exercise, "files")) {
        char *own = text_format("%s/%s", learner, file->valuestring);
        char *starter = text_format("%s/starter/%s", exercise->folder, file->valuestring);
        verdict->untouched = verdict->untouched && file_same(own, starter);
        if (complete && !file_exists(own)) {
            complete = false;
            verdict->status = NOT_PASSED;
            verdict->message = text_format(
                "The file %s is missing from %s. Begin anew by ./cook exercise reset %s; "
                "what else is there is kept as a backup.",
                file->valuestring, learner, exercise->name);
        }
        free(starter);
        free(own);
    }
    return complete;
}

/* A folder of the check's own for this learner's folder: two learners must not share one. */
static char *work_folder(const Options *options, const Exercise *exercise, const char *learner) {
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (const char *p = learner; *p; p++) hash = (hash ^ (unsigned char)*p) * 1099511628211u;
    return text_format("%s/exercise/work/%s-%016" PRIx64, options->build, exercise->name, hash);
}

static int check_in(const Options *options, const Exercise *exercise, const char *learner,
                    const char *work, Verdict *verdict) {
    char *results = text_format("%s/results", work);
    int ctest = -1, status = folder_remove(results);
    if (status == HC_OK) status = folder_make(results);
    char *owner = text_format("%s/learner", work);
    if (status == HC_OK) status = file_write(owner, learner);
    free(owner);
    if (status == HC_OK) status = gather_kernels(options, exercise, learner, work);
    if (status == HC_OK) status = configure(options, exercise, learner, work);
    if (status == HC_OK && is_program(exercise)) status = build_program(learner, work, verdict);
    if (status == HC_OK) status = run_ctest(options, work, verdict->seed, &ctest);
    if (status == HC_OK) status = gather(work, verdict);
    if (status == HC_OK) {
        verdict_find_words(verdict);
        if (verdict->status == PASSED && ctest != 0)
            status = hc_set_error(HC_ERROR, ctest, NULL, NULL,
                                  "every case passed, but ctest ended with %d; see %s/ctest.log",
                                  ctest, work);
    }
    free(results);
    return status;
}

void check_exercise(const Options *options, const Exercise *exercise, const char *learner,
                    uint64_t seed, Verdict *verdict) {
    *verdict = (Verdict){.exercise = exercise, .seed = seed};
    double start = hc_now_ms();
    char path[PATH_MAX];
    if (!realpath(learner, path)) snprintf(path, sizeof path, "%s", learner);
    if (look_at_files(exercise, path, verdict)) {
        char *work = work_folder(options, exercise, path), *file = text_format("%s/lock", work);
        int lock, status = prepare_shared(options, exercise);
        if (status == HC_OK) status = folder_make(work);
        if (status == HC_OK) status = lock_take(file, &lock);
        if (status == HC_OK) {
            status = check_in(options, exercise, path, work, verdict);
            lock_drop(lock);
        }
        if (status != HC_OK && status != HC_BUILD) {
            const HcError *error = hc_last_error();
            verdict->status = FAILED_TO_RUN;
            free(verdict->message);
            free(verdict->detail);
            verdict->message = text_format("The check could not be made: %s.%s%s", error->message,
                                           *error->hint ? " Hint: " : "", error->hint);
            verdict->detail = error->detail ? text_format("%s", error->detail) : NULL;
        }
        free(file);
        free(work);
    }
    verdict->ms = hc_now_ms() - start;
}
