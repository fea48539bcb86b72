// SPDX-License-Identifier: MIT
/* Files and folders: reading, writing, copying. Learners' folders are flat, so a copy takes the
 * plain files of one folder. Everything that can fail leaves the file's name and the reason as the
 * error.
 */
#define _XOPEN_SOURCE 700
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdarg.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exercise.h"

char *text_format(const char *format, ...) {
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    if (out) {
        va_list values;
        va_start(values, format);
        vfprintf(out, format, values);
        va_end(values);
        if (fclose(out) == 0) return text;
    }
    fputs("exercise: out of memory\n", stderr);
    exit(HC_ERROR);
}

static int io_error(const char *what, const char *path) {
    int code = errno;
    return hc_set_error(HC_ERROR, code, NULL, "", "cannot %s %s: %s", what, path, strerror(code));
}

char *file_read(const char *path) {
    struct stat info;
    FILE *file = fopen(path, "rb");
    if (!file) return NULL;
    char *text = NULL;
    if (fstat(fileno(file), &info) == 0 && S_ISREG(info.st_mode)) {
        size_t size = (size_t)info.st_size;
        text = malloc(size + 1);
        if (text) text[fread(text, 1, size, file)] = '\0';
    } else {
        errno = EISDIR;
    }
    fclose(file);
    return text;
}

int file_write(const char *path, const char *text) {
    FILE *file = fopen(path, "wb");
    if (!file) return io_error("write", path);
    bool bad = fputs(text, file) < 0;
    if (fclose(file) != 0 || bad) return io_error("write", path);
    return HC_OK;
}

int file_copy(const char *from, const char *to) {
    char buffer[1 << 14];
    FILE *in = fopen(from, "rb"), *out = in ? fopen(to, "wb") : NULL;
    int status = HC_OK;
    if (!in) status = io_error("read", from);
    else if (!out) status = io_error("write", to);
    for (size_t got; status == HC_OK && (got = fread(buffer, 1, sizeof buffer, in)) > 0;)
        if (fwrite(buffer, 1, got, out) != got) status = io_error("write", to);
    if (status == HC_OK && ferror(in)) status = io_error("read", from);
    if (in) fclose(in);
    if (out && fclose(out) != 0 && status == HC_OK) status = io_error("write", to);
    return status;
}

int folder_make(const char *path) {
    char *copy = text_format("%s", path);
    int status = HC_OK;
    for (char *p = copy + 1; status == HC_OK; p++) {
        if (*p != '/' && *p != '\0') continue;
        char end = *p;
        *p = '\0';
        if (mkdir(copy, 0777) != 0 && errno != EEXIST) status = io_error("make the folder", copy);
        *p = end;
        if (end == '\0') break;
    }
    free(copy);
    struct stat info;
    if (status == HC_OK && (stat(path, &info) != 0 || !S_ISDIR(info.st_mode))) {
        errno = ENOTDIR;
        status = io_error("use", path);
    }
    return status;
}

int folder_copy(const char *from, const char *to) {
    int status = folder_make(to);
    char **names = folder_names(from);
    if (!names) return io_error("read", from);
    for (size_t i = 0; names[i] && status == HC_OK; i++) {
        char *source = text_format("%s/%s", from, names[i]);
        char *target = text_format("%s/%s", to, names[i]);
        struct stat info;
        if (stat(source, &info) == 0 && S_ISREG(info.st_mode)) status = file_copy(source, target);
        free(source);
        free(target);
    }
    names_free(names);
    return status;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *where) {
    (void)info, (void)kind, (void)where;
    return remove(path);
}

int folder_remove(const char *path) {
    if (nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
        return io_error("remove", path);
    return HC_OK;
}

bool file_exists(const char *path) {
    struct stat info;
    return stat(path, &info) == 0;
}

bool file_same(const char *a, const char *b) {
    FILE *first = fopen(a, "rb"), *second = fopen(b, "rb");
    bool same = first && second;
    for (int c = 0; same && c != EOF;) {
        c = getc(first);
        same = c == getc(second);
    }
    if (first) fclose(first);
    if (second) fclose(second);
    return same;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

char **folder_names(const char *path) {
    DIR *folder = opendir(path);
    if (!folder) return NULL;
    size_t count = 0, room = 16;
    char **names = malloc(room * sizeof *names);
    for (struct dirent *entry; names && (entry = readdir(folder)) != NULL;) {
        if (entry->d_name[0] == '.') continue;
        if (count + 1 == room) {
            char **more = realloc(names, (room *= 2) * sizeof *names);
            if (!more) break;
            names = more;
        }
        names[count++] = text_format("%s", entry->d_name);
    }
    closedir(folder);
    if (!names) return NULL;
    names[count] = NULL;
    qsort(names, count, sizeof *names, by_name);
    return names;
}

void names_free(char **names) {
    for (size_t i = 0; names && names[i]; i++) free(names[i]);
    free(names);
}

int lock_take(const char *path, int *lock) {
    *lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
    if (*lock < 0) return io_error("write", path);
    while (flock(*lock, LOCK_EX) != 0)
        if (errno != EINTR) {
            int status = io_error("lock", path);
            close(*lock);
            return status;
        }
    return HC_OK;
}

void lock_drop(int lock) { close(lock); }
