// SPDX-License-Identifier: MIT
/* The checker's side of the exercise: it makes the input, and compares the result with plain C.
 *
 *   check_09_one_pass make N SEED INPUT
 *   check_09_one_pass compare N SEED INPUT OUTPUT
 *       prints {"wrong": K, "first": I, "text": "..."}
 *
 * Products and sums are rounded one by one in both, so every result is bit-equal; a kernel that
 * fuses the wrong operations is not. The count of moved arrays stands in front of the result.
 */
#include <inttypes.h>
#include <math.h>

#include "hc.h"

typedef float Element;
enum { STREAMS = 2, ENOUGH = 3 };

static float element(uint64_t seed, uint32_t stream, uint64_t i) {
    return 2 * hc_random_f32(seed, stream, i) - 1;
}

static int compare(uint64_t n, uint64_t seed, const char *path) {
    FILE *in = fopen(path, "rb");
    uint64_t moved = 0, wrong = 0, first = 0;
    bool any = in && fread(&moved, sizeof moved, 1, in) == 1;
    float first_got = 0, first_want = 0;
    for (uint64_t i = 0; i < n && any; i++) {
        volatile float product = 2.5f * element(seed, 0, i); /* rounded, before the sum is */
        float t = product + element(seed, 1, i);
        volatile float square = t * t;
        float want = t / (1.0f + square), got = (float)NAN;
        if (fread(&got, sizeof got, 1, in) == 1 && got == want) continue;
        if (wrong++ == 0) first = i, first_got = got, first_want = want;
    }
    if (in) fclose(in);
    if (!any) wrong = n ? n : 1;
    const char *text = any ? "" : "no result was written";
    printf("{\"wrong\": %" PRIu64 ", \"first\": %" PRIu64 ", \"text\": \"%s",
           wrong ? wrong : moved != ENOUGH, first, text);
    if (any && wrong)
        printf("element %" PRIu64 " is %.9g and should be %.9g", first, (double)first_got,
               (double)first_want);
    else if (any && moved != ENOUGH)
        printf("Every result is right, but the kernels moved %" PRIu64 " arrays; 3 are enough",
               moved);
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
