// SPDX-License-Identifier: MIT
/* The checker's side of the exercise: it makes the input and compares the result with its own
 * product, which has one right value: one multiplication, correctly rounded.
 *
 *   check_05_complete_the_host make N SEED INPUT
 *   check_05_complete_the_host compare N SEED INPUT OUTPUT
 *       prints {"wrong": K, "first": I, "text": "..."}
 *
 * The input file is not trusted: the program could have written to it, so the reference is made
 * from the seed again.
 */
#include <inttypes.h>

#include "hc.h"

static float element(uint64_t seed, uint64_t i) { return 1 + hc_random_f32(seed, 0, i); }
static float factor_of(uint64_t seed) { return 2 + hc_random_f32(seed, 1, 0); }

static int make(uint64_t n, uint64_t seed, const char *path) {
    FILE *out = fopen(path, "wb");
    float factor = factor_of(seed);
    bool bad = !out || fwrite(&n, sizeof n, 1, out) != 1;
    bad = bad || fwrite(&factor, sizeof factor, 1, out) != 1;
    for (uint64_t i = 0; i < n && !bad; i++) {
        float value = element(seed, i);
        bad = fwrite(&value, sizeof value, 1, out) != 1;
    }
    if (out) bad = fclose(out) != 0 || bad;
    if (bad) fprintf(stderr, "cannot write %s\n", path);
    return bad ? HC_ERROR : HC_OK;
}

static int compare(uint64_t n, uint64_t seed, const char *path) {
    FILE *in = fopen(path, "rb");
    uint64_t have = 0, wrong = 0, first = 0, zeros = 0;
    float factor = factor_of(seed), first_got = 0, first_want = 0;
    for (float got; in && fread(&got, sizeof got, 1, in) == 1; have++) {
        float want = have < n ? factor * element(seed, have) : 0;
        if (have >= n || got == want) continue;
        if (wrong++ == 0) first = have, first_got = got, first_want = want;
        zeros += got == 0;
    }
    if (in) fclose(in);
    if (!in || have != n) {
        printf("{\"wrong\": %" PRIu64 ", \"first\": 0, \"text\": \"", n ? n : 1);
        if (!in) puts("no result was written\"}");
        else printf("the result has %" PRIu64 " elements, not %" PRIu64 "\"}\n", have, n);
        return HC_OK;
    }
    printf("{\"wrong\": %" PRIu64 ", \"first\": %" PRIu64 ", \"text\": \"", wrong, first);
    if (wrong)
        printf("%" PRIu64 " of %" PRIu64 " elements %s wrong; the first is element %" PRIu64
               ": it is %.9g and should be %.9g%s",
               wrong, n, wrong == 1 ? "is" : "are", first, (double)first_got, (double)first_want,
               zeros == wrong ? ". Every wrong element is 0" : "");
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
