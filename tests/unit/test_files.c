// SPDX-License-Identifier: MIT
/* The cache on disk: what comes back is what was stored, whatever happened to the file in between
 * and however many processes write at once. And the hash, and programs that are run.
 */
#define _GNU_SOURCE
#include "unit.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hc_files.h"

static char folder[4096];

static void sha256(void **state) {
    (void)state;
    static const struct {
        const char *text, *hash;
    } known[] = {/* FIPS 180-4's examples, and a block that the length no longer fits into */
                 {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
                 {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
                 {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"}};
    char hex[65];
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        hc_sha256(known[i].text, strlen(known[i].text), hex);
        assert_string_equal(hex, known[i].hash);
    }
    char *million = malloc(1000000);
    memset(million, 'a', 1000000);
    hc_sha256(million, 1000000, hex);
    assert_string_equal(hex, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(million);
}

/* The files of the folder whose name begins with prefix; the last one's path in path. */
static int files(const char *prefix, char path[8192]) {
    int n = 0;
    DIR *dir = opendir(folder);
    for (struct dirent *e; dir && (e = readdir(dir));) {
        if (e->d_name[0] == '.' || strncmp(e->d_name, prefix, strlen(prefix)) != 0) continue;
        snprintf(path, 8192, "%s/%s", folder, e->d_name);
        n++;
    }
    if (dir) closedir(dir);
    return n;
}

static int empty_folder(void **state) {
    (void)state;
    char path[8192];
    while (files("", path)) remove(path);
    return 0;
}

static void store_and_get(void **state) {
    (void)state;
    char *bytes, path[8192];
    size_t size;
    HcCacheStats before = hc_cache_stats();
    assert_string_equal(hc_cache_folder(), folder);
    assert_false(hc_cache_get("a key", &bytes, &size));
    assert_null(bytes);
    static const char binary[] = "with\0zeros\n\377";
    hc_cache_put("a key", binary, sizeof binary);
    hc_cache_put("another key\nof two lines", "", 0);
    assert_true(hc_cache_get("a key", &bytes, &size));
    assert_int_equal(size, sizeof binary);
    assert_memory_equal(bytes, binary, size);
    free(bytes);
    assert_true(hc_cache_get("another key\nof two lines", &bytes, &size));
    assert_int_equal(size, 0);
    assert_string_equal(bytes, "");
    free(bytes);
    hc_cache_put("a key", "new", 3);
    assert_true(hc_cache_get("a key", &bytes, &size));
    assert_string_equal(bytes, "new");
    free(bytes);
    assert_int_equal(files("", path), 2);
    HcCacheStats now = hc_cache_stats();
    assert_int_equal(now.hits - before.hits, 3);
    assert_int_equal(now.misses - before.misses, 1);
    assert_int_equal(now.stored - before.stored, 3);
    assert_null(hc_cache_trouble());
}

/* Damage the one file: cut it, or change a byte. */
static void damage(off_t cut, off_t change) {
    char path[8192], byte;
    assert_int_equal(files("", path), 1);
    int fd = open(path, O_RDWR);
    assert_true(fd >= 0);
    if (cut >= 0) assert_int_equal(ftruncate(fd, cut), 0);
    if (change >= 0) {
        assert_int_equal(pread(fd, &byte, 1, change), 1);
        byte ^= 1;
        assert_int_equal(pwrite(fd, &byte, 1, change), 1);
    }
    close(fd);
}

static void damaged(void **state) {
    (void)state;
    char *bytes, path[8192], image[1000];
    size_t size;
    memset(image, 'x', sizeof image);
    /* {cut, change}: cut to nothing, within the header, behind it, by one byte; a changed first
     * letter, size, hash, first byte, last byte; and nothing at all, which must be found. */
    static const off_t cases[][2] = {{0, -1}, {50, -1}, {96, -1}, {1095, -1}, {-1, 0},
                                     {-1, 4}, {-1, 20}, {-1, 96}, {-1, 1095}, {-1, -1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool whole = cases[i][0] < 0 && cases[i][1] < 0;
        HcCacheStats before = hc_cache_stats();
        hc_cache_put("key", image, sizeof image);
        damage(cases[i][0], cases[i][1]);
        assert_int_equal(hc_cache_get("key", &bytes, &size), whole);
        free(bytes);
        assert_int_equal(hc_cache_stats().damaged - before.damaged, !whole);
        assert_int_equal(files("", path), whole);
        hc_cache_put("key", image, sizeof image);
        assert_true(hc_cache_get("key", &bytes, &size)); /* replaced */
        assert_memory_equal(bytes, image, sizeof image);
        free(bytes);
    }
    /* Something else under that name: a folder, and a pipe that nobody writes to. */
    assert_int_equal(files("", path), 1);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_false(hc_cache_get("key", &bytes, &size));
    rmdir(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_false(hc_cache_get("key", &bytes, &size));
}

static void oldest_go(void **state) {
    (void)state;
    char *bytes, key[16], path[8192];
    size_t size, n = 300000;
    char *image = calloc(n, 1);
    HcCacheStats before = hc_cache_stats();
    setenv("HC_CACHE_MIB", "1", 1);
    for (int i = 0; i < 3; i++) {
        snprintf(key, sizeof key, "key %d", i);
        hc_cache_put(key, image, n);
        files("", path);
    }
    assert_int_equal(files("", path), 3);
    /* Make all old, then use the first: it is the second that goes. */
    DIR *dir = opendir(folder);
    for (struct dirent *e; (e = readdir(dir));)
        utimensat(dirfd(dir), e->d_name, (struct timespec[]){{.tv_sec = 1000}, {.tv_sec = 1000}},
                  0);
    closedir(dir);
    assert_true(hc_cache_get("key 0", &bytes, &size));
    free(bytes);
    hc_cache_put("key 3", image, n);
    assert_true(hc_cache_get("key 0", &bytes, &size));
    free(bytes);
    assert_true(hc_cache_get("key 3", &bytes, &size));
    free(bytes);
    assert_int_equal(hc_cache_stats().removed - before.removed, 2);
    assert_int_equal(files("", path), 2);
    free(image);
    image = calloc(2000000, 1);
    hc_cache_put("too large", image, 2000000);
    assert_false(hc_cache_get("too large", &bytes, &size));
    assert_int_equal(files("", path), 2);
    free(image);
    unsetenv("HC_CACHE_MIB");
}

enum { WRITERS = 12, ROUNDS = 30, KEYS = 7, BYTES = 40000 };

/* One of many: each key's bytes are its number, so that a mixture is seen. */
static int write_and_read(int seed) {
    static char image[BYTES];
    char key[32], *bytes;
    size_t size;
    unsigned damaged_before = hc_cache_stats().damaged;
    for (int i = 0; i < ROUNDS; i++) {
        int number = (i * 5 + seed) % KEYS;
        snprintf(key, sizeof key, "shared key %d", number);
        if (hc_cache_get(key, &bytes, &size)) {
            if (size != (size_t)(BYTES - number)) return 1;
            for (size_t b = 0; b < size; b++)
                if (bytes[b] != (char)('0' + number)) return 2;
            free(bytes);
        }
        memset(image, '0' + number, BYTES);
        hc_cache_put(key, image, (size_t)(BYTES - number));
    }
    return hc_cache_stats().damaged != damaged_before || hc_cache_trouble() ? 3 : 0;
}

static void many_writers(void **state) {
    (void)state;
    pid_t writers[WRITERS];
    char path[8192];
    for (int i = 0; i < WRITERS; i++) {
        writers[i] = fork();
        assert_true(writers[i] >= 0);
        if (writers[i] == 0) _exit(write_and_read(i));
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;
        assert_int_equal(waitpid(writers[i], &status, 0), writers[i]);
        assert_int_equal(status, 0);
    }
    assert_int_equal(files("", path), KEYS);
    assert_int_equal(files("new-", path), 0);
}

/* A writer that is killed leaves no entry that could be taken for a whole one. */
static void killed_writer(void **state) {
    (void)state;
    for (int round = 0; round < 10; round++) {
        pid_t writer = fork();
        assert_true(writer >= 0);
        if (writer == 0)
            for (int i = 0;; i++) write_and_read(i);
        usleep((unsigned)(1000 + 1500 * round));
        kill(writer, SIGKILL);
        waitpid(writer, NULL, 0);
        assert_int_equal(write_and_read(0), 0);
    }
}

static void programs(void **state) {
    (void)state;
    char path[4096], *out, *err;
    size_t size;
    assert_true(hc_find_program("sh", path, sizeof path));
    assert_false(hc_find_program("no-such-program-here", path, sizeof path));
    assert_false(hc_find_program("/no/such/program", path, sizeof path));
    assert_true(hc_find_program("sh", path, sizeof path));
    static const char *const args[] = {"sh",  "-c",       "cat; echo \"$0\" \"$1\" >&2; exit 7",
                                       "a b", "$HOME; *", NULL};
    char *input = malloc(1000001); /* more than a pipe holds */
    memset(input, 'i', 1000000);
    input[1000000] = '\0';
    assert_int_equal(hc_run_program(path, args, input, &out, &size, &err), 7);
    assert_int_equal(size, 1000000);
    assert_string_equal(out, input);
    assert_string_equal(err, "a b $HOME; *\n");
    free(out);
    free(err);
    static const char *const dies[] = {"sh", "-c", "kill -9 $$", NULL};
    assert_int_equal(hc_run_program(path, dies, "", &out, &size, &err), 128 + 9);
    free(out);
    free(err);
    assert_int_equal(hc_run_program("/no/such/program", args, "", &out, &size, &err), -1);
    assert_int_equal(errno, ENOENT);
    free(out);
    free(err);
    free(input);
}

/* In a process of its own: HC_CACHE_DIR cannot be made. */
static int unwritable(void) {
    char *bytes;
    size_t size;
    hc_cache_put("key", "bytes", 5);
    if (hc_cache_get("key", &bytes, &size) || hc_cache_stats().stored) return 1;
    puts(hc_cache_trouble() ? hc_cache_trouble() : "no trouble");
    return 0;
}

static void unwritable_folder(void **state) {
    (void)state;
    static const char *const args[] = {"test_files", "unwritable", NULL};
    char *out, *err;
    size_t size;
    static const char *const places[] = {"/dev/null/cache",
                                         "/proc/cache"}; /* root may not either */
    for (int i = 0; i < 2; i++) {
        setenv("HC_CACHE_DIR", places[i], 1);
        assert_int_equal(hc_run_program("/proc/self/exe", args, "", &out, &size, &err), 0);
        assert_contains(out, places[i]);
        assert_contains(out, "HC_CACHE_DIR may name another folder");
        free(out);
        free(err);
    }
    setenv("HC_CACHE_DIR", folder, 1);
}

/* Where the cache is when nothing names it. */
static void default_folder(void **state) {
    (void)state;
    static const char *const args[] = {"test_files", "folder", NULL};
    char *out, *err;
    size_t size;
    unsetenv("HC_CACHE_DIR");
    assert_int_equal(hc_run_program("/proc/self/exe", args, "", &out, &size, &err), 0);
    assert_string_equal(out, getenv("HC_BUILD") ? "cache" : out); /* that of the build */
    free(out);
    free(err);
    setenv("HC_CACHE_DIR", folder, 1);
}

int main(int argc, char **argv) {
    if (argc > 1 && strcmp(argv[1], "unwritable") == 0) return unwritable();
    if (argc > 1) {
        const char *slash = strrchr(hc_cache_folder(), '/');
        fputs(slash ? slash + 1 : "none", stdout);
        return 0;
    }
    snprintf(folder, sizeof folder, "/tmp/hc_files_XXXXXX");
    if (!mkdtemp(folder)) return 1;
    strcat(folder, "/made/below");
    setenv("HC_CACHE_DIR", folder, 1);
    unsetenv("HC_CACHE_MIB");
    const struct CMUnitTest tests[] = {cmocka_unit_test(sha256),
                                       cmocka_unit_test(programs),
                                       cmocka_unit_test_teardown(store_and_get, empty_folder),
                                       cmocka_unit_test_teardown(damaged, empty_folder),
                                       cmocka_unit_test_teardown(oldest_go, empty_folder),
                                       cmocka_unit_test_teardown(many_writers, empty_folder),
                                       cmocka_unit_test_teardown(killed_writer, empty_folder),
                                       cmocka_unit_test(unwritable_folder),
                                       cmocka_unit_test(default_folder)};
    int failed = RUN(tests);
    for (int i = 0; i < 3; i++) {
        rmdir(folder);
        *strrchr(folder, '/') = '\0';
    }
    return failed;
}
