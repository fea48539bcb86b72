// SPDX-License-Identifier: MIT
/* Kernels from expressions: "c[i] = a[i] + b[i]" becomes a compiled, cached and checked kernel.
 *
 * Run:        ./cook run 9          or your own: ./cook run 9 --expr "z = sqrt(x*x + y*y)"
 * Shapes:     a, b, c: 100 ints, the sum of two vectors; x, y, z: n floats, fused against unfused
 * Tolerance:  none. The kernels are built without contraction, so that + - * round as in C here.
 */
#include "play.h"

//> reference
/* The reference: what the kernel must give, in plain C. */
static void sum_of_vectors(const int *a, const int *b, int *c, size_t n) {
    for (size_t i = 0; i < n; i++) c[i] = a[i] + b[i];
}
//< reference

static const HcRecipe recipe = {
    .name = "09_elementwise",
    .summary =
        "kernels generated from expressions\n\n"
        "Try:   --expr \"z = sqrt(x*x + y*y)\"         a new column z from x and y\n"
        "       --expr \"z = a*x + y\" --let a=2.5      a number with a name\n"
        "       --reduce \"sum(x*y)\"                   one value\n"
        "       --scan \"s = sum(x)\"                   running sums\n"
        "       --data FILE                           columns of your own\n"
        "The name of a column stands for its element i; x[i + 1] is another element. In these\n"
        "texts are C's operators and functions, ; between statements, i, and n, the length",
    .apis = play_apis,
    .options = play_options,
    .size = {1 << 22},
    .rank = 1,
    .repeat = 15,
    .random = true};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    if (play_wanted()) return play(&args);

    //> device
    /* 1. A device of OpenCL or CUDA; the engine makes source in its language. */
    HcDevice chosen;
    EwDevice *device;
    CHECK_HC(hc_choose_device(&chosen));
    CHECK_HC(ew_open(play_as_c ? NULL : &chosen, &device));
    //< device

    //> kernel
    /* 2. What the arguments are, and what happens to element i: that is the whole kernel. */
    EwKernel *sum;
    CHECK_HC(ew_map(device, "sum", "const int *a, const int *b, int *c", "c[i] = a[i] + b[i]", NULL,
                    &sum));
    //< kernel
    if (play_show_source) hc_say("\n%s\n", ew_source(sum));

    //> run
    /* 3. Two vectors of numbers in 0 .. 99 to the device, run, and back: verified. */
    enum { COUNT = 100 };
    int a[COUNT], b[COUNT], c[COUNT], want[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        a[i] = (int)(hc_random_u32(args.seed, 0, i) % 100);
        b[i] = (int)(hc_random_u32(args.seed, 1, i) % 100);
    }
    EwArray d_a, d_b, d_c;
    CHECK_HC(ew_array(device, EW_I32, COUNT, a, &d_a));
    CHECK_HC(ew_array(device, EW_I32, COUNT, b, &d_b));
    CHECK_HC(ew_array(device, EW_I32, COUNT, NULL, &d_c));
    CHECK_HC(ew_run(sum, EW_ALL, EW_VALUES(EW_OF(d_a), EW_OF(d_b), EW_OF(d_c))));
    CHECK_HC(ew_read(&d_c, c));
    sum_of_vectors(a, b, want, COUNT);
    hc_verify("sum", hc_compare(HC_I32, c, want, COUNT, HC_EXACT));
    //< run
    hc_say("sum        %d + %d = %d, %d + %d = %d ... %d + %d = %d\n", a[0], b[0], c[0], a[1], b[1],
           c[1], a[COUNT - 1], b[COUNT - 1], c[COUNT - 1]);

    /* 4. The same on every device here; then one pass over memory against three. */
    if (play_compare_all) everywhere(&chosen, a, b, want, COUNT, args.json || args.quiet);
    fused(device, &args);

    //> refused
    /* 5. The same numbers with 64 bits each do not fit this kernel, and it says so. */
    int64_t long_a[COUNT], long_b[COUNT];
    for (size_t i = 0; i < COUNT; i++) long_a[i] = a[i], long_b[i] = b[i];
    EwArray d_long_a;
    CHECK_HC(ew_array(device, EW_I64, COUNT, long_a, &d_long_a));
    int status = ew_run(sum, EW_ALL, EW_VALUES(EW_OF(d_long_a), EW_OF(d_b), EW_OF(d_c)));
    hc_say("refused    %s\n",
           status ? hc_last_error()->message : "NOT: it ran with the wrong type");
    hc_verify("refusal", hc_compare(HC_I32, &status, &(int){HC_USAGE}, 1, HC_EXACT));
    //< refused
    unchecked(device, sum, long_a, long_b, COUNT); /* what runs without that check */

    //> release
    /* 6. Release in reverse order. */
    ew_array_free(&d_long_a);
    ew_array_free(&d_c), ew_array_free(&d_b), ew_array_free(&d_a);
    ew_free(sum);
    ew_close(device);
    //< release
    return hc_end();
}
