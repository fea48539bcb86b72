// SPDX-License-Identifier: MIT
/* The cache: one file per key, called by the key's hash. The file's first line has the size and
 * the hash of what follows, so that a file cut off by a full disk is found out. A new file is
 * written under another name and then renamed: who reads sees the old state or the new one, never
 * half of it, however many processes write at once.
 */
#define _XOPEN_SOURCE 700
#include "hc_files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#ifndef HC_CACHE_DEFAULT
#define HC_CACHE_DEFAULT "" /* the build passes a folder of its own; the one-line cc does not */
#endif

enum { HEADER = 96, PATH = 4096 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static HcCacheStats stats; /* under the lock, as is trouble */
static char folder[PATH - 256], trouble[PATH + 256];
static pthread_once_t once = PTHREAD_ONCE_INIT;

#define COUNT(what) (pthread_mutex_lock(&lock), stats.what++, pthread_mutex_unlock(&lock))

HcCacheStats hc_cache_stats(void) {
    pthread_mutex_lock(&lock);
    HcCacheStats copy = stats;
    pthread_mutex_unlock(&lock);
    return copy;
}

const char *hc_cache_trouble(void) { return *trouble ? trouble : NULL; }

static void note_trouble(const char *what) {
    int error = errno;
    pthread_mutex_lock(&lock);
    if (!*trouble)
        snprintf(trouble, sizeof trouble, "%s: %s; HC_CACHE_DIR may name another folder", what,
                 strerror(error));
    pthread_mutex_unlock(&lock);
}

/* Make a folder and those above it. */
static bool make_folders(char *path) {
    for (char *p = path + 1; *p; p++) {
        if (*p != '/') continue;
        *p = '\0';
        mkdir(path, 0777); /* trouble shows at the last one */
        *p = '/';
    }
    return mkdir(path, 0777) == 0 || errno == EEXIST;
}

static void choose_folder(void) {
    const char *named = getenv("HC_CACHE_DIR"), *xdg = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME"), *built = HC_CACHE_DEFAULT;
    char above[PATH];
    snprintf(above, sizeof above, "%s/..", built);
    char *slash = strrchr(above, '/'); /* the folder that holds it, which need not be there yet */
    *slash = '\0';
    if ((slash = strrchr(above, '/'))) *slash = '\0';
    if (named && *named) snprintf(folder, sizeof folder, "%s", named);
    else if (*built && access(above, W_OK) == 0) snprintf(folder, sizeof folder, "%s", built);
    else if (xdg && *xdg == '/') snprintf(folder, sizeof folder, "%s/hc", xdg);
    else if (home && *home == '/') snprintf(folder, sizeof folder, "%s/.cache/hc", home);
}

const char *hc_cache_folder(void) {
    pthread_once(&once, choose_folder);
    return folder;
}

static bool path_of(const char *key, char path[PATH]) {
    char hex[65];
    hc_sha256(key, strlen(key), hex);
    return *hc_cache_folder() && snprintf(path, PATH, "%s/%s", folder, hex) < PATH;
}

/* The bytes of an entry if it is whole, else NULL. */
static char *read_entry(int fd, size_t *size) {
    struct stat info;
    char header[HEADER] = "", hex[65], want[HEADER];
    if (fstat(fd, &info) != 0 || !S_ISREG(info.st_mode) || info.st_size < HEADER) return NULL;
    *size = (size_t)info.st_size - HEADER;
    char *bytes = malloc(*size + 1);
    if (!bytes) return NULL;
    size_t at = 0;
    ssize_t n = pread(fd, header, HEADER, 0);
    while (n == HEADER && at < *size) {
        ssize_t part = pread(fd, bytes + at, *size - at, (off_t)(HEADER + at));
        if (part <= 0) break;
        at += (size_t)part;
    }
    bytes[*size] = '\0';
    hc_sha256(bytes, at, hex);
    snprintf(want, sizeof want, "hc1 %zu %s", *size, hex);
    if (at == *size && strncmp(header, want, strlen(want)) == 0 && header[HEADER - 1] == '\n')
        return bytes;
    free(bytes);
    return NULL;
}

bool hc_cache_get(const char *key, char **bytes, size_t *size) {
    char path[PATH];
    *bytes = NULL;
    int fd = path_of(key, path) ? open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
    if (fd >= 0 && !(*bytes = read_entry(fd, size))) {
        COUNT(damaged);
        unlink(path);
    }
    if (*bytes) futimens(fd, NULL); /* used now */
    if (fd >= 0) close(fd);
    if (*bytes) COUNT(hits);
    else COUNT(misses);
    return *bytes != NULL;
}

typedef struct Entry {
    char name[72];
    time_t used;
    off_t size;
} Entry;

static int older(const void *a, const void *b) {
    time_t x = ((const Entry *)a)->used, y = ((const Entry *)b)->used;
    return (x > y) - (x < y);
}

/* Keep the folder within its limit: the files that were not used for longest go, down to three
 * quarters of it, and files that a process left half written an hour ago. */
static void tidy(off_t limit) {
    DIR *dir = opendir(folder);
    Entry *entries = NULL;
    size_t n = 0, room = 0;
    off_t total = 0;
    for (struct dirent *e; dir && (e = readdir(dir));) {
        struct stat info;
        bool half = strncmp(e->d_name, "new-", 4) == 0;
        if ((!half && strlen(e->d_name) != 64) || fstatat(dirfd(dir), e->d_name, &info, 0) != 0)
            continue;
        if (half) {
            if (info.st_mtime < time(NULL) - 3600) unlinkat(dirfd(dir), e->d_name, 0);
            continue;
        }
        if (n == room) {
            Entry *grown = realloc(entries, (room = room ? 2 * room : 64) * sizeof *grown);
            if (!grown) break;
            entries = grown;
        }
        entries[n] = (Entry){.used = info.st_mtime, .size = info.st_size};
        memcpy(entries[n++].name, e->d_name, 65);
        total += info.st_size;
    }
    if (n && total > limit) {
        qsort(entries, n, sizeof *entries, older);
        for (size_t i = 0; i < n && total > limit / 4 * 3; i++) {
            if (unlinkat(dirfd(dir), entries[i].name, 0) == 0) COUNT(removed);
            total -= entries[i].size;
        }
    }
    free(entries);
    if (dir) closedir(dir);
}

static off_t limit_bytes(void) {
    const char *text = getenv("HC_CACHE_MIB");
    char *end;
    long mib = text && *text ? strtol(text, &end, 10) : 256;
    if (text && *text && (*end || mib < 0 || mib > 1 << 20)) mib = 256;
    return (off_t)mib << 20;
}

void hc_cache_put(const char *key, const void *bytes, size_t size) {
    char path[PATH], aside[PATH], header[HEADER + 1], hex[65];
    off_t limit = limit_bytes();
    if (size > (size_t)limit || !path_of(key, path)) return;
    if (!make_folders(folder)) {
        note_trouble(folder);
        return;
    }
    snprintf(aside, sizeof aside, "%s/new-XXXXXX", folder);
    int fd = mkstemp(aside);
    FILE *file = fd >= 0 ? fdopen(fd, "wb") : NULL;
    if (!file) {
        note_trouble(folder);
        if (fd >= 0) {
            close(fd);
            unlink(aside);
        }
        return;
    }
    hc_sha256(bytes, size, hex);
    snprintf(header, sizeof header, "hc1 %zu %s", size, hex);
    fprintf(file, "%-*s\n", HEADER - 1, header);
    if (size) fwrite(bytes, 1, size, file);
    bool good = !ferror(file);
    good = fclose(file) == 0 && good; /* a full disk may show here only */
    if (good && rename(aside, path) == 0) {
        COUNT(stored);
        tidy(limit);
        return;
    }
    note_trouble(path);
    unlink(aside);
}
