// SPDX-License-Identifier: MIT
/* The checker's side of the exercise: it makes the input, and compares the result with plain C.
 *
 *   check_09_variance make N SEED INPUT
 *   check_09_variance compare N SEED INPUT OUTPUT
 *       prints {"wrong": K, "first": I, "text": "..."}
 *
 * Numbers around 10^9 that are known to a millionth: the reference takes the mean first and then
 * the squared distances, in long double. The tolerance is a relative 10^-6: a distance from the mean
 * is known to about 10^-7, the spacing of doubles there. What is wrong here is wrong by far more.
 */
#include <inttypes.h>
#include <math.h>

#include "hc.h"

typedef double Element;
enum { STREAMS = 1 };

static double element(uint64_t seed, uint32_t stream, uint64_t i) {
    return 1e9 + 10 * (double)hc_random_f32(seed, stream, i);
}

static int compare(uint64_t n, uint64_t seed, const char *path) {
    FILE *in = fopen(path, "rb");
    double got = (double)NAN;
    bool any = in && fread(&got, sizeof got, 1, in) == 1;
    if (in) fclose(in);
    long double mean = 0, squares = 0;
    for (uint64_t i = 0; i < n; i++) mean += (long double)element(seed, 0, i) / (long double)n;
    for (uint64_t i = 0; i < n; i++) {
        long double distance = (long double)element(seed, 0, i) - mean;
        squares += distance * distance;
    }
    double want = n ? (double)(squares / (long double)n) : 0;
    bool right = any && fabs(got - want) <= 1e-6 * want + 1e-12;
    printf("{\"wrong\": %d, \"first\": 0, \"text\": \"", !right);
    if (!any) printf("no result was written");
    else if (!right)
        printf("the variance of %" PRIu64 " numbers is %.9g and should be %.9g", n, got, want);
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
    return comparing ? compare(n, seed, argv[5]) : make(n, seed, argv[4]);
}
