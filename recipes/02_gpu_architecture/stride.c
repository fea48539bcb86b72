// SPDX-License-Identifier: MIT
/* Stride against bandwidth: every element is read once and written once, whatever the stride; only
 * the order of reading differs. With stride 1 neighbours read neighbours. With stride 16 they read
 * elements that are 64 bytes apart.
 */
#include "architecture.h"

static void plan(Launch *launch, uint32_t point, unsigned curve, size_t n, uint32_t steps) {
    (void)curve, (void)steps;
    uint32_t rows = (uint32_t)(n / point); /* n is a multiple of every stride */
    *launch = (Launch){
        .across = rows, .down = point, .numbers = 2, .number = {rows, point}, .times = 1, .n = n};
}

//> reference
/* The reference: x, seen as rows of stride elements, is written column by column. */
static void reference(const Launch *launch, uint32_t *y, const uint32_t *x) {
    size_t rows = launch->number[0], step = launch->number[1];
    for (size_t phase = 0; phase < step; phase++)
        for (size_t k = 0; k < rows; k++) y[phase * rows + k] = x[k * step + phase];
}
//< reference

//> read_times
static void read_times(Launch (*launch)[MOST_CURVES], double (*ms)[MOST_CURVES], Findings *f) {
    size_t last = f->rows - 1, knee = last;
    f->title = "Stride against bandwidth";
    f->heading[0] = ">stride";
    f->columns = 3;
    f->heading[1] = ">GB/s", f->key[1] = "gbps", f->digits[1] = 2;
    f->heading[2] = ">of stride 1", f->key[2] = "of_stride_1", f->digits[2] = 3;
    f->y_label = "useful bytes moved, GB/s";
    for (size_t i = 0; i < f->rows; i++) {
        double bytes =
            2.0 * sizeof(uint32_t) * (double)launch[i][0].n; /* read once, written once */
        f->value[i][1] = bytes / (ms[i][0] * 1e6);
        f->value[i][2] = f->value[i][1] / f->value[0][1];
    }
    double first = f->value[0][1], at_last = f->value[last][1], factor = first / at_last;
    while (knee > 0 && f->value[knee - 1][1] < 1.25 * at_last) knee--;
    int length = snprintf(f->sentence, sizeof f->sentence,
                          "From stride 1 to stride %g the rate goes from %.3g to %.3g GB/s: ",
                          f->value[last][0], first, at_last);
    char *rest = f->sentence + length;
    size_t room = sizeof f->sentence - (size_t)length;
    if (factor < 1.5)
        snprintf(rest, room, "the order of access makes little difference for so much data.");
    else if (knee == last)
        snprintf(rest, room, "%.2g times less for the same bytes, and it still falls at the end.",
                 factor);
    else
        snprintf(
            rest, room,
            "%.2g times less for the same bytes. From stride %g on it hardly falls: memory "
            "seems to come in pieces of about %g bytes, whether all of a piece is used or not.",
            factor, f->value[knee][0], sizeof(uint32_t) * f->value[knee][0]);
}
//< read_times

static void read_counts(Launch (*launch)[MOST_CURVES], Counts (*counts)[MOST_CURVES], Findings *f) {
    size_t last = f->rows - 1, knee = last;
    (void)launch;
    f->title = "Stride against traffic";
    f->heading[0] = ">stride";
    f->columns = 5;
    f->heading[1] = ">sectors/load", f->key[1] = "sectors_per_load", f->digits[1] = 2;
    f->heading[2] = ">loads", f->key[2] = "loads", f->digits[2] = 0;
    f->heading[3] = ">sectors/store", f->key[3] = "sectors_per_store", f->digits[3] = 2;
    f->heading[4] = ">% of bytes used", f->key[4] = "used_percent", f->digits[4] = 1;
    f->y_label = "32-byte sectors touched by one load of a warp";
    for (size_t i = 0; i < f->rows; i++) {
        const Counts *c = &counts[i][0];
        f->value[i][1] = c->load_sectors / c->load_requests;
        f->value[i][2] = c->load_requests;
        f->value[i][3] = c->store_sectors / c->store_requests;
        f->value[i][4] = 100 * c->bytes_read / (32 * c->load_sectors);
    }
    while (knee > 0 && f->value[knee - 1][1] >= 0.98 * f->value[last][1]) knee--;
    snprintf(
        f->sentence, sizeof f->sentence,
        "A warp's load touches %.3g sectors of 32 bytes at stride 1 and %.3g at stride %g: %.2g "
        "times the traffic for the same data. From stride %g on the number no longer grows, "
        "since each lane already has a sector of its own, and uses %.3g %% of it.",
        f->value[0][1], f->value[last][1], f->value[last][0], f->value[last][1] / f->value[0][1],
        f->value[knee][0], f->value[last][4]);
}

const Experiment stride = {.name = "stride",
                           .varied = "stride, in elements of 4 bytes",
                           .curve = {"read"},
                           .point = {1, 2, 4, 8, 16, 32},
                           .plan = plan,
                           .reference = reference,
                           .read_times = read_times,
                           .read_counts = read_counts};
