// SPDX-License-Identifier: MIT
/* The checker's side of the exercise: it makes the input, and compares the result with plain C.
 *
 *   check_09_log_sum_exp make N SEED INPUT
 *   check_09_log_sum_exp compare N SEED INPUT OUTPUT
 *       prints {"wrong": K, "first": I, "text": "..."}
 *
 * Numbers around 1000 for even n and around -1000 for odd n, whose exponentials no double holds.
 * The tolerance is 10^-9: results are around 1000, where neighbouring doubles lie 10^-13 apart.
 */
#include <inttypes.h>
#include <math.h>

#include "hc.h"

typedef double Element;
enum { STREAMS = 1 };

static bool negative; /* as n is odd */

static double element(uint64_t seed, uint32_t stream, uint64_t i) {
    return (negative ? -1000 : 1000) + 4 * (double)hc_random_f32(seed, stream, i);
}

static int compare(uint64_t n, uint64_t seed, const char *path) {
    FILE *in = fopen(path, "rb");
    double got = (double)NAN, center = negative ? -1000 : 1000;
    bool any = in && fread(&got, sizeof got, 1, in) == 1;
    if (in) fclose(in);
    long double sum = 0;
    for (uint64_t i = 0; i < n; i++) sum += expl((long double)(element(seed, 0, i) - center));
    double want = n ? center + (double)logl(sum) : -(double)INFINITY;
    bool right = any && (got == want || fabs(got - want) <= 1e-9);
    printf("{\"wrong\": %d, \"first\": 0, \"text\": \"", !right);
    if (!any) printf("no result was written");
    else if (!right)
        printf("the result for %" PRIu64 " numbers is %.12g and should be %.12g", n, got, want);
    puts("\"}");
    return HC_OK;
}

static int make(uint64_t n, uint64_t seed, const char *path) {
    FILE *out = fopen(path, "wb");
    bool bad = !out || fwrite(&n, sizeof n, 1, out) != 1;
    for (uint32_t stream = 0; stream < STREAMS && !bad; stream++)
        for (uint64_t i = 0; i < n && !bad; i++) {
            Element value = element(seed, stream, i);
            bad = fwrite(&value, sizeof value, 1, out) != 1;
        }
    if (out) bad = fclose(out) != 0 || bad;
    if (bad) fprintf(stderr, "cannot write %s\n", path);
    return bad ? HC_ERROR : HC_OK;
}

int main(int argc, char **argv) {
    uint64_t n, seed;
    bool comparing = argc == 6 && strcmp(argv[1], "compare") == 0;
    if (!comparing && !(argc == 5 && strcmp(argv[1], "make") == 0)) return HC_USAGE;
    if (!hc_parse_count(argv[2], UINT32_MAX, &n) || !hc_parse_count(argv[3], UINT32_MAX, &seed))
        return HC_USAGE;
    negative = n % 2 == 1;
    return comparing ? compare(n, seed, argv[5]) : make(n, seed, argv[4]);
}
