// SPDX-License-Identifier: MIT
/* What the engine's kernels are measured against: the same work, written by hand. axpby is the
 * kernel of a textbook, one work-item for each element; axpby_shaped has long chunks of sixteen
 * elements, as a CPU likes them, with plain stores; sine and exponential are the textbook's, too.
 * Shapes: all arrays are n elements. Launch: axpby_shaped any number of work-items in groups of
 * one, the others one for each element, rounded up to whole groups. */
__kernel void axpby(__global float *z, __global const float *x, __global const float *y, float a,
                    float b, ulong n) {
    size_t i = get_global_id(0);
    if (i < n) z[i] = a * x[i] + b * y[i];
}

__kernel void axpby_shaped(__global float *z, __global const float *x, __global const float *y,
                           float a, float b, ulong n) {
    size_t items = get_global_size(0), blocks = n / 16, each = (blocks + items - 1) / items;
    size_t begin = min(each * get_global_id(0), blocks), end = min(begin + each, blocks);
    for (size_t k = begin; k < end; k++) vstore16(a * vload16(k, x) + b * vload16(k, y), k, z);
    if (get_global_id(0) == items - 1)
        for (size_t i = blocks * 16; i < n; i++) z[i] = a * x[i] + b * y[i];
}

__kernel void sine(__global float *z, __global const float *x, ulong n) {
    size_t i = get_global_id(0);
    if (i < n) z[i] = sin(x[i]);
}

__kernel void exponential(__global float *z, __global const float *x, ulong n) {
    size_t i = get_global_id(0);
    if (i < n) z[i] = exp(x[i]);
}
