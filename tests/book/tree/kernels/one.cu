// SPDX-License-Identifier: MIT
extern "C" __global__ void one(int *y) {
    size_t i = threadIdx.x;
    y[i] = 1;
}
