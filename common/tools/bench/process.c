// SPDX-License-Identifier: MIT
/* Running other programs: by posix_spawn, never by fork, since a forked child of a process that has
 * called OpenCL inherits the driver's locks but not its threads, and may hang.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "bench.h"

extern char **environ;

static bool same_name(const char *a, const char *b) {
    size_t length = strcspn(b, "=");
    return strncmp(a, b, length) == 0 && (a[length] == '=' || a[length] == '\0');
}

int bench_environment(const char *const *changes, char ***out) {
    size_t n = 0, extra = 0, at = 0;
    while (environ[n]) n++;
    while (changes && changes[extra]) extra++;
    char **list;
    int status = hc_alloc(n + extra + 1, sizeof *list, &list);
    if (status != HC_OK) return status;
    for (size_t i = 0; i < n; i++) {
        bool replaced = false;
        for (size_t c = 0; c < extra; c++) replaced = replaced || same_name(environ[i], changes[c]);
        if (!replaced) list[at++] = environ[i];
    }
    for (size_t c = 0; c < extra; c++)
        if (strchr(changes[c], '=')) memcpy(&list[at++], &changes[c], sizeof list[0]);
    *out = list;
    return HC_OK;
}

int bench_run_process(const BenchProcess *process, int *exit_code, double *ms) {
    char **env = NULL;
    posix_spawn_file_actions_t files;
    pid_t child;
    int state = 0, status = bench_environment(process->env, &env);
    if (status != HC_OK) return status;
    const int flags = O_WRONLY | O_CREAT | O_TRUNC;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, process->output ? process->output : "/dev/null",
                                     flags, 0666);
    if (process->messages)
        posix_spawn_file_actions_addopen(&files, 2, process->messages, flags, 0666);
    char **argv; /* posix_spawn takes char *const *, and changes nothing */
    memcpy(&argv, &process->argv, sizeof argv);
    double start_ms = hc_now_ms();
    int code = posix_spawn(&child, argv[0], &files, NULL, argv, env);
    if (code == 0)
        while (waitpid(child, &state, 0) < 0 && errno == EINTR) {
        }
    double end_ms = hc_now_ms();
    posix_spawn_file_actions_destroy(&files);
    free(env);
    if (code != 0)
        return hc_set_error(HC_ERROR, code, NULL, NULL, "%s could not be started: %s", argv[0],
                            strerror(code));
    *exit_code = WIFSIGNALED(state) ? 128 + WTERMSIG(state) : WEXITSTATUS(state);
    if (ms) *ms = end_ms - start_ms;
    return HC_OK;
}

char *bench_read_file(const char *path) {
    FILE *file = fopen(path, "rb");
    char *text = NULL;
    size_t length = 0;
    if (!file) return NULL;
    for (size_t got = 1; got > 0;) {
        char *grown = realloc(text, length + 4097);
        if (!grown) break;
        text = grown;
        got = fread(text + length, 1, 4096, file);
        length += got;
        text[length] = '\0';
    }
    if (ferror(file)) { /* a folder opens, but does not read */
        free(text);
        text = NULL;
    }
    fclose(file);
    return text;
}

const char *bench_last_line(char *text) {
    size_t end = text ? strlen(text) : 0;
    while (end && strchr(" \t\r\n", text[end - 1])) text[--end] = '\0';
    char *line = text ? strrchr(text, '\n') : NULL;
    return line ? line + 1 : text ? text : "";
}

int bench_make_folder(const char *path) {
    char part[4096];
    snprintf(part, sizeof part, "%s", path);
    for (char *p = part + 1;; p++) {
        if (*p && *p != '/') continue;
        char saved = *p;
        *p = '\0';
        if (mkdir(part, 0777) != 0 && errno != EEXIST)
            return hc_set_error(HC_ERROR, errno, NULL, "choose another folder with --work-dir",
                                "folder %s: %s", part, strerror(errno));
        *p = saved;
        if (!saved) return HC_OK;
    }
}
