// SPDX-License-Identifier: MIT
/* The checker's side of the exercise: how many tiles, how many workers fail, and whether each tile
 * was done once.
 *
 *   check_12_lose_no_tile make N SEED INPUT
 *   check_12_lose_no_tile compare N SEED INPUT OUTPUT
 *       prints {"wrong": K, "first": I, "text": "..."}
 *
 * One worker fails, late; with many tiles, of an even number, two of them do, early.
 */
#include <inttypes.h>

#include "hc.h"

static int make(uint64_t n, const char *path) {
    FILE *out = fopen(path, "wb");
    uint64_t failing = n >= 64 && n % 2 == 0 ? 2 : 1;
    bool bad = !out || fwrite(&n, sizeof n, 1, out) != 1;
    bad = bad || fwrite(&failing, sizeof failing, 1, out) != 1;
    if (out) bad = fclose(out) != 0 || bad;
    if (bad) fprintf(stderr, "cannot write %s\n", path);
    return bad ? HC_ERROR : HC_OK;
}

static int compare(uint64_t n, const char *path) {
    FILE *in = fopen(path, "rb");
    uint64_t have = 0, wrong = 0, first = 0;
    uint32_t first_times = 0;
    for (uint32_t times; in && fread(&times, sizeof times, 1, in) == 1; have++)
        if (times != 1 && wrong++ == 0) first = have, first_times = times;
    if (in) fclose(in);
    if (!in || have != n) {
        printf("{\"wrong\": %" PRIu64 ", \"first\": 0, \"text\": \"%s\"}\n", n ? n : 1,
               in ? "the program ended before it had told of every tile" : "no result was written");
        return HC_OK;
    }
    printf("{\"wrong\": %" PRIu64 ", \"first\": %" PRIu64 ", \"text\": \"", wrong, first);
    if (wrong && first_times == 0) printf("tile %" PRIu64 " was never done", first);
    else if (wrong) printf("tile %" PRIu64 " was done %" PRIu32 " times", first, first_times);
    if (wrong > 1) printf(", and %" PRIu64 " more are wrong", wrong - 1);
    puts("\"}");
    return HC_OK;
}

int main(int argc, char **argv) {
    uint64_t n, seed;
    bool comparing = argc == 6 && strcmp(argv[1], "compare") == 0;
    if (!comparing && !(argc == 5 && strcmp(argv[1], "make") == 0)) return HC_USAGE;
    if (!hc_parse_count(argv[2], UINT32_MAX, &n) || !hc_parse_count(argv[3], UINT32_MAX, &seed))
        return HC_USAGE;
    return comparing ? compare(n, argv[5]) : make(n, argv[4]);
}
