// SPDX-License-Identifier: MIT
/* find_gpu - print the SPEC of the first GPU that OpenCL shows, for tests that need one; without
 * one, say so and end with 77, which CTest counts as skipped.
 */
#include "hc_cl.h"

int main(void) {
    HcDevice devices[64];
    size_t count = 0;
    int status = hc_cl_api.list(devices, 64, &count);
    for (size_t i = 0; status == HC_OK && i < count && i < 64; i++)
        if (devices[i].is_gpu) {
            printf("%s:%d:%d\n", devices[i].api, devices[i].platform, devices[i].index);
            return HC_OK;
        }
    printf("skipped: no OpenCL GPU among %zu devices\n", count);
    return HC_SKIP;
}
