// SPDX-License-Identifier: MIT
/* Two further looks at the sum of two vectors: what a kernel for int makes of arrays of 64-bit
 * integers if nobody compares types, and the same text on every kind of device that is here.
 */
#include <cjson/cJSON.h>

#include "play.h"

/* The bytes of the two arrays are taken for twice as many ints, which is what a buffer without a
 * type comes to, and the kernel runs n times. On a little-endian machine an int is the lower half
 * of the 64 bits: every second int is a number, the others are 0. */
void unchecked(EwDevice *device, EwKernel *sum, const int64_t *a, const int64_t *b, size_t n) {
    EwArray d_a, d_b, d_c, half_a, half_b, half_c;
    int64_t *c;
    CHECK_HC(hc_alloc(n, sizeof *c, &c));
    for (size_t i = 0; i < n; i++) c[i] = -1; /* "not initialised" */
    //> unchecked
    CHECK_HC(ew_array(device, EW_I32, 2 * n, a, &d_a)); /* a: n elements of int64_t */
    CHECK_HC(ew_array(device, EW_I32, 2 * n, b, &d_b));
    CHECK_HC(ew_array(device, EW_I32, 2 * n, c, &d_c));
    CHECK_HC(ew_view(&d_a, 0, n, &half_a));
    CHECK_HC(ew_view(&d_b, 0, n, &half_b));
    CHECK_HC(ew_view(&d_c, 0, n, &half_c));
    CHECK_HC(ew_run(sum, EW_ALL, EW_VALUES(EW_OF(half_a), EW_OF(half_b), EW_OF(half_c))));
    CHECK_HC(ew_read(&d_c, c));
    //< unchecked
    size_t right = 0;
    while (right < n && c[right] == a[right] + b[right]) right++;
    hc_say(
        "unchecked  with these arrays the first %zu of %zu sums would be right, the rest is what "
        "was in memory\n",
        right, n);
    cJSON_AddNumberToObject(hc_results(), "unchecked_right", (double)right);
    ew_array_free(&d_c), ew_array_free(&d_b), ew_array_free(&d_a);
    free(c);
}

void everywhere(const HcDevice *chosen, const int *a, const int *b, const int *want, size_t n,
                bool silent) {
    Place places[PLACES];
    CHECK_HC(places_open(places, chosen, true));
    HcTable *table = hc_table_new("by|sum|device");
    for (int p = 0; p < PLACES; p++) {
        EwDevice *device = places[p].device;
        if (!device) {
            hc_table_row(table, "%s|skipped|%s", places[p].what, places[p].why);
            continue;
        }
        EwKernel *sum;
        EwArray d_a, d_b, d_c;
        int *c;
        CHECK_HC(hc_alloc(n, sizeof *c, &c));
        CHECK_HC(ew_map(device, "sum", "const int *a, const int *b, int *c", "c[i] = a[i] + b[i]",
                        NULL, &sum));
        CHECK_HC(ew_array(device, EW_I32, n, a, &d_a));
        CHECK_HC(ew_array(device, EW_I32, n, b, &d_b));
        CHECK_HC(ew_array(device, EW_I32, n, NULL, &d_c));
        CHECK_HC(ew_run(sum, EW_ALL, EW_VALUES(EW_OF(d_a), EW_OF(d_b), EW_OF(d_c))));
        CHECK_HC(ew_read(&d_c, c));
        if (play_show_source) hc_say("---- %s ----\n%s\n", places[p].what, ew_source(sum));
        char what[32];
        snprintf(what, sizeof what, "sum by %s", places[p].what);
        bool right = hc_verify(what, hc_compare(HC_I32, c, want, n, HC_EXACT));
        hc_table_row(table, "%s|%s|%s", places[p].what, right ? "right" : "WRONG",
                     ew_device_name(device));
        ew_array_free(&d_c), ew_array_free(&d_b), ew_array_free(&d_a);
        ew_free(sum);
        free(c);
    }
    if (!silent) hc_table_print(table, stdout, 11);
    hc_table_free(table);
    places_close(places);
}
