// SPDX-License-Identifier: MIT
/* The tour: run every recipe once, as `./cook run` does, and show on one screen what came of it.
 *
 * Each recipe runs as a process of its own with --json, so that one that crashes cannot hide the
 * others; what it prints is read from temporary files when it has ended. A recipe that fails shows
 * its own words, and the tour goes on. One that drew pictures names them in "results"."pictures".
 *
 *   hc_tour BUILD RECIPE...     BUILD: the build tree, whose bin/ has the recipes
 */
#define _POSIX_C_SOURCE 200809L
#include <cjson/cJSON.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "hc.h"

extern char **environ;

#define TIMEOUT_S "120" /* what each recipe is told */
enum { KILL_AFTER_S = 150, POLL_NS = 5 * 1000 * 1000, NAME_BYTES = 48 };

typedef enum { RAN, VERIFIED, SKIPPED, FAILED } Outcome;

/* What came of one recipe. */
typedef struct Stop {
    const char *recipe;
    Outcome outcome;
    int code; /* its exit code; a crash counts as HC_ERROR */
    double seconds;
    char *out, *err; /* what it printed */
    cJSON *json;     /* NULL if out is no JSON object */
} Stop;

/* The whole of a temporary file as text; NULL if it cannot be read. */
static char *read_all(int fd) {
    struct stat info;
    if (fstat(fd, &info) != 0 || info.st_size < 0) return NULL;
    size_t size = (size_t)info.st_size, at = 0;
    char *text = malloc(size + 1);
    while (text && at < size) {
        ssize_t got = pread(fd, text + at, size - at, (off_t)at);
        if (got <= 0) break;
        at += (size_t)got;
    }
    if (text) text[at] = '\0';
    return text;
}

/* Wait for the process; kill it if its own --timeout does not end it. Returns its wait status.
 * On a terminal, a recipe that takes over a second is shown with its seconds. */
static int wait_for(pid_t child, const char *recipe, double start) {
    bool terminal = isatty(STDERR_FILENO);
    int status = 0, shown = 0;
    struct timespec pause = {0, POLL_NS};
    while (waitpid(child, &status, WNOHANG) == 0) {
        int seconds = (int)((hc_now_ms() - start) / 1000);
        if (seconds >= KILL_AFTER_S) kill(child, SIGKILL);
        if (terminal && seconds > shown) fprintf(stderr, "\r%s: %d s ", recipe, shown = seconds);
        nanosleep(&pause, NULL);
    }
    if (shown) fprintf(stderr, "\r%*s\r", (int)strlen(recipe) + 12, "");
    return status;
}

/* Start bin/recipe with --json, its output going to the two files. Returns 0 or an errno. */
static int start(const char *build, const char *recipe, int out, int err, pid_t *child) {
    char path[4096];
    if (snprintf(path, sizeof path, "%s/bin/%s", build, recipe) >= (int)sizeof path)
        return ENAMETOOLONG;
    char json[] = "--json", timeout[] = "--timeout", limit[] = TIMEOUT_S;
    char *argv[] = {path, json, timeout, limit, NULL};
    posix_spawn_file_actions_t files;
    int failed = posix_spawn_file_actions_init(&files);
    if (failed) return failed;
    failed = posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    if (!failed) failed = posix_spawn_file_actions_adddup2(&files, out, STDOUT_FILENO);
    if (!failed) failed = posix_spawn_file_actions_adddup2(&files, err, STDERR_FILENO);
    if (!failed) failed = posix_spawn(child, path, &files, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

/* Say on stderr what went wrong with a recipe, with what it said itself. */
static void complain(const Stop *stop, const char *what) {
    fprintf(stderr, "%s: %s\n", stop->recipe, what);
    for (const char *line = stop->err; line && *line;) {
        int length = (int)strcspn(line, "\n");
        fprintf(stderr, "    %.*s\n", length, line);
        line += length + (line[length] == '\n');
    }
}

/* Run one recipe and judge it by its exit code and its JSON object, which have to agree. */
static Stop visit(const char *build, const char *recipe) {
    Stop stop = {.recipe = recipe, .outcome = FAILED, .code = HC_ERROR};
    char what[128];
    FILE *out = tmpfile(), *err = tmpfile();
    pid_t child = 0;
    double begin = hc_now_ms();
    int failed = out && err ? start(build, recipe, fileno(out), fileno(err), &child) : errno;
    if (failed) {
        bool absent = failed == ENOENT; /* CMake left it out: the library it needs was not found */
        snprintf(what, sizeof what,
                 absent ? "was not built; ./cook doctor says what it lacks" : "%s",
                 strerror(failed));
        if (absent) stop.outcome = SKIPPED, stop.code = HC_SKIP;
        complain(&stop, what);
        goto done;
    }
    int status = wait_for(child, recipe, begin);
    stop.seconds = (hc_now_ms() - begin) / 1000;
    stop.out = read_all(fileno(out));
    stop.err = read_all(fileno(err));
    stop.json = stop.out ? cJSON_Parse(stop.out) : NULL;
    if (WIFSIGNALED(status)) {
        snprintf(what, sizeof what, "ended by signal %d, %s", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
        complain(&stop, what);
        goto done;
    }
    stop.code = WEXITSTATUS(status);
    if (stop.code == HC_SKIP) {
        stop.outcome = SKIPPED;
        complain(&stop, "skipped");
    } else if (stop.code != HC_OK) {
        snprintf(what, sizeof what, "failed with exit code %d", stop.code);
        complain(&stop, what);
    } else if (!cJSON_IsObject(stop.json)) {
        stop.code = HC_ERROR;
        complain(&stop, "ended well, but its --json was no JSON object");
    } else {
        const cJSON *verified = cJSON_GetObjectItemCaseSensitive(stop.json, "verified");
        stop.outcome = cJSON_IsTrue(verified) ? VERIFIED : cJSON_IsNull(verified) ? RAN : FAILED;
        if (stop.outcome == FAILED) {
            stop.code = HC_WRONG;
            complain(&stop, "ended well, but its --json does not say that the answer was verified");
        }
    }
done:
    if (out) fclose(out);
    if (err) fclose(err);
    return stop;
}

/* The device of a run, shortened for the table; "-" where none is named. */
static void device_name(const cJSON *json, char name[NAME_BYTES]) {
    const cJSON *device = cJSON_GetObjectItemCaseSensitive(json, "device");
    const cJSON *several = cJSON_GetObjectItemCaseSensitive(json, "devices");
    const char *text = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(device, "name"));
    if (cJSON_IsArray(several))
        snprintf(name, NAME_BYTES, "%d devices", cJSON_GetArraySize(several));
    else if (!text) snprintf(name, NAME_BYTES, "-");
    else if (snprintf(name, NAME_BYTES, "%s", text) >= NAME_BYTES)
        memcpy(name + NAME_BYTES - 4, "...", 4);
    for (char *p = name; *p; p++)
        if (*p == '|') *p = '/'; /* a table's cells are split by it */
}

static void print_table(const Stop *stops, size_t count) {
    static const char *const words[] = {
        [RAN] = "n/a", [VERIFIED] = "yes", [SKIPPED] = "skipped", [FAILED] = "FAILED"};
    HcTable *table = hc_table_new("recipe|device|verified|>time");
    for (size_t i = 0; i < count; i++) {
        char device[NAME_BYTES];
        device_name(stops[i].json, device);
        hc_table_row(table, "%s|%s|%s|%.1f s", stops[i].recipe, device, words[stops[i].outcome],
                     stops[i].seconds);
    }
    hc_table_print(table, stdout, 0);
    hc_table_free(table);
}

/* The pictures of each recipe in a line, with the folder of the first: they lie side by side. */
static void print_pictures(const Stop *stops, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const cJSON *results = cJSON_GetObjectItemCaseSensitive(stops[i].json, "results");
        const cJSON *picture, *pictures = cJSON_GetObjectItemCaseSensitive(results, "pictures");
        const char *first = NULL;
        cJSON_ArrayForEach(picture, pictures) {
            const char *name = cJSON_GetStringValue(picture);
            if (!name) continue;
            const char *slash = first ? strrchr(first, '/') : NULL;
            size_t folder = slash ? (size_t)(slash - first) + 1 : 0;
            bool beside = first && strncmp(name, first, folder) == 0;
            printf("%s %s", first ? "" : "pictures", beside ? name + folder : name);
            if (!first) first = name;
        }
        if (first) putchar('\n');
    }
}

/* What to do next, after the first recipe that failed, else the first that was verified. */
static void print_next(const Stop *stops, size_t count) {
    const Stop *chosen = NULL;
    for (size_t i = 0; i < count; i++) {
        Outcome outcome = stops[i].outcome;
        bool better = outcome == FAILED && chosen && chosen->outcome != FAILED;
        if (better || (!chosen && (outcome == FAILED || outcome == VERIFIED))) chosen = &stops[i];
    }
    if (!chosen || chosen->outcome == FAILED)
        printf("next     %-28s what this machine lacks\n", "./cook doctor");
    if (!chosen) return;
    long number = strtol(chosen->recipe, NULL, 10);
    char command[64];
    if (chosen->outcome == FAILED) {
        snprintf(command, sizeof command, "./cook run %ld", number);
        printf("         %-28s the one that failed, alone\n", command);
        return;
    }
    snprintf(command, sizeof command, "./cook run %ld --explain", number);
    printf("next     %-28s each API call as it happens\n", command);
    snprintf(command, sizeof command, "./cook run %ld --help", number);
    printf("         %-28s what the recipe takes\n", command);
    printf("         %-28s learn by doing\n", "./cook exercise list");
    printf("         recipes/%s/main.c\n", chosen->recipe);
}

int main(int argc, char **argv) {
    if (argc < 3) {
        fputs("usage: hc_tour BUILD RECIPE...\n", stderr);
        return HC_USAGE;
    }
    size_t count = (size_t)argc - 2, of[FAILED + 1] = {0};
    Stop *stops = calloc(count, sizeof *stops);
    if (!stops) return HC_ERROR;
    int worst = HC_OK;
    double begin = hc_now_ms();
    for (size_t i = 0; i < count; i++) {
        stops[i] = visit(argv[1], argv[2 + i]);
        of[stops[i].outcome]++;
        if (stops[i].outcome == FAILED && stops[i].code > worst) worst = stops[i].code;
    }
    print_table(stops, count);
    putchar('\n');
    printf("%zu verified, %zu without an answer to verify, %zu skipped, %zu failed, in %.1f s\n",
           of[VERIFIED], of[RAN], of[SKIPPED], of[FAILED], (hc_now_ms() - begin) / 1000);
    print_pictures(stops, count);
    print_next(stops, count);
    for (size_t i = 0; i < count; i++) {
        cJSON_Delete(stops[i].json);
        free(stops[i].out), free(stops[i].err);
    }
    free(stops);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        fprintf(stderr, "hc_tour: cannot write to stdout: %s\n", strerror(errno));
        return HC_ERROR;
    }
    if (worst != HC_OK) return worst;
    return of[VERIFIED] ? HC_OK : HC_SKIP; /* nothing verified proves nothing */
}
