// SPDX-License-Identifier: MIT
/* Which elements are wanted, one behind the other and in their order? A scan says where each of
 * them goes: if item is how many are wanted up to x[i], and prev_item how many before it, then
 * x[i] is wanted where the two differ, and its place is prev_item. The last element knows how
 * many there are.
 */
#include "examples.h"

static size_t reference(const int32_t *x, size_t n, int32_t limit, int32_t *out) {
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        if (x[i] > limit) out[count++] = x[i];
    return count;
}

int example_copy_if(EwDevice *device, size_t n, uint64_t seed) {
    enum { LIMIT = 900 }; /* of -1000 .. 999: about one in twenty */
    int32_t *x, *out, *want;
    uint32_t count = 0;
    EwArray d_x, d_out, d_count, found;
    EwKernel *copy_if;
    CHECK_HC(hc_alloc(n, sizeof *x, &x));
    CHECK_HC(hc_alloc(n, sizeof *out, &out));
    CHECK_HC(hc_alloc(n, sizeof *want, &want));
    hc_fill(HC_I32, x, n, seed, 0);

    CHECK_HC(ew_array(device, EW_I32, n, x, &d_x));
    CHECK_HC(ew_array(device, EW_I32, n, NULL, &d_out));
    CHECK_HC(ew_array(device, EW_U32, 1, &count, &d_count));
    CHECK_HC(ew_scan(device, "copy_if", "uint", "0", "x[i] > limit", "a + b",
                     "if (prev_item != item) out[prev_item] = x[i];\n"
                     "if (i == n - 1) count[0] = item;",
                     "int limit, const int *x, int *out, uint *count", NULL, &copy_if));
    CHECK_HC(ew_run(copy_if, EW_ALL,
                    EW_VALUES(EW_INT(LIMIT), EW_OF(d_x), EW_OF(d_out), EW_OF(d_count))));
    CHECK_HC(ew_read(&d_count, &count));
    CHECK_HC(ew_view(&d_out, 0, count, &found)); /* only what is there is read back */
    CHECK_HC(ew_read(&found, out));

    uint64_t got_count = count, want_count = reference(x, n, LIMIT, want);
    hc_say("copy_if    %zu of %zu elements are over %d\n", (size_t)count, n, LIMIT);
    bool right = hc_verify("count", hc_compare(HC_U64, &got_count, &want_count, 1, HC_EXACT));
    if (right) right = hc_verify("elements", hc_compare(HC_I32, out, want, count, HC_EXACT));
    ew_free(copy_if);
    ew_array_free(&d_count), ew_array_free(&d_out), ew_array_free(&d_x);
    free(want), free(out), free(x);
    return right ? HC_OK : HC_WRONG;
}
