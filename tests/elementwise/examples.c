// SPDX-License-Identifier: MIT
/* The worked examples of recipe 9 on sizes from nothing to some tiles: each of them verifies its
 * own answer, and the run must have ended well.
 *
 *   examples DEVICE [up_to=N]
 */
#include "../../recipes/09_elementwise/examples/examples.h"

#include "fold.h"

static EwDevice *device;

static void all(void) {
    static const size_t sizes[] = {0, 1, 2, 3, 33, 4096, 4097, 100003};
    for (const Example *example = examples; example->name; example++)
        for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++) {
            if (sizes[s] > up_to) continue;
            int status = example->run(device, sizes[s], 7 + s);
            EXPECT(status == HC_OK, "%s, n %zu: %d", example->name, sizes[s], status);
        }
}

int main(int argc, char **argv) {
    static const Case cases[] = {{"all", all, false}, {NULL, NULL, false}};
    device = fold_device(argc, argv);
    return run_cases(device, cases, argc, argv);
}
