// SPDX-License-Identifier: MIT
/* Running another program, as a compiler, on texts in memory. Its input and outputs are files
 * without a name, so nothing has to be cleaned up whatever happens; no shell reads the arguments,
 * and it is started by posix_spawn, since a process that has a CUDA driver must not be copied.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hc_files.h"

extern char **environ;

bool hc_find_program(const char *name, char *path, size_t size) {
    if (strchr(name, '/'))
        return (size_t)snprintf(path, size, "%s", name) < size && access(path, X_OK) == 0;
    const char *p = getenv("PATH");
    while (p && *p) {
        int length = (int)strcspn(p, ":");
        int needed = snprintf(path, size, "%.*s/%s", length, p, name);
        if (length && (size_t)needed < size && access(path, X_OK) == 0) return true;
        p += length + (p[length] == ':');
    }
    return false;
}

/* What was written to a file in memory, to be freed. */
static char *read_back(int fd, size_t *size) {
    struct stat info;
    if (fstat(fd, &info) != 0) return NULL;
    char *text = calloc((size_t)info.st_size + 1, 1);
    ssize_t n = text ? pread(fd, text, (size_t)info.st_size, 0) : 0;
    *size = n > 0 ? (size_t)n : 0;
    return text;
}

int hc_run_program(const char *program, const char *const *args, const char *input, char **out,
                   size_t *out_size, char **err) {
    int fd[3], status = -1, error = 0;
    size_t bytes = strlen(input), count = 0, err_size;
    pid_t child;
    posix_spawn_file_actions_t actions;
    *out = *err = NULL;
    while (args[count]) count++;
    char **argv = calloc(count + 1, sizeof *argv); /* the same, of the type that spawn wants */
    if (!argv) return -1;
    memcpy(argv, args, count * sizeof *argv);
    posix_spawn_file_actions_init(&actions);
    for (int i = 0; i < 3; i++) {
        fd[i] = memfd_create("hc_program", MFD_CLOEXEC);
        if (fd[i] < 0) error = errno;
        posix_spawn_file_actions_adddup2(&actions, fd[i], i);
    }
    if (!error && pwrite(fd[0], input, bytes, 0) != (ssize_t)bytes) error = errno ? errno : EIO;
    if (!error) error = posix_spawn(&child, program, &actions, NULL, argv, environ);
    if (!error) {
        pid_t ended;
        while ((ended = waitpid(child, &status, 0)) < 0 && errno == EINTR) continue;
        if (ended < 0) error = errno;
        status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
        *out = read_back(fd[1], out_size);
        *err = read_back(fd[2], &err_size);
        if (!*out || !*err) error = ENOMEM;
    }
    for (int i = 0; i < 3; i++)
        if (fd[i] >= 0) close(fd[i]);
    posix_spawn_file_actions_destroy(&actions);
    free(argv);
    errno = error;
    return error ? -1 : status;
}
