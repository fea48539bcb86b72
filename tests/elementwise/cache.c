// SPDX-License-Identifier: MIT
/* The cache of compiled kernels: the second build comes from it, and a spoilt one does not matter.
 * First, three processes build the same kernel at once in an empty cache, and each gets the right
 * answer.
 *
 *   cache DEVICE [child]      DEVICE: opencl, sim, host
 */
#define _GNU_SOURCE
#include "ew_test.h"

#include <dirent.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hc_files.h"

extern char **environ;
static char folder[] = "/tmp/hc_ew_cache_XXXXXX";

/* z[i] = x[i] + add on a fresh kernel; returns whether it came from the cache. */
static bool build(EwDevice *device, int add, const EwOptions *options) {
    enum { N = 333 };
    char statement[64];
    int x[N], z[N];
    EwArray d_x, d_z;
    EwKernel *kernel;
    for (int i = 0; i < N; i++) x[i] = 3 * i;
    snprintf(statement, sizeof statement, "z[i] = x[i] + %d", add);
    MUST(ew_map(device, "cached", "const int *x, int *z", statement, options, &kernel));
    MUST(ew_array(device, EW_I32, N, x, &d_x));
    MUST(ew_array(device, EW_I32, N, NULL, &d_z));
    MUST(ew_run(kernel, EW_ALL, EW_VALUES(EW_OF(d_x), EW_OF(d_z))));
    MUST(ew_read(&d_z, z));
    for (int i = 0; i < N; i++) EXPECT(z[i] == x[i] + add, "element %d is %d", i, z[i]);
    bool cached = ew_from_cache(kernel);
    ew_free(kernel);
    ew_array_free(&d_x), ew_array_free(&d_z);
    return cached;
}

/* Do something to every file of the cache; the number of files. */
static size_t spoil(int how) {
    DIR *dir = opendir(folder);
    size_t count = 0;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        char byte = 0x5a;
        struct stat info;
        if (*e->d_name == '.') continue;
        int fd = openat(dirfd(dir), e->d_name, O_RDWR);
        if (fd < 0 || fstat(fd, &info) != 0) continue;
        count++;
        if (how == 0 && pwrite(fd, &byte, 1, info.st_size / 2) != 1) FAIL("cannot spoil");
        if (how == 1 && ftruncate(fd, info.st_size - 7) != 0) FAIL("cannot cut");
        if (how == 2 && ftruncate(fd, 0) != 0) FAIL("cannot empty");
        close(fd);
    }
    if (dir) closedir(dir);
    return count;
}

static void remove_folder(void) {
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));)
        if (*e->d_name != '.') unlinkat(dirfd(dir), e->d_name, 0);
    if (dir) closedir(dir);
    rmdir(folder);
}

static void at_once(const char *program, const char *device) {
    enum { CHILDREN = 3 };
    pid_t pid[CHILDREN];
    char *args[] = {(char *)(uintptr_t)program, (char *)(uintptr_t)device, "child", NULL};
    for (int k = 0; k < CHILDREN; k++)
        if (posix_spawn(&pid[k], "/proc/self/exe", NULL, NULL, args, environ) != 0) {
            FAIL("a child could not be started");
            exit(1);
        }
    for (int k = 0; k < CHILDREN; k++) {
        int status = 0;
        while (waitpid(pid[k], &status, 0) < 0) continue;
        EXPECT(status == 0 || WEXITSTATUS(status) == 77, "a child ended with %x", status);
    }
}

int main(int argc, char **argv) {
    const EwOptions without = {.no_cache = true};
    bool child = argc == 3;
    if (argc < 2) return 2;
    if (!child) {
        if (!mkdtemp(folder)) return 3;
        setenv("HC_CACHE_DIR", folder, 1);
        at_once(argv[0], argv[1]);
    }
    EwDevice *device = open_device(argv[1]);
    bool cached = build(device, 1, NULL);
    EXPECT(child || cached, "what the children built is not in the cache");
    if (child) {
        ew_close(device);
        return failures != 0;
    }
    bool own = strncmp(ew_device_name(device), "CUDA", 4) != 0;
    EXPECT(!build(device, 4, NULL), "a new kernel came from the cache");
    EXPECT(build(device, 4, NULL), "the same kernel did not");
    if (own) EXPECT(!build(device, 4, &without), "no_cache, but from the cache");
    for (int how = 0; how < 3; how++) {
        EXPECT(spoil(how) >= 2, "the cache is empty");
        EXPECT(!build(device, 4, NULL), "a spoilt entry was used (%d)", how);
        EXPECT(build(device, 4, NULL), "it was not stored again (%d)", how);
    }
    ew_close(device);
    remove_folder();
    return failures != 0;
}
