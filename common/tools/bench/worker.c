// SPDX-License-Identifier: MIT
/* A program that stays and answers: the bench writes a line, the program measures once and writes a
 * line back. Two of them with different settings can be asked in turn, which rounds that alternate
 * need.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

int bench_worker_start(BenchWorker *worker, const char *const *argv, const char *const *env) {
    int to[2], from[2];
    char **environment, **words;
    posix_spawn_file_actions_t files;
    *worker = (BenchWorker){0};
    if (access(argv[0], X_OK) != 0)
        return hc_set_error(HC_SKIP, 0, NULL, "build it beside this program", "there is no %s",
                            argv[0]);
    int status = bench_environment(env, &environment);
    if (status != HC_OK) return status;
    if (pipe(to) != 0) {
        free(environment);
        return hc_set_error(HC_ERROR, errno, NULL, NULL, "pipe: %s", strerror(errno));
    }
    if (pipe(from) != 0) {
        close(to[0]);
        close(to[1]);
        free(environment);
        return hc_set_error(HC_ERROR, errno, NULL, NULL, "pipe: %s", strerror(errno));
    }
    fcntl(to[1], F_SETFD, FD_CLOEXEC); /* else a later worker would keep this one's stdin open */
    fcntl(from[0], F_SETFD, FD_CLOEXEC);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, to[0], 0);
    posix_spawn_file_actions_adddup2(&files, from[1], 1);
    posix_spawn_file_actions_addclose(&files, to[0]);
    posix_spawn_file_actions_addclose(&files, from[1]);
    memcpy(&words, &argv, sizeof words); /* posix_spawn takes char *const *, and changes nothing */
    int code = posix_spawn(&worker->process, argv[0], &files, NULL, words, environment);
    posix_spawn_file_actions_destroy(&files);
    free(environment);
    close(to[0]);
    close(from[1]);
    if (code != 0) {
        close(to[1]);
        close(from[0]);
        return hc_set_error(HC_ERROR, code, NULL, NULL, "%s could not be started: %s", argv[0],
                            strerror(code));
    }
    signal(SIGPIPE, SIG_IGN); /* a worker that has ended is an error, not our end */
    worker->in = fdopen(to[1], "w");
    worker->out = fdopen(from[0], "r");
    if (worker->in && worker->out) return HC_OK;
    return hc_set_error(HC_ERROR, errno, NULL, NULL, "out of memory");
}

int bench_worker_ask(const BenchWorker *worker, const char *job, size_t n, double *ms) {
    char line[512] = "it has ended without a word";
    bool told = fprintf(worker->in, "%s %zu\n", job, n) > 0 && fflush(worker->in) == 0;
    if (told && fgets(line, sizeof line, worker->out) && strncmp(line, "ok ", 3) == 0) {
        char *end;
        *ms = strtod(line + 3, &end);
        if (end > line + 3) return HC_OK;
    }
    line[strcspn(line, "\n")] = '\0';
    bool wrong = strncmp(line, "wrong ", 6) == 0;
    return hc_set_error(wrong ? HC_WRONG : HC_ERROR, 0, NULL,
                        wrong ? "no time is shown of a wrong answer" : "its messages are above",
                        "%s %zu: %.400s", job, n, line);
}

int bench_worker_end(BenchWorker *worker) {
    int state = 0;
    if (worker->in) fclose(worker->in); /* its end of input: it leaves by itself */
    if (worker->out) fclose(worker->out);
    if (worker->process > 0)
        while (waitpid(worker->process, &state, 0) < 0 && errno == EINTR) {
        }
    *worker = (BenchWorker){0};
    return WIFEXITED(state) ? WEXITSTATUS(state) : 128 + WTERMSIG(state);
}
