// SPDX-License-Identifier: MIT
/* Calls resident_blocks for the pairs of a device and a kernel in a file; without --in, for a
 * device of compute capability 8.6 and a few kernels, and prints the answers. Nothing here needs
 * to be changed.
 */
#include "hc.h"
#include "occupancy.h"

typedef struct Pair {
    Device device;
    Kernel kernel;
} Pair;

static const char *in, *out;
static const HcOption options[] = {HC_TEXT("in", &in, "FILE", "pairs of a device and a kernel"),
                                   HC_TEXT("out", &out, "FILE", "where the answers go"),
                                   HC_OPTIONS_END};
static const HcRecipe recipe = {
    .name = "04_occupancy", .summary = "blocks that fit on a multiprocessor", .options = options};

static void print_some(void) {
    static const Kernel kernels[] = {{256, 32, 0},     {256, 80, 0}, {1024, 40, 0},
                                     {128, 32, 16384}, {40, 16, 0},  {64, 255, 49152}};
    const Device device = {32, 1536, 16, 65536, 256, 102400, 1024, 128, 1024, 101376};
    puts("threads  registers  shared   resident blocks");
    for (size_t i = 0; i < sizeof kernels / sizeof kernels[0]; i++)
        printf("%7d  %9d  %6d   %d\n", (int)kernels[i].threads, (int)kernels[i].registers,
               (int)kernels[i].shared, (int)resident_blocks(&device, &kernels[i]));
}

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    if (!in) {
        print_some();
        return hc_end();
    }
    FILE *from = fopen(in, "rb"), *to = out ? fopen(out, "wb") : NULL;
    bool bad = !from || !to;
    for (Pair pair; !bad && fread(&pair, sizeof pair, 1, from) == 1;) {
        int32_t blocks = resident_blocks(&pair.device, &pair.kernel);
        bad = fwrite(&blocks, sizeof blocks, 1, to) != 1;
    }
    if (to) bad = fclose(to) != 0 || bad;
    if (from) fclose(from);
    if (bad) CHECK_HC(hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot read %s or write %s", in, out));
    return hc_end();
}
