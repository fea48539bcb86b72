// SPDX-License-Identifier: MIT
/* Bandwidth between host and device over the size of the transfer, for three kinds of host memory:
 * pageable, which comes from malloc; pinned, which the driver has made so that the device can reach
 * it; mapped, which host and device share: no copy call moves it. Small transfers pay for the call,
 * large ones for the bytes; half of the best rate is reached where both cost the same.
 */
#include "bench.h"

enum { UP_CURVES = 3 };
static void *host_side[KINDS];

static Kind kind_of(unsigned curve) { return (Kind)(curve % KINDS); }

/* Counts are the same for large sizes. */
static bool allows(const Bench *b, uint32_t kib) {
    return (size_t)kib * 1024 <= b->most && (!b->counted || kib <= 2048);
}

static void open_bandwidth(Bench *b, const uint32_t *point, size_t points) {
    size_t bytes = (size_t)point[points - 1] * 1024, n = bytes / sizeof(uint32_t);
    b->device->load(SLOT_A, "stride", "stride"); /* CUDA: the copy that reads mapped memory */
    b->device->reserve(n, 1);
    for (int kind = 0; kind < KINDS; kind++)
        host_side[kind] = b->device->host_memory((Kind)kind, bytes);
    CHECK_HC(hc_alloc(n, sizeof(uint32_t), &b->x));
    CHECK_HC(hc_alloc(n, sizeof(uint32_t), &b->y));
    hc_fill(HC_U32, b->x, n, b->args->seed, 2);
}

//> verify
/* The bytes that were sent must be those that arrive. One way is the transfer in question; the
 * other is a plain copy. Zeros lie where they are to arrive. */
static HcVerdict verify(Bench *b, size_t p, uint32_t kib, unsigned curve) {
    Kind kind = kind_of(curve);
    size_t bytes = (size_t)kib * 1024;
    bool up = curve < UP_CURVES;
    void *host = host_side[kind];
    (void)p;
    memset(b->y, 0, bytes);
    b->device->plain(kind, true, b->y, bytes);
    if (up) {
        memcpy(host, b->x, bytes);
        b->device->transfer(kind, true, bytes);
        b->device->plain(kind, false, b->y, bytes);
    } else {
        b->device->plain(kind, true, b->x, bytes);
        memset(host, 0, bytes);
        b->device->transfer(kind, false, bytes);
        memcpy(b->y, host, bytes);
    }
    return hc_compare(HC_U32, b->y, b->x, bytes / sizeof(uint32_t), HC_EXACT);
}
//< verify

//> sample
/* By the host's clock: what counts is when the host can go on. The second of two transfers, so that
 * caches know both sides whatever was measured before. */
static double sample(Bench *b, size_t p, uint32_t kib, unsigned curve) {
    size_t bytes = (size_t)kib * 1024;
    (void)p;
    b->device->transfer(kind_of(curve), curve < UP_CURVES, bytes);
    double start_ms = hc_now_ms();
    b->device->transfer(kind_of(curve), curve < UP_CURVES, bytes);
    return (double)bytes / ((hc_now_ms() - start_ms) * 1e6);
}
//< sample

//> half
/* The size, in KiB, from which on the rate is at least half of the best; 0: already at the first.
 * Between two points it is interpolated. Hockney calls it n1/2.
 *   source  R. Hockney and C. Jesshope, Parallel Computers 2, 1988 */
static double half_size(const Series *s, unsigned c, double *best) {
    *best = 0;
    for (size_t p = 0; p < s->points; p++)
        if (s->stats[p][c].median > *best) *best = s->stats[p][c].median;
    for (size_t p = 0; p < s->points; p++) {
        double rate = s->stats[p][c].median, half = *best / 2;
        if (rate < half) continue;
        if (p == 0) return 0;
        double before = s->stats[p - 1][c].median, part = (half - before) / (rate - before);
        return s->point[p - 1] + part * (s->point[p] - s->point[p - 1]);
    }
    return 0;
}
//< half

static void read_times(const Bench *b, const Series *s, Findings *f) {
    static const char *const keys[] = {"pageable_half_kib", "pinned_half_kib", "mapped_half_kib"};
    size_t last = s->points - 1;
    const HcStats *end = s->stats[last];
    (void)b;
    f->title = "Size of a transfer against bandwidth";
    table_of(&bandwidth, s, f, "bytes moved to the device, GB/s", 3);
    f->plotted = UP_CURVES;
    for (unsigned c = 0; c < UP_CURVES; c++) {
        double best, half = half_size(s, c, &best);
        f->figure[c] = keys[c], f->figures[c] = half;
        say(f, "%s: at most %.3g GB/s to the device, n1/2 %s%.3g KiB. ", bandwidth.curve[c], best,
            half > 0 ? "" : "below ", half > 0 ? half : s->point[0]);
    }
    if (above(&end[PINNED], &end[PAGEABLE], 1.2))
        say(f, "With %u KiB pinned memory is %.2g times as fast as pageable.",
            (unsigned)s->point[last], end[PINNED].median / end[PAGEABLE].median);
    else
        say(f,
            "With %u KiB pinned memory is not faster than pageable beyond noise (%.3g and %.3g "
            "GB/s).",
            (unsigned)s->point[last], end[PINNED].median, end[PAGEABLE].median);
}

static void read_counts(const Bench *b, const Series *s, Findings *f) {
    size_t last = s->points - 1;
    (void)b;
    f->title = "Size of a transfer against what a kernel reads of mapped memory";
    f->y_label = "32-byte sectors that the kernel reads";
    f->log_y = true;
    f->rows = s->points;
    f->plotted = 1;
    column(f, "KiB", "point", 0);
    column(f, "sectors read", "sectors", 0);
    column(f, "bytes read", "bytes", 0);
    column(f, "of the transfer", "of_transfer", 2);
    for (size_t p = 0; p <= last; p++) {
        const Counts *c = &s->counts[p][MAPPED];
        f->value[p][0] = s->point[p];
        f->value[p][1] = c->load_sectors;
        f->value[p][2] = c->bytes_read;
        f->value[p][3] = c->bytes_read / (1024.0 * s->point[p]);
    }
    say(f,
        "All bytes arrive by each kind of memory. Only mapped memory is read by a kernel, and so "
        "counted: %.3g sectors of 32 bytes for %u KiB, each byte %.3g times. How long a bus takes "
        "for them is for a clock.",
        f->value[last][1], (unsigned)s->point[last],
        32 * f->value[last][1] / (1024.0 * s->point[last]));
}

static void close_bandwidth(Bench *b) {
    for (int kind = 0; kind < KINDS; kind++) b->device->host_memory((Kind)kind, 0);
    free(b->y), free(b->x);
}

const Experiment bandwidth = {
    .name = "bandwidth",
    .varied = "size of the transfer, KiB",
    .heading = "KiB",
    .curve = {"pageable", "pinned", "mapped", "pageable_down", "pinned_down", "mapped_down"},
    .kernel = {NULL, NULL, "stride"},
    .point = {2, 8, 32, 128, 512, 2048, 8192, 32768},
    .allows = allows,
    .open = open_bandwidth,
    .verify = verify,
    .sample = sample,
    .read = read_times,
    .read_counts = read_counts,
    .close = close_bandwidth};
