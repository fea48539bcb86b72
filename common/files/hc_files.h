// SPDX-License-Identifier: MIT
/* hc_files.h - the cache on disk that compiled and generated code goes through, the hash by which
 * it finds things again, and compilers that are run as programs. It needs nothing but the C
 * library, so that the recipes' helper library and the just-in-time compiler can both use it.
 *
 * A key is a text that holds everything the bytes depend on: source, options, compiler, version,
 * architecture. What is stored under it never changes; another input is another key.
 */
#ifndef HC_FILES_H
#define HC_FILES_H
#include <stdbool.h>
#include <stddef.h>

/* hc_cache_get - what was stored under key, or false. A damaged entry is removed and is a miss.
 *   *bytes  size bytes and a 0 behind them, to be freed */
bool hc_cache_get(const char *key, char **bytes, size_t *size);

/* hc_cache_put - store size bytes under key. Other processes see all of it or nothing. Beyond
 * HC_CACHE_MIB (default 256) what was not used for longest is removed. Failing is no error: the
 * bytes are there, only the next run makes them again; hc_cache_trouble says why. */
void hc_cache_put(const char *key, const void *bytes, size_t size);

/* hc_cache_folder - HC_CACHE_DIR, else the build's own folder, else XDG_CACHE_HOME/hc or
 * HOME/.cache/hc; "" if there is none of these. */
const char *hc_cache_folder(void);

/* hc_cache_trouble - a sentence about why nothing could be stored; NULL if all is well. */
const char *hc_cache_trouble(void);

typedef struct HcCacheStats {
    unsigned hits, misses, stored, damaged, removed; /* by this process */
} HcCacheStats;
HcCacheStats hc_cache_stats(void);

/* hc_sha256 - the hash of size bytes as 64 hexadecimal digits and a 0.
 *   source  FIPS 180-4 */
void hc_sha256(const void *bytes, size_t size, char hex[65]);

/* hc_find_program - the path of a program: in PATH, or name itself if it has a '/'. */
bool hc_find_program(const char *name, char *path, size_t size);

/* hc_run_program - run a program to its end.
 *   args     NULL-terminated; args[0] is the name it is to see
 *   *out     what it printed to stdout, *err to stderr; both to be freed, also after an error
 *   returns  its exit status, 128 + signal, or -1 with errno */
int hc_run_program(const char *program, const char *const *args, const char *input, char **out,
                   size_t *out_size, char **err);

#endif
