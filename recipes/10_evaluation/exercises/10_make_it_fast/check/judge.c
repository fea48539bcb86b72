// SPDX-License-Identifier: MIT
/* The checker's side of the exercise: it makes the input, compares the sum, and judges the counts.
 *
 *   check_10_make_it_fast make N SEED INPUT
 *   check_10_make_it_fast compare N SEED INPUT OUTPUT
 *       prints {"wrong": K, "first": 0, "text": "..."}
 *
 * The numbers are whole and small, so that their sum is exact in every order. What is allowed: of
 * memory a tenth more than the data are, no conflict of banks, and of loads from shared memory what
 * a tree needs in which neighbours stay neighbours (4 + 2 + 6 warps, two loads each, and the last).
 * No compiler changes these numbers, as it does that of instructions.
 */
#include <inttypes.h>

#include "hc.h"

enum { BLOCKS = 64, MOST_LOADS = 40 }; /* of a block's warps, from shared memory */

static float element(uint64_t seed, uint64_t i) {
    return (float)(hc_random_u32(seed, 0, i) % 17) - 8;
}

static int make(uint64_t n, uint64_t seed, const char *path) {
    FILE *out = fopen(path, "wb");
    bool bad = !out || fwrite(&n, sizeof n, 1, out) != 1;
    for (uint64_t i = 0; i < n && !bad; i++) {
        float value = element(seed, i);
        bad = fwrite(&value, sizeof value, 1, out) != 1;
    }
    if (out) bad = fclose(out) != 0 || bad;
    if (bad) fprintf(stderr, "cannot write %s\n", path);
    return bad ? HC_ERROR : HC_OK;
}

static int tell(bool wrong, const char *format, double a, double b) {
    printf("{\"wrong\": %d, \"first\": 0, \"text\": \"", wrong);
    printf(format, a, b);
    puts("\"}");
    return HC_OK;
}

static int compare(uint64_t n, uint64_t seed, const char *path) {
    double want = 0, sum = 0, instructions, sectors = 0, requests = 0, conflicts[2] = {0, 0};
    FILE *in = fopen(path, "r");
    for (uint64_t i = 0; i < n; i++) want += (double)element(seed, i);
    bool whole =
        in && fscanf(in,
                     "%lf warp_instructions %lf global_load_sectors %lf "
                     "shared_load_requests %lf shared_load_conflicts %lf "
                     "shared_store_conflicts %lf",
                     &sum, &instructions, &sectors, &requests, &conflicts[0], &conflicts[1]) == 6;
    if (in) fclose(in);
    if (!whole) return tell(true, "no sum and counts were written", 0, 0);
    if (sum != want) return tell(true, "the sum is %.9g and should be %.9g", sum, want);
    double least = (double)n / 8;
    if (sectors > 1.1 * least + BLOCKS)
        return tell(true,
                    "the sum is right, but loads touch %.0f sectors of 32 bytes, where the data "
                    "fill %.0f",
                    sectors, least);
    if (conflicts[0] + conflicts[1] > 0)
        return tell(true,
                    "the sum is right and memory is read well, but shared memory has %.0f bank "
                    "conflicts, where %.0f would do",
                    conflicts[0] + conflicts[1], 0);
    if (requests > MOST_LOADS * BLOCKS)
        return tell(true,
                    "the sum is right and memory is read well, but the warps of a block load from "
                    "shared memory %.0f times, where %.0f would do: few warps have "
                    "anything to do in a level of the tree",
                    requests / BLOCKS, 25);
    return tell(false, "", 0, 0);
}

int main(int argc, char **argv) {
    uint64_t n, seed;
    bool comparing = argc == 6 && strcmp(argv[1], "compare") == 0;
    if (!comparing && !(argc == 5 && strcmp(argv[1], "make") == 0)) return HC_USAGE;
    if (!hc_parse_count(argv[2], UINT32_MAX, &n) || !hc_parse_count(argv[3], UINT32_MAX, &seed))
        return HC_USAGE;
    return comparing ? compare(n, seed, argv[5]) : make(n, seed, argv[4]);
}
