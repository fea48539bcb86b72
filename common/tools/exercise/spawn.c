// SPDX-License-Identifier: MIT
/* Run a program under limits. A learner's kernel may loop for ever, crash, or print without end,
 * and none of it may take the learner's machine along: the program gets a process group of its own,
 * a wall-clock limit and a limit on what it prints, and whatever it left running is killed with it.
 * CPU-time and memory limits are no use here: OpenCL drivers run many threads and reserve much
 * memory.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exercise.h"

extern char **environ;

enum { KEPT_BYTES = 256 * 1024, POLL_MS = 20, DRAIN_MS = 500 };

static volatile sig_atomic_t running; /* the process group to end with us; 0: none */
static bool asked_first;              /* it is CTest, which passes the request on */

/* Ctrl-C reaches only us, since the child has a group of its own. CTest and the cases below it are
 * asked to end, and each case kills the program that it runs, which may be stuck in a driver. */
static void on_interrupt(int number) {
    if (running) kill(-(pid_t)running, SIGTERM);
    _exit(number == SIGINT ? HC_SIGINT : 128 + number);
}

static void on_terminate(int number) {
    if (running) kill(-(pid_t)running, asked_first ? SIGTERM : SIGKILL);
    _exit(128 + number);
}

void forward_signals(bool is_case) {
    asked_first = !is_case;
    struct sigaction action = {.sa_handler = on_interrupt};
    sigemptyset(&action.sa_mask);
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
    action.sa_handler = on_terminate;
    sigaction(SIGTERM, &action, NULL);
}

/* The environment with changes: "NAME=VALUE" sets, "NAME" removes. The texts are not copied. */
static char **environment(const char *const *change) {
    size_t count = 0, changes = 0, at = 0;
    while (environ[count]) count++;
    while (change && change[changes]) changes++;
    char **result = malloc((count + changes + 1) * sizeof *result);
    if (!result) return NULL;
    for (size_t i = 0; i < count; i++) {
        bool replaced = false;
        for (size_t k = 0; k < changes && !replaced; k++) {
            size_t name = strcspn(change[k], "=");
            replaced = strncmp(environ[i], change[k], name) == 0 && environ[i][name] == '=';
        }
        if (!replaced) result[at++] = environ[i];
    }
    for (size_t k = 0; k < changes; k++)
        if (strchr(change[k], '=')) result[at++] = (char *)(uintptr_t)change[k];
    result[at] = NULL;
    return result;
}

/* One of the two pipes: where it is read, and what came. */
typedef struct Stream {
    int fd; /* -1: ended */
    char *text;
    size_t kept, total;
} Stream;

static void take(Stream *stream) {
    char buffer[1 << 14];
    ssize_t got = read(stream->fd, buffer, sizeof buffer);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (got <= 0) {
        close(stream->fd);
        stream->fd = -1;
        return;
    }
    size_t keep = (size_t)got, room = KEPT_BYTES - stream->kept;
    if (keep > room) keep = room;
    if (stream->text) memcpy(stream->text + stream->kept, buffer, keep);
    stream->kept += keep;
    stream->total += (size_t)got;
}

/* Read both pipes for at most wait_ms. False when both have ended. */
static bool listen(Stream stream[2], int wait_ms) {
    struct pollfd fds[2] = {{.fd = stream[0].fd, .events = POLLIN},
                            {.fd = stream[1].fd, .events = POLLIN}};
    if (stream[0].fd < 0 && stream[1].fd < 0) return false;
    if (poll(fds, 2, wait_ms) > 0)
        for (int i = 0; i < 2; i++)
            if (stream[i].fd >= 0 && fds[i].revents) take(&stream[i]);
    return true;
}

static int spawn(const char *const *argv, const char *const *change, const int out[2],
                 const int err[2], pid_t *child) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, all;
    sigemptyset(&none);
    sigfillset(&all);
    char **env = environment(change);
    int failed = env ? posix_spawn_file_actions_init(&files) : ENOMEM;
    if (failed) {
        free(env);
        return failed;
    }
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                              POSIX_SPAWN_SETSIGDEF);
    posix_spawnattr_setpgroup(&attributes, 0);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, out[1], STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, err[1], STDERR_FILENO);
    failed = posix_spawnp(child, argv[0], &files, &attributes, (char **)(uintptr_t)argv, env);
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
    free(env);
    return failed;
}

static bool open_pipe(int ends[2]) {
    if (pipe(ends) != 0) return false;
    fcntl(ends[0], F_SETFD, FD_CLOEXEC);
    fcntl(ends[1], F_SETFD, FD_CLOEXEC);
    return true;
}

int run_program(const char *const *argv, const char *const *change, double seconds,
                size_t max_output, Ended *ended) {
    *ended = (Ended){.code = -1};
    int out[2], err[2];
    if (!open_pipe(out) || !open_pipe(err))
        return hc_set_error(HC_ERROR, errno, NULL, "", "no pipe: %s", strerror(errno));
    Stream stream[2] = {{out[0], calloc(KEPT_BYTES + 1, 1), 0, 0},
                        {err[0], calloc(KEPT_BYTES + 1, 1), 0, 0}};
    double start = hc_now_ms();
    pid_t child;
    int failed = spawn(argv, change, out, err, &child);
    close(out[1]);
    close(err[1]);
    ended->out = stream[0].text;
    ended->err = stream[1].text;
    if (failed) {
        close(out[0]);
        close(err[0]);
        return hc_set_error(HC_ERROR, failed, NULL, failed == ENOENT ? "is it installed?" : "",
                            "cannot start %s: %s", argv[0], strerror(failed));
    }
    running = (sig_atomic_t)child;
    int status = 0;
    while (waitpid(child, &status, WNOHANG) == 0) {
        if (!listen(stream, POLL_MS)) poll(NULL, 0, 1); /* closed its outputs, yet still runs */
        if (ended->timed_out || ended->flooded) continue;
        ended->timed_out = hc_now_ms() - start > seconds * 1e3;
        ended->flooded = !ended->timed_out && stream[0].total + stream[1].total > max_output;
        if (ended->timed_out || ended->flooded) kill(-child, SIGKILL);
    }
    kill(-child, SIGKILL); /* what it started and left behind */
    running = 0;
    ended->ms = hc_now_ms() - start;
    for (double until = hc_now_ms() + DRAIN_MS; hc_now_ms() < until && listen(stream, POLL_MS);)
        ;
    for (int i = 0; i < 2; i++)
        if (stream[i].fd >= 0) close(stream[i].fd);
    ended->flooded =
        ended->flooded || (!ended->timed_out && stream[0].total + stream[1].total > max_output);
    if (WIFEXITED(status)) ended->code = WEXITSTATUS(status);
    else ended->signal = WTERMSIG(status);
    return HC_OK;
}

void ended_free(Ended *ended) {
    free(ended->out);
    free(ended->err);
}
