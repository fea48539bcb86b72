// SPDX-License-Identifier: MIT
__kernel void one(__global int *y) {
    size_t i = get_global_id(0);
    y[i] = 1;
}
