// SPDX-License-Identifier: MIT
/* The engine on the host's threads: the same source as C, compiled by the C compiler of this
 * machine to a shared library, which is loaded and called. It needs no API at all, and is what the
 * other two are compared with. A compiled library goes through the cache as bytes, and is loaded
 * from memory, so that no two programs ever share a file that one of them is writing.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <math.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hc_files.h"
#include "internal.h"

typedef struct State {
    char compiler[4096];
    char version[8192]; /* everything that code for this machine depends on */
} State;

typedef struct Module {
    int fd; /* of the library in memory: open for as long as that is loaded, since dlopen goes by
               the name, which has the number */
    void *library;
    double ms;
} Module;

typedef void Entry(void *const *params, size_t item, size_t items);

/* The processor as Linux describes it, without what changes by itself: -march=native means it. */
static void describe_processor(char *text, size_t size) {
    FILE *file = fopen("/proc/cpuinfo", "r");
    char line[4096];
    size_t used = 0;
    *text = '\0';
    while (file && fgets(line, sizeof line, file) && *line != '\n')
        if (!strstr(line, "MHz") && !strstr(line, "bogomips") && used < size)
            used += (size_t)snprintf(text + used, size - used, "%s", line);
    if (file) fclose(file);
}

static int host_open(EwDevice *device, const HcDevice *chosen) {
    static const char *const names[] = {"cc", "gcc", "clang"};
    const char *named = getenv("HC_CC");
    State *s = NULL;
    struct stat info;
    char processor[6000];
    int status = hc_alloc(1, sizeof *s, &s);
    (void)chosen;
    if (status != HC_OK) return status;
    device->state = s;
    device->shape = EW_CHUNKS;
    device->units = hc_cores();
    device->has_f64 = device->has_f16 = true;
    bool found = named && *named && hc_find_program(named, s->compiler, sizeof s->compiler);
    if (named && *named && !found)
        return hc_set_error(HC_SKIP, 0, NULL, NULL, "HC_CC=%s: no such program", named);
    for (size_t k = 0; !found && k < sizeof names / sizeof *names; k++)
        found = hc_find_program(names[k], s->compiler, sizeof s->compiler);
    if (!found || stat(s->compiler, &info) != 0)
        return hc_set_error(HC_SKIP, 0, NULL, "install gcc or clang, or name a compiler by HC_CC",
                            "no C compiler in PATH (cc, gcc, clang)");
    describe_processor(processor, sizeof processor);
    snprintf(s->version, sizeof s->version, "%.2000s\n%lld %lld\n%s", s->compiler,
             (long long)info.st_size, (long long)info.st_mtime, processor);
    snprintf(device->name, sizeof device->name, "C, %zu threads, %.200s", device->units,
             s->compiler);
    return HC_OK;
}

static void host_close(EwDevice *device) { free(device->state); }

static int host_alloc(EwDevice *device, size_t bytes, void **memory) {
    enum { LINE = 64 };
    char text[64], limit[64];
    /* Linux gives out more than there is, and ends who uses it. */
    size_t all = (size_t)sysconf(_SC_PHYS_PAGES) * (size_t)sysconf(_SC_PAGESIZE);
    (void)device;
    *memory = bytes <= all ? aligned_alloc(LINE, (bytes + LINE - 1) / LINE * LINE) : NULL;
    if (*memory) return HC_OK;
    return hc_set_error(HC_ERROR, ENOMEM, "ENOMEM", "take a smaller --size",
                        "no memory for %s; this machine has %s in all",
                        hc_format_bytes(bytes, true, text, sizeof text),
                        hc_format_bytes(all, false, limit, sizeof limit));
}

static void host_release(EwDevice *device, void *memory) {
    (void)device;
    free(memory);
}

static int host_write(EwDevice *device, void *memory, size_t offset, const void *host,
                      size_t bytes) {
    (void)device;
    memcpy((char *)memory + offset, host, bytes);
    return HC_OK;
}

static int host_read(EwDevice *device, void *memory, size_t offset, void *host, size_t bytes) {
    (void)device;
    memcpy(host, (const char *)memory + offset, bytes);
    return HC_OK;
}

/* All bytes of a file, to be freed. */
static char *read_file(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    struct stat info;
    char *bytes = NULL;
    if (file && fstat(fileno(file), &info) == 0 && info.st_size > 0) {
        *size = (size_t)info.st_size;
        bytes = malloc(*size);
        if (bytes && fread(bytes, 1, *size, file) != *size) free(bytes), bytes = NULL;
    }
    if (file) fclose(file);
    return bytes;
}

/* Run the compiler; the library's bytes, to be freed. */
static int compile(const State *s, const char *name, const char *source, const char *contract,
                   char **bytes, size_t *size) {
    const char *folder = getenv("TMPDIR"), *kind = "-march=native";
    char path[4096], *out = NULL, *err = NULL;
    size_t out_size;
#ifndef __x86_64__
    kind = "-mcpu=native";
#endif
    snprintf(path, sizeof path - 16, "%s/hc_ew_XXXXXX", folder && *folder ? folder : "/tmp");
    if (!mkdtemp(path))
        return hc_set_error(HC_ERROR, errno, NULL, "set TMPDIR to a folder that you can write",
                            "%s: %s", path, strerror(errno));
    size_t end = strlen(path);
    snprintf(path + end, sizeof path - end, "/ew.so");
    const char *const args[] = {"cc",
                                "-x",
                                "c",
                                "-std=gnu11",
                                "-O3",
                                kind,
                                "-shared",
                                "-fPIC",
                                contract,
                                "-fno-math-errno",
                                "-Werror=implicit-function-declaration",
                                "-o",
                                path,
                                "-",
                                "-lm",
                                NULL};
    int rc = hc_run_program(s->compiler, args, source, &out, &out_size, &err), error = errno;
    int status = HC_OK;
    *bytes = rc == 0 ? read_file(path, size) : NULL;
    unlink(path);
    path[end] = '\0';
    rmdir(path);
    if (rc > 0) {
        hc_set_error(status = HC_BUILD, rc, NULL, "read the log from its first error on",
                     "%s did not compile by %s", name, s->compiler);
        hc_set_error_detail(err);
        err = NULL;
    } else if (rc < 0) {
        status = hc_set_error(HC_ERROR, error, NULL, NULL, "%s could not be run: %s", s->compiler,
                              strerror(error));
    } else if (!*bytes) {
        status = hc_set_error(HC_ERROR, 0, NULL, "is there room in TMPDIR?",
                              "%s: the library that %s wrote cannot be read", name, s->compiler);
    }
    free(out);
    free(err);
    return status;
}

/* dlopen wants a file: one in memory has a name under /proc for as long as it is open. */
static int load(Module *m, const char *name, const char *bytes, size_t size) {
    char path[64];
    m->fd = memfd_create("hc_ew", MFD_CLOEXEC);
    bool good = m->fd >= 0;
    for (size_t at = 0; good && at < size;) {
        ssize_t part = write(m->fd, bytes + at, size - at);
        good = part > 0;
        at += good ? (size_t)part : 0;
    }
    snprintf(path, sizeof path, "/proc/self/fd/%d", m->fd);
    m->library = good ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
    if (m->library) return HC_OK;
    const char *why = good ? dlerror() : strerror(errno);
    hc_set_error(HC_ERROR, 0, NULL, NULL, "%s could not be loaded: %s", name, why ? why : "");
    if (m->fd >= 0) close(m->fd);
    m->fd = -1;
    return HC_ERROR;
}

static int host_build(EwDevice *device, const char *name, const char *source,
                      const EwOptions *options, void **module, bool *cached) {
    const State *s = device->state;
    const char *contract = options->exact ? "-ffp-contract=off" : "-ffp-contract=fast";
    Module *m = NULL;
    char *key = NULL, *bytes = NULL;
    size_t size = 0;
    EwText text = {0};
    int status = hc_alloc(1, sizeof *m, &m);
    if (status != HC_OK) return status;
    double start = hc_now_ms();
    *module = m;
    m->fd = -1;
    ew_add(&text, "element-wise, C\n%s\n%s\n%s", s->version, contract, source);
    status = ew_text_take(&text, &key);
    *cached = status == HC_OK && !options->no_cache && hc_cache_get(key, &bytes, &size);
    if (*cached && load(m, name, bytes, size) != HC_OK) { /* made for another machine? */
        free(bytes);
        bytes = NULL;
        *cached = false;
    }
    if (status == HC_OK && !*cached) {
        hc_step("compiling the kernel");
        status = compile(s, name, source, contract, &bytes, &size);
        hc_step(NULL);
        if (status == HC_OK && !options->no_cache) hc_cache_put(key, bytes, size);
    }
    if (status == HC_OK && !*cached) status = load(m, name, bytes, size);
    if (status == HC_OK) hc_note_time(HC_TIME_BUILD, hc_now_ms() - start);
    free(bytes);
    free(key);
    return status;
}

static void host_unload(EwDevice *device, void *module) {
    Module *m = module;
    (void)device;
    if (m->library) dlclose(m->library);
    if (m->fd >= 0) close(m->fd);
    free(m);
}

typedef struct Work {
    Entry *entry;
    void *const *params;
    size_t items;
} Work;

static void do_items(size_t begin, size_t end, void *context) {
    const Work *work = context;
    for (size_t item = begin; item < end; item++) work->entry(work->params, item, work->items);
}

static int host_launch(EwDevice *device, void *module, const char *entry, size_t groups,
                       size_t group, const EwParam *params, size_t count, bool first) {
    enum { MOST = 3 * EW_MAX_ARGS + 8 };
    Module *m = module;
    void *values[MOST], *symbol = dlsym(m->library, entry);
    const void *memory[MOST];
    Work work = {.params = values, .items = groups * group};
    if (!symbol)
        return hc_set_error(HC_BUILD, 0, NULL, NULL, "no function '%s' in the library", entry);
    memcpy(&work.entry, &symbol, sizeof symbol);
    for (size_t k = 0; k < count && k < MOST; k++) {
        memory[k] = params[k].memory;
        values[k] = params[k].is_memory ? (void *)&memory[k] : (void *)(uintptr_t)params[k].value;
    }
    double start = hc_now_ms();
    hc_parallel_for(work.items, (unsigned)device->units, do_items, &work);
    m->ms = (first ? 0 : m->ms) + hc_now_ms() - start;
    return HC_OK;
}

static double host_time_ms(EwDevice *device, void *module) {
    const Module *m = module;
    (void)device;
    return m->ms;
}

const EwBackend ew_host = {.name = "C",
                           .language = EW_C,
                           .addresses = true,
                           .open = host_open,
                           .close = host_close,
                           .alloc = host_alloc,
                           .release = host_release,
                           .write = host_write,
                           .read = host_read,
                           .build = host_build,
                           .unload = host_unload,
                           .launch = host_launch,
                           .time_ms = host_time_ms};
