// SPDX-License-Identifier: MIT
/* The checker's side of the exercise: it makes pairs of a device and a kernel and compares the
 * answers with its own.
 *
 *   check_04_occupancy make N SEED INPUT
 *   check_04_occupancy compare N SEED INPUT OUTPUT
 *       prints {"wrong": K, "first": I, "text": "..."}
 *
 * The devices are those of six generations. Kernels are drawn so that each resource is the scarce
 * one in some pairs. A block that is too large stands at one place of one list. The reference
 * counts blocks up one by one until something is used up, where a solution divides. The input file
 * is not trusted: the program could have written to it, so the pairs are made anew.
 */
#include <inttypes.h>

#include "hc.h"

/* As in the learner's occupancy.h. */
typedef struct Pair {
    int32_t warp, max_threads, max_blocks, max_registers, register_unit, max_shared,
        shared_reserved, shared_unit, max_block_threads, max_block_shared;
    int32_t threads, registers, shared;
} Pair;

enum {
    TOO_LARGE = 1500,
    LIST = 2000
}; /* the pair whose block has too many threads, and its list */

static const Pair devices[] = {
    {32, 2048, 32, 65536, 256, 65536, 0, 256, 1024, 49152, 0, 0, 0},       /* 6.0 */
    {32, 2048, 32, 65536, 256, 98304, 0, 256, 1024, 98304, 0, 0, 0},       /* 7.0 */
    {32, 1024, 16, 65536, 256, 65536, 0, 256, 1024, 65536, 0, 0, 0},       /* 7.5 */
    {32, 2048, 32, 65536, 256, 167936, 1024, 128, 1024, 166912, 0, 0, 0},  /* 8.0 */
    {32, 1536, 16, 65536, 256, 102400, 1024, 128, 1024, 101376, 0, 0, 0},  /* 8.6 */
    {32, 2048, 32, 65536, 256, 233472, 1024, 128, 1024, 232448, 0, 0, 0}}; /* 9.0 */

static Pair make_pair(uint64_t n, uint64_t seed, uint64_t i) {
    uint32_t r[5];
    for (uint32_t k = 0; k < 5; k++) r[k] = hc_random_u32(seed, k, i);
    Pair p = devices[r[0] % (sizeof devices / sizeof devices[0])];
    p.threads = r[1] % 2 ? (int32_t)(1 + r[1] / 2 % 32) * 32 : (int32_t)(1 + r[1] / 2 % 1024);
    p.registers = (int32_t)(1 + r[2] % 255);
    if (r[2] % 3 == 0) p.registers = (int32_t)(1 + r[2] % 32); /* else they always are the limit */
    p.shared = r[3] % 2 ? 0 : (int32_t)(r[4] % 40000);
    if (r[3] % 17 == 0) p.shared = (int32_t)(r[4] % 240000); /* may be more than is allowed */
    if (i == TOO_LARGE && n == LIST) p.threads = 1025, p.registers = 16, p.shared = 0;
    return p;
}

/* Add one block after the other until it does not fit. */
static int32_t count_blocks(const Pair *p) {
    int32_t blocks = 0;
    int64_t threads = 0, registers = 0, shared = 0;
    int64_t of_warp = (int64_t)p->registers * p->warp, of_block = p->shared + p->shared_reserved;
    if (p->threads > p->max_block_threads || p->shared > p->max_block_shared) return 0;
    while (of_warp % p->register_unit) of_warp++;
    while (of_block % p->shared_unit) of_block++;
    for (;; blocks++) {
        for (int32_t t = 0; t < p->threads; t += p->warp) {
            threads += p->warp;
            registers += of_warp;
        }
        shared += of_block;
        if (blocks == p->max_blocks || threads > p->max_threads || registers > p->max_registers ||
            shared > p->max_shared)
            return blocks;
    }
}

static int make(uint64_t n, uint64_t seed, const char *path) {
    FILE *out = fopen(path, "wb");
    bool bad = !out;
    for (uint64_t i = 0; i < n && !bad; i++) {
        Pair pair = make_pair(n, seed, i);
        bad = fwrite(&pair, sizeof pair, 1, out) != 1;
    }
    if (out) bad = fclose(out) != 0 || bad;
    if (bad) fprintf(stderr, "cannot write %s\n", path);
    return bad ? HC_ERROR : HC_OK;
}

static void print_what_they_share(uint64_t wrong, uint64_t large, uint64_t part, uint64_t shared,
                                  uint64_t forbidden) {
    printf("; too large in %" PRIu64 " of them", large);
    if (forbidden == wrong)
        printf(". The wrong ones have more threads than a block may have, or more shared memory");
    else if (part == wrong) printf(". The wrong ones have blocks that are not whole warps");
    else if (shared == wrong) printf(". The wrong ones use shared memory");
}

static int compare(uint64_t n, uint64_t seed, const char *path) {
    FILE *in = fopen(path, "rb");
    uint64_t wrong = 0, first = 0, large = 0, part = 0, shared = 0, forbidden = 0, have = 0;
    int32_t got = 0, first_got = 0;
    for (; in && fread(&got, sizeof got, 1, in) == 1; have++) {
        Pair p = make_pair(n, seed, have);
        int32_t want = count_blocks(&p);
        if (have >= n || got == want) continue;
        if (wrong++ == 0) first = have, first_got = got;
        large += got > want;
        part += p.threads % p.warp != 0;
        shared += p.shared > 0;
        forbidden += p.threads > p.max_block_threads || p.shared > p.max_block_shared;
    }
    if (in) fclose(in);
    if (!in || have != n) {
        printf("{\"wrong\": %" PRIu64 ", \"first\": 0, \"text\": \"there are %" PRIu64
               " answers for %" PRIu64 " pairs\"}\n",
               n ? n : 1, have, n);
        return HC_OK;
    }
    printf("{\"wrong\": %" PRIu64 ", \"first\": %" PRIu64 ", \"text\": \"", wrong, first);
    if (wrong) {
        Pair p = make_pair(n, seed, first);
        printf(
            "%" PRIu64 " of %" PRIu64 " answers are wrong. The first: %d threads, %d registers, "
            "%d bytes of shared memory, on a multiprocessor with %d threads, %d blocks, %d bytes: "
            "it is %d and should be %d",
            wrong, n, (int)p.threads, (int)p.registers, (int)p.shared, (int)p.max_threads,
            (int)p.max_blocks, (int)p.max_shared, (int)first_got, (int)count_blocks(&p));
        print_what_they_share(wrong, large, part, shared, forbidden);
    }
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
