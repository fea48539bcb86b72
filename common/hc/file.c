// SPDX-License-Identifier: MIT
/* Memory and kernel files. Kernels are read at run time, so that a reader can edit one and run
 * again without building; the first place that has the file wins, or all are named.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

static const char where_to[] = "name the folder with --kernel-dir or HC_KERNEL_DIR";

int hc_alloc(size_t n, size_t size, void *out) {
    size_t bytes;
    char text[64];
    if (__builtin_mul_overflow(n, size, &bytes))
        return hc_set_error(HC_ERROR, 0, NULL, "take a smaller --size",
                            "%zu elements of %zu bytes are more than this machine can address", n,
                            size);
    void *memory = malloc(bytes ? bytes : 1);
    if (!memory)
        return hc_set_error(HC_ERROR, ENOMEM, "ENOMEM", "take a smaller --size",
                            "no host memory for %s",
                            hc_format_bytes(bytes, true, text, sizeof text));
    memset(memory, 0, bytes); /* touch every page now, or the first copy into it is slow */
    memcpy(out, &memory, sizeof memory);
    return HC_OK;
}

/* Read path whole; if there is no such file HC_SKIP, with any other trouble HC_USAGE. */
static int read_file(const char *path, char **text) {
    struct stat info = {0};
    FILE *file = fopen(path, "rb");
    if (!file && (errno == ENOENT || errno == ENOTDIR)) return HC_SKIP;
    const char *trouble = !file || fstat(fileno(file), &info) != 0 ? strerror(errno)
                          : !S_ISREG(info.st_mode)                 ? "not a regular file"
                                                                   : NULL;
    size_t bytes = (size_t)info.st_size;
    int status = trouble ? HC_USAGE : hc_alloc(bytes + 1, 1, text);
    if (status == HC_OK && fread(*text, 1, bytes, file) != bytes) {
        trouble = "could not be read";
        free(*text);
        *text = NULL;
    }
    if (file) fclose(file);
    return trouble ? hc_set_error(HC_USAGE, errno, NULL, where_to, "%s: %s", path, trouble)
                   : status;
}

/* Read the first of the places that has the file; what was tried goes to tried. */
static int read_first(const char *const *places, int count, const char *file, char **text,
                      FILE *tried) {
    char path[8192];
    for (int i = 0; i < count; i++) {
        if (!places[i] || !*places[i]) continue;
        snprintf(path, sizeof path, "%s/%s", places[i], file);
        int status = read_file(path, text);
        if (status != HC_SKIP) return status;
        fprintf(tried, " %s", places[i]);
    }
    return HC_SKIP;
}

int hc_find_kernel(const char *file, bool strict, char **text) {
    const char *named[] = {hc_run.args.kernel_dir, getenv("HC_KERNEL_DIR")};
    char *places = NULL, folder[4000], place[4096];
    size_t size;
    bool is_named = named[0] || (named[1] && *named[1]);
    FILE *tried = open_memstream(&places, &size);
    if (!tried) return hc_set_error(HC_ERROR, errno, NULL, NULL, "out of memory");
    int status = read_first(named, named[0] ? 1 : 2, file, text, tried);
    if (status == HC_SKIP && !(strict && is_named)) {
        ssize_t length = readlink("/proc/self/exe", folder, sizeof folder - 1);
        folder[length > 0 ? length : 0] = '\0';
        if (strrchr(folder, '/')) *strrchr(folder, '/') = '\0';
        snprintf(place, sizeof place, "%s/../share/hc/kernels", folder);
        status = read_first((const char *[]){place, hc_run.kernels}, 2, file, text, tried);
        while (status == HC_SKIP && strrchr(folder, '/')) { /* beside and above the program */
            snprintf(place, sizeof place, "%s/kernels", folder);
            status = read_first((const char *[]){place}, 1, file, text, tried);
            *strrchr(folder, '/') = '\0';
        }
    }
    fclose(tried);
    if (status == HC_SKIP)
        status = hc_set_error(HC_USAGE, ENOENT, "ENOENT", where_to,
                              "kernel file %s not found in:%s", file, places);
    free(places);
    return status;
}

int hc_load_kernel(const char *file, char **text) {
    char *kernel = NULL, *random = NULL, *both = NULL;
    int status = hc_find_kernel(file, true, &kernel);
    if (!kernel || !strstr(kernel, "hc_random_")) {
        *text = kernel;
        return status;
    }
    status = hc_find_kernel("philox.h", false, &random);
    if (random) {
        size_t room = strlen(random) + strlen(kernel) + strlen(file) + 32;
        status = hc_alloc(room, 1, &both); /* #line: the compiler counts from the reader's line */
        if (both) snprintf(both, room, "%s\n#line 1 \"%s\"\n%s", random, file, kernel);
    }
    free(random);
    free(kernel);
    *text = both;
    return status;
}
