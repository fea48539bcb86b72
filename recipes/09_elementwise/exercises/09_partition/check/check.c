// SPDX-License-Identifier: MIT
/* The checker's side of the exercise: it makes the input, and compares the result with plain C.
 *
 *   check_09_partition make N SEED INPUT
 *   check_09_partition compare N SEED INPUT OUTPUT
 *       prints {"wrong": K, "first": I, "text": "..."}
 *
 * About half of the numbers go to the front, and every eighth is the limit itself, so that > is not
 * >=.
 */
#include <inttypes.h>
#include <math.h>

#include "hc.h"

typedef float Element;
enum { STREAMS = 1 };

static float element(uint64_t seed, uint32_t stream, uint64_t i) {
    uint32_t random = hc_random_u32(seed, stream, i);
    return random % 8 ? (float)(random >> 8) / 0x1p23f - 0.9f : 0.0f;
}

static int compare(uint64_t n, uint64_t seed, const char *path) {
    FILE *in = fopen(path, "rb");
    uint64_t count = 0, front = 0, place = 0, wrong = 0, first = 0;
    bool any = in && fread(&count, sizeof count, 1, in) == 1;
    for (int behind = 0; behind < 2 && any; behind++)
        for (uint64_t i = 0; i < n; i++) {
            float x = element(seed, 0, i), got = (float)NAN;
            if ((x > 0) == (behind == 1)) continue;
            if ((fread(&got, sizeof got, 1, in) != 1 || got != x) && wrong++ == 0) first = place;
            place++;
            front += behind == 0;
        }
    if (in) fclose(in);
    if (!any) wrong = n ? n : 1;
    printf("{\"wrong\": %" PRIu64 ", \"first\": %" PRIu64 ", \"text\": \"%s",
           wrong ? wrong : count != front, first, any ? "" : "no result was written");
    if (any && count != front)
        printf("%" PRIu64 " numbers are in front and %" PRIu64 " should be. ", count, front);
    if (any && wrong)
        printf("%" PRIu64 " of %" PRIu64 " numbers are not in their places; the first is z[%" PRIu64
               "], and %" PRIu64 " should be in front",
               wrong, n, first, front);
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
