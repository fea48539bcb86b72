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

int hc_find_kernel(const char *file, bool strict, char **text) {
    const char *named = hc_run.args.kernel_dir, *wish = getenv("HC_KERNEL_DIR");
    char *places = NULL, *slash, program[4000], path[8192];
    size_t size, bytes;
    int status = HC_SKIP;
    if (!named && wish && *wish) named = wish;
    FILE *list = open_memstream(&places, &size);
    if (!list) return hc_set_error(HC_ERROR, errno, NULL, NULL, "out of memory");
    if (named) fprintf(list, "%s\n", named);
    if (!named || !strict) {
        ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
        program[length > 0 ? length : 0] = '\0';
        if ((slash = strrchr(program, '/')) != NULL) *slash = '\0';
        fprintf(list, "%s/../share/hc/kernels\n", program);
        if (hc_run.kernels) fprintf(list, "%s\n", hc_run.kernels);
        for (; (slash = strrchr(program, '/')) != NULL; *slash = '\0') /* beside it and above it */
            fprintf(list, "%s/kernels\n", program);
    }
    fclose(list);
    for (char *place = places; status == HC_SKIP && *place; place += bytes + 1) {
        bytes = strcspn(place, "\n");
        snprintf(path, sizeof path, "%.*s/%s", (int)bytes, place, file);
        status = read_file(path, text);
        place[bytes] = ' ';
    }
    if (status == HC_SKIP)
        status = hc_set_error(HC_USAGE, ENOENT, "ENOENT", where_to,
                              "kernel file %s not found in: %s", file, places);
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
    free(random), free(kernel);
    *text = both;
    return status;
}
