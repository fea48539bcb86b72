// SPDX-License-Identifier: MIT
/* The run of a recipe from HC_START to hc_end, and every way in which it can end before.
 * A kernel that loops, a crash inside a driver, Ctrl-C, or a library that calls exit() must not
 * look like an answer: each ends in a sentence, its own exit code, and one JSON object.
 */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

HcRun hc_run;

/* ---- What signal handlers say, made before: they may only call write() and _exit(). ---- */

static const struct {
    int signal, status;
    HcError error;
} last_words[] = {
    {SIGALRM,
     HC_TIMEOUT,
     {0, "TIMEOUT", "--timeout reached before the work was done",
      "give more time, or less work: a smaller --size or --repeat", NULL}},
    {SIGINT, HC_SIGINT, {0, "SIGINT", "interrupted", "", NULL}},
    {SIGSEGV,
     HC_ERROR,
     {0, "SIGSEGV", "memory outside an array was touched, by a kernel or by the host",
      "run it under oclgrind, which names the line: oclgrind PROGRAM -n 1000", NULL}},
    {SIGBUS, HC_ERROR, {0, "SIGBUS", "memory that is not there was touched", "", NULL}},
    {SIGFPE, HC_ERROR, {0, "SIGFPE", "integer division by zero, by kernel or host", "", NULL}},
    {SIGILL, HC_ERROR, {0, "SIGILL", "an instruction this CPU does not have", "", NULL}},
    {SIGABRT, HC_ERROR, {0, "SIGABRT", "a library gave up (its reason stands above)", "", NULL}},
};
enum { LAST_WORDS = sizeof last_words / sizeof last_words[0] };
static char last_text[LAST_WORDS][768], *last_json[LAST_WORDS];

void hc_prepare_last_words(void) {
    for (int i = 0; i < LAST_WORDS; i++) {
        const HcError *e = &last_words[i].error;
        char *old = last_json[i];
        last_json[i] = hc_run.args.json ? hc_report_json("error", e, NULL, NULL, 0) : NULL;
        free(old);
        snprintf(last_text[i], sizeof last_text[i], "\n%s: %s\n    %s%s%s\n", hc_run.recipe->name,
                 e->name, e->message, *e->hint ? "\n    hint: " : "", e->hint);
    }
}

static void put(int fd, const char *text) {
    if (write(fd, text, strlen(text)) < 0) return; /* nobody is left to tell */
}

static void on_signal(int number) {
    for (int i = 0; i < LAST_WORDS; i++)
        if (last_words[i].signal == number) {
            put(STDERR_FILENO, last_text[i]);
            if (last_json[i]) put(STDOUT_FILENO, last_json[i]), put(STDOUT_FILENO, "\n");
            _exit(last_words[i].status);
        }
    _exit(HC_ERROR);
}

static void catch_signals(double timeout_s) {
#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__) && !defined(HC_SANITIZE)
    static char stack[1 << 16]; /* a crash may be an overflowing stack */
    const stack_t alternate = {.ss_sp = stack, .ss_size = sizeof stack};
    sigaltstack(&alternate, NULL);
    const int first_crash = 2;
#else
    const int first_crash = LAST_WORDS; /* the sanitizer's own report says more */
#endif
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_ONSTACK};
    sigemptyset(&action.sa_mask);
    for (int i = 0; i < LAST_WORDS; i++)
        if (i < 2 || i >= first_crash) sigaction(last_words[i].signal, &action, NULL);
    if (timeout_s > 0) {
        long long us = (long long)ceil(timeout_s * 1e6);
        struct itimerval timer = {.it_value = {us / 1000000, us % 1000000}};
        setitimer(ITIMER_REAL, &timer, NULL);
    }
}

/* PoCL's LLVM calls exit(1) when its disk is full; 1 would mean "wrong answer". */
static void on_exit_elsewhere(void) {
    if (!hc_run.started || hc_run.ended) return;
    hc_run.ended = true;
    hc_set_error(HC_ERROR, 0, NULL, "its own message stands above; a full disk is a usual reason",
                 "a library ended the program");
    _exit(hc_fail(HC_ERROR, "exit", 0, "called by a library"));
}

/* ---- The step shown on a terminal when it lasts over a second ---- */

static pthread_mutex_t step_lock = PTHREAD_MUTEX_INITIALIZER;
static const char *step_now;
static double step_began_ms;
static bool step_shown;

static void *show_steps(void *unused) {
    (void)unused;
    bool plain = getenv("NO_COLOR") != NULL;
    for (;;) {
        nanosleep(&(struct timespec){.tv_nsec = 250000000}, NULL);
        pthread_mutex_lock(&step_lock);
        double seconds = (hc_now_ms() - step_began_ms) / 1e3;
        if (step_now && seconds > 1) {
            fprintf(stderr, "\r%s%s ... %.0f s%s ", plain ? "" : "\033[2m", step_now, seconds,
                    plain ? "" : "\033[0m");
            step_shown = true;
        }
        pthread_mutex_unlock(&step_lock);
    }
    return NULL;
}

void hc_step(const char *what) {
    pthread_mutex_lock(&step_lock);
    if (step_shown) fprintf(stderr, "\r%*s\r", 72, "");
    step_shown = false;
    step_now = what;
    step_began_ms = hc_now_ms();
    pthread_mutex_unlock(&step_lock);
}

static void start_steps(void) {
    const char *term = getenv("TERM");
    if (!isatty(STDERR_FILENO) || !term || strcmp(term, "dumb") == 0) return;
    pthread_t thread;
    if (pthread_create(&thread, NULL, show_steps, NULL) == 0) pthread_detach(thread);
}

/* ---- Beginning and end ---- */

int hc_finish_stdout(int rc) {
    if (fflush(stdout) == 0 && !ferror(stdout)) return rc;
    fprintf(stderr, "%s: stdout: could not write the result\n    hint: is the disk full?\n",
            hc_run.recipe ? hc_run.recipe->name : "hc");
    return rc == HC_OK || rc == HC_WRONG ? HC_ERROR : rc;
}

void hc_say(const char *format, ...) {
    if (hc_run.args.json || hc_run.args.quiet) return;
    va_list list;
    va_start(list, format);
    vprintf(format, list);
    va_end(list);
}

/* Variables that an API's loader reads when it is first called. The layer behind --explain comes
 * last in its list: next to the program. */
static int set_environment(const HcArgs *args, const HcApi *const *apis, const char *layers) {
    static const char *const known[][3] = {{"opencl", "OPENCL_LAYERS", "libhc_explain_cl.so"},
                                           {"cuda", "HC_CUDA_LAYERS", "libhc_explain_cu.so"}};
    static char paths[2][4000]; /* the first outlives this call: hc_run.layer */
    char list[8192];
    if (args->no_cache) setenv("POCL_KERNEL_CACHE", "0", 1);
    for (; args->explain && apis && *apis; apis++)
        for (int i = 0; i < 2; i++) {
            if (strcmp((*apis)->name, known[i][0]) != 0) continue;
            const char *others = getenv(known[i][1]);
            snprintf(paths[i], sizeof paths[i], "%s/%s", layers ? layers : ".", known[i][2]);
            if (access(paths[i], R_OK) != 0)
                return hc_set_error(HC_SKIP, 0, NULL, "build it with CMake, as ./cook run does",
                                    "--explain needs %s, which is not there", paths[i]);
            snprintf(list, sizeof list, "%s%s%s", others ? others : "",
                     others && *others ? ":" : "", paths[i]);
            setenv(known[i][1], list, 1);
            if (i == 0) hc_run.layer = paths[0];
        }
    return HC_OK;
}

int hc_start(HcArgs *args, const HcRecipe *recipe, const char *kernels, const char *layers,
             int argc, char **argv) {
    hc_run = (HcRun){.recipe = recipe, .kernels = kernels, .layers = layers};
    int status = hc_parse_args(args, recipe, argc, argv);
    hc_run.args = *args;
    if (status != HC_OK) {
        fprintf(stderr, "%s: %s\n    hint: %s --help lists the options\n", recipe->name,
                hc_last_error()->message, recipe->name);
        return status;
    }
    if (args->help || args->version) {
        if (args->help) hc_print_help(recipe, stdout);
        else printf("%s %s\n", recipe->name, HC_VERSION);
        return hc_finish_stdout(HC_OK);
    }
    atexit(on_exit_elsewhere);
    hc_run.started = true;
    hc_prepare_last_words();
    catch_signals(args->timeout_s);
    if (!args->quiet && !args->json && !args->explain) start_steps();
    status = set_environment(args, recipe->apis, layers);
    if (status != HC_OK) return hc_fail(status, recipe->name, 0, "--explain");
    if (args->list_devices) {
        status = hc_list_devices(recipe->apis, args->json ? NULL : stdout);
        if (status != HC_OK) return hc_fail(status, recipe->name, 0, "--list-devices");
        if (args->json) return hc_end();
        hc_run.ended = true;
        return hc_finish_stdout(HC_OK);
    }
    return HC_CONTINUE;
}

int hc_fail(int status, const char *file, int line, const char *call) {
    const HcError *e = hc_last_error();
    hc_step(NULL);
    fflush(stdout); /* what was said before the error comes first */
    if (line) fprintf(stderr, "%s:%d: %s\n", file, line, call);
    else fprintf(stderr, "%s: %s\n", file, call);
    if (*e->name) fprintf(stderr, "    %s (%d): %s\n", e->name, e->code, e->message);
    else fprintf(stderr, "    %s\n", e->message);
    if (e->detail) fprintf(stderr, "%s", e->detail);
    if (*e->hint) fprintf(stderr, "    hint: %s\n", e->hint);
    if (hc_run.args.json && status != HC_USAGE) {
        char *json = hc_report_json(status == HC_SKIP ? "skip" : "error", e, call, file, line);
        if (json) puts(json);
        free(json);
    }
    hc_run.ended = true;
    return hc_finish_stdout(status);
}

int hc_end(void) {
    hc_step(NULL);
    int rc = hc_run.wrong_any ? HC_WRONG : HC_OK;
    if (hc_run.args.json) {
        char *json = hc_report_json(rc == HC_OK ? "ok" : "wrong", NULL, NULL, NULL, 0);
        if (json) puts(json);
        else rc = HC_ERROR;
        free(json);
    } else if (!hc_run.args.quiet) {
        hc_report_text(stdout);
    }
    hc_run.ended = true;
    return hc_finish_stdout(rc);
}
