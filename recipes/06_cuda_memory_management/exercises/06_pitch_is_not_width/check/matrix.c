// SPDX-License-Identifier: MIT
/* Makes a matrix of n rows, and compares row sums with those that plain C computes.
 *   make N SEED INPUT; compare N SEED INPUT OUTPUT
 * The number of columns differs from one n to the next. For multiples of 64 it is such that a row
 * fills its pitch: the case in which width and pitch are the same, and a mistake does not show.
 */
#include <inttypes.h>

#include "hc.h"

static uint64_t columns(uint64_t n) { return n % 64 == 0 ? 128 : 1 + n * 31 % 100; }

static int32_t element(uint64_t seed, uint64_t i) {
    return (int32_t)(hc_random_u32(seed, 0, i) % 2000) - 1000;
}

static int make(uint64_t n, uint64_t seed, const char *path) {
    uint64_t size[2] = {n, columns(n)};
    FILE *out = fopen(path, "wb");
    bool good = out && fwrite(size, sizeof size, 1, out) == 1;
    for (uint64_t i = 0; i < n * columns(n) && good; i++) {
        int32_t x = element(seed, i);
        good = fwrite(&x, sizeof x, 1, out) == 1;
    }
    if (out) good = fclose(out) == 0 && good;
    return good ? HC_OK : HC_ERROR;
}

static int compare(uint64_t n, uint64_t seed, const char *path) {
    uint64_t wrong = 0, first = 0, have = 0, cols = columns(n);
    int32_t shown_got = 0, shown_want = 0;
    FILE *in = fopen(path, "rb");
    for (int32_t got; in && fread(&got, sizeof got, 1, in) == 1; have++) {
        int32_t want = 0;
        for (uint64_t col = 0; col < cols; col++) want += element(seed, have * cols + col);
        if (have >= n || got == want) continue;
        if (wrong++ == 0) first = have, shown_got = got, shown_want = want;
    }
    if (in) fclose(in);
    if (!in || have != n) {
        printf("{\"wrong\": %" PRIu64 ", \"first\": 0, \"text\": \"the result has %" PRIu64
               " sums and should have %" PRIu64 "\"}\n",
               n ? n : 1, have, n);
        return HC_OK;
    }
    printf("{\"wrong\": %" PRIu64 ", \"first\": %" PRIu64 ", \"text\": \"", wrong, first);
    if (wrong)
        printf("%" PRIu64 " of %" PRIu64 " sums %s wrong; the first is that of row %" PRIu64
               ": it is %" PRId32 " and should be %" PRId32 " (%" PRIu64 " columns)",
               wrong, n, wrong == 1 ? "is" : "are", first, shown_got, shown_want, cols);
    if (wrong && first == 1) printf(". Row 0 is right, so it is the way from row to row");
    puts("\"}");
    return HC_OK;
}

int main(int argc, char **argv) {
    uint64_t n, seed;
    bool comparing = argc == 6 && strcmp(argv[1], "compare") == 0;
    if (!comparing && !(argc == 5 && strcmp(argv[1], "make") == 0)) return HC_USAGE;
    if (!hc_parse_count(argv[2], UINT32_MAX, &n) || !hc_parse_count(argv[3], UINT32_MAX, &seed))
        return HC_USAGE;
    return comparing ? compare(n, seed, argv[5]) : make(n, seed, argv[4]);
}
