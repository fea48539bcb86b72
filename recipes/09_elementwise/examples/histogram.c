// SPDX-License-Identifier: MIT
/* How often does each byte occur? No reduction: an item of 256 counts is too large to be passed
 * from lane to lane. So each element adds 1 to its own count, in place. Two elements may do so at
 * once, and count[x]++ is a load, an addition and a store, between which another one can come:
 * counts get lost. atomic_add is one step that nothing comes between. It is the simplest way that
 * is right, and slow where all elements are alike and wait for one count; the remedy, counts for
 * each group in its local memory, is beyond what an element-wise kernel says.
 */
#include "examples.h"

int example_histogram(EwDevice *device, size_t n, uint64_t seed) {
    enum { BINS = 256 };
    uint8_t *x;
    uint32_t count[BINS] = {0}, want[BINS] = {0};
    size_t most = 0;
    EwArray d_x, d_count;
    EwKernel *histogram;
    CHECK_HC(hc_alloc(n, sizeof *x, &x));
    for (size_t i = 0; i < n; i++) { /* two dice of 128 sides: a triangle */
        uint32_t r = hc_random_u32(seed, 0, i);
        x[i] = (uint8_t)((r & 127) + (r >> 7 & 127));
        want[x[i]]++;
    }

    CHECK_HC(ew_array(device, EW_U8, n, x, &d_x));
    CHECK_HC(ew_array(device, EW_U32, BINS, count, &d_count)); /* zeros */
    CHECK_HC(ew_map(device, "histogram", "const uchar *x, uint *count",
                    "atomic_add(&count[x[i]], 1u)", NULL, &histogram));
    CHECK_HC(ew_run(histogram, EW_ALL, EW_VALUES(EW_OF(d_x), EW_OF(d_count))));
    CHECK_HC(ew_read(&d_count, count));

    for (size_t b = 0; b < BINS; b++)
        if (count[b] > count[most]) most = b;
    hc_say("histogram  %u is the most frequent of the bytes: %u times of %zu\n", (unsigned)most,
           count[most], n);
    bool right = hc_verify("counts", hc_compare(HC_U32, count, want, BINS, HC_EXACT));
    ew_free(histogram);
    ew_array_free(&d_count), ew_array_free(&d_x);
    free(x);
    return right ? HC_OK : HC_WRONG;
}
