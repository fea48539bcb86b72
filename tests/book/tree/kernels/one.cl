// SPDX-License-Identifier: MIT
__kernel void one(__global int *y) {
    y[get_global_id(0)] = 1;
}
