// SPDX-License-Identifier: MIT
/* z[i] = x[i] + y[i] for i in 0 .. n-1, in the shape a CPU likes: each work-item has one long
 * contiguous chunk, taken sixteen elements at a time, and stores bypass the cache (non-temporal). A
 * plain store first reads the line that it is about to overwrite, so a sum moves four vectors,
 * not three.
 * Shapes: x, y, z are n elements of T (float or int); z begins at a multiple of 64 bytes.
 * Launch: any number of work-items, some for each core; groups of one. Shared memory: none. */
#if !defined(__has_builtin)
#error "__builtin_nontemporal_store is missing"
#elif !__has_builtin(__builtin_nontemporal_store)
#error "__builtin_nontemporal_store is missing"
#endif
#define JOIN(a, b) a##b
#define VECTOR(T, width) JOIN(T, width)

__kernel void vector_sum(__global T *z, __global const T *x, __global const T *y, ulong n) {
    __global VECTOR(T, 16) *z16 = (__global VECTOR(T, 16) *)z;
    size_t items = get_global_size(0), blocks = n / 16; /* whole blocks of 16 elements */
    size_t each = (blocks + items - 1) / items;
    size_t begin = min(each * get_global_id(0), blocks), end = min(begin + each, blocks);
    for (size_t b = begin; b < end; b++)
        __builtin_nontemporal_store(vload16(b, x) + vload16(b, y), &z16[b]);
    if (get_global_id(0) == items - 1) /* the rest, fewer than 16 */
        for (size_t i = blocks * 16; i < n; i++) z[i] = x[i] + y[i];
}
