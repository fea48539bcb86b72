// SPDX-License-Identifier: MIT
/* y[i][j] = the mean of the four neighbours of x[i][j]; on the border y = x. In the shape a CPU
 * likes: each work-item has a band of whole rows, sixteen elements at a time; a row that is read as
 * the one below is still in the cache when it is read as the middle one and as the one above.
 * Shapes: x, y are m x n elements, row after row. Launch: any number of work-items, some for each
 * core; groups of one. Shared memory: none. */
/* The mean for column j, for one element or, with vload16, for sixteen. */
#define ONE(offset, p) ((p)[offset])
#define MEAN(load, j)                                                                              \
    (0.25f * ((load(0, above + j) + load(0, below + j)) +                                          \
              (load(0, here + j - 1) + load(0, here + j + 1))))

__kernel void stencil(__global float *y, __global const float *x, ulong m, ulong n) {
    size_t items = get_global_size(0), each = (m + items - 1) / items;
    size_t begin = min(each * get_global_id(0), (size_t)m), end = min(begin + each, (size_t)m);
    for (size_t i = begin; i < end; i++) {
        __global const float *here = x + i * n, *above = here - n, *below = here + n;
        __global float *to = y + i * n;
        if (i == 0 || i == m - 1) {
            for (size_t j = 0; j < n; j++) to[j] = here[j];
            continue;
        }
        size_t j = 1;
        for (; j + 16 < n; j += 16) vstore16(MEAN(vload16, j), 0, to + j);
        for (; j + 1 < n; j++) to[j] = MEAN(ONE, j);
        if (n > 0) to[0] = here[0], to[n - 1] = here[n - 1];
    }
}
