// SPDX-License-Identifier: MIT
/* parallel_for: every index once, whatever the size and the number of threads; in the
 * ThreadSanitizer build also: without a race, and with all writes seen when it returns.
 */
#define _XOPEN_SOURCE 700
#include "unit.h"

#include <pthread.h>

static unsigned char *seen; /* plain bytes: two threads at one index would be a race */

static void mark(size_t begin, size_t end, void *context) {
    if (context != &seen || begin >= end) abort(); /* cmocka's assertions are for the main thread */
    for (size_t i = begin; i < end; i++) seen[i]++;
}

static void every_index_once(void **state) {
    (void)state;
    static const size_t sizes[] = {0, 1, 2, 31, 32, 33, 257, 1023, 1024, 1025, 1000000};
    static const unsigned threads[] = {0, 1, 2, 7, 300};
    for (size_t s = 0; s < sizeof sizes / sizeof sizes[0]; s++)
        for (size_t t = 0; t < sizeof threads / sizeof threads[0]; t++) {
            size_t n = sizes[s];
            seen = calloc(n + 1, 1);
            assert_non_null(seen);
            hc_parallel_for(n, threads[t], mark, &seen);
            for (size_t i = 0; i < n; i++)
                if (seen[i] != 1)
                    fail_msg("n %zu, %u threads: index %zu seen %d times", n, threads[t], i,
                             seen[i]);
            assert_int_equal(seen[n], 0);
            free(seen);
        }
}

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static size_t calls, smallest, largest;

static void measure(size_t begin, size_t end, void *context) {
    (void)context;
    pthread_mutex_lock(&lock);
    calls++;
    if (end - begin < smallest) smallest = end - begin;
    if (end - begin > largest) largest = end - begin;
    pthread_mutex_unlock(&lock);
}

/* n / threads each, the rest spread over the first: no piece is more than one larger than another.
 * */
static void even_pieces(void **state) {
    (void)state;
    calls = largest = 0, smallest = SIZE_MAX;
    hc_parallel_for(1000003, 7, measure, NULL);
    assert_int_equal(calls, 7);
    assert_int_equal(largest - smallest, 1);
    calls = 0;
    hc_parallel_for(3, 7, measure, NULL); /* no thread without work */
    assert_int_equal(calls, 3);
    calls = 0;
    hc_parallel_for(100, 0, measure, NULL); /* too little to be worth a thread */
    assert_int_equal(calls, 1);
}

static void cores(void **state) {
    (void)state;
    assert_true(hc_cores() >= 1 && hc_cores() <= 4096);
}

int main(void) {
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_index_once),
                                       cmocka_unit_test(even_pieces), cmocka_unit_test(cores)};
    return RUN(tests);
}
