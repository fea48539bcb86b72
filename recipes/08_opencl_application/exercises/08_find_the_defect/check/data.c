// SPDX-License-Identifier: MIT
/* The checker's side of the exercise: it makes the input and compares the result with its own sum.
 *
 *   check_08_find_the_defect make N SEED INPUT
 *   check_08_find_the_defect compare N SEED INPUT OUTPUT
 *       prints {"wrong": K, "first": I, "text": "..."}
 *
 * The numbers use all of their 64 bits, negative ones among them, and no two runs have the same, so
 * neither a prepared answer nor 32 bits will do. The input file is not trusted: the program could
 * have written to it, so the reference is made from the seed again.
 */
#include <inttypes.h>

#include "hc.h"

/* Element i of stream 0 (x) or 1 (y): 63 bits and a sign, so that a sum cannot overflow. */
static int64_t element(uint64_t seed, uint32_t stream, uint64_t i) {
    uint64_t bits = (uint64_t)hc_random_u32(seed, 2 * stream, i) << 32;
    bits |= hc_random_u32(seed, 2 * stream + 1, i);
    int64_t value;
    memcpy(&value, &bits, sizeof value);
    return value / 2;
}

static int make(uint64_t n, uint64_t seed, const char *path) {
    FILE *out = fopen(path, "wb");
    bool bad = !out || fwrite(&n, sizeof n, 1, out) != 1;
    for (uint32_t stream = 0; stream < 2 && !bad; stream++)
        for (uint64_t i = 0; i < n && !bad; i++) {
            int64_t value = element(seed, stream, i);
            bad = fwrite(&value, sizeof value, 1, out) != 1;
        }
    if (out) bad = fclose(out) != 0 || bad;
    if (bad) fprintf(stderr, "cannot write %s\n", path);
    return bad ? HC_ERROR : HC_OK;
}

/* What the wrong elements have in common. */
typedef struct Pattern {
    uint64_t wrong, first, in_second_half, low_right, off_by_2_32;
    int64_t got, want;
} Pattern;

static int compare(uint64_t n, uint64_t seed, const char *path) {
    FILE *in = fopen(path, "rb");
    if (!in) {
        printf("{\"wrong\": %" PRIu64 ", \"first\": 0, \"text\": \"no result was written\"}\n",
               n ? n : 1);
        return HC_OK;
    }
    Pattern p = {0};
    uint64_t have = 0;
    for (int64_t got; fread(&got, sizeof got, 1, in) == 1; have++) {
        int64_t want = have < n ? element(seed, 0, have) + element(seed, 1, have) : 0;
        if (have >= n || got == want) continue;
        if (p.wrong++ == 0) p.first = have, p.got = got, p.want = want;
        uint64_t difference = (uint64_t)want - (uint64_t)got;
        p.in_second_half += have >= n - n / 2;
        p.low_right += (uint32_t)difference == 0;
        p.off_by_2_32 += difference == (uint64_t)1 << 32;
    }
    fclose(in);
    if (have != n) {
        printf("{\"wrong\": %" PRIu64 ", \"first\": 0, \"text\": \"the result has %" PRIu64
               " elements and should have %" PRIu64 "\"}\n",
               n ? n : 1, have, n);
        return HC_OK;
    }
    printf("{\"wrong\": %" PRIu64 ", \"first\": %" PRIu64 ", \"text\": \"", p.wrong, p.first);
    if (p.wrong)
        printf("%" PRIu64 " of %" PRIu64 " elements %s wrong; the first is element %" PRIu64
               ": it is %" PRId64 " and should be %" PRId64,
               p.wrong, n, p.wrong == 1 ? "is" : "are", p.first, p.got, p.want);
    if (p.wrong && p.off_by_2_32 == p.wrong) printf(". Every wrong element is too small by 2^32");
    else if (p.wrong && p.low_right == p.wrong)
        printf(". Every wrong element is right in its lower 32 bits");
    else if (n > 1 && p.in_second_half == n / 2)
        printf(". In the second half of the array all %" PRIu64 " are wrong, in the first half "
               "%" PRIu64,
               p.in_second_half, p.wrong - p.in_second_half);
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
