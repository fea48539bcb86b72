// SPDX-License-Identifier: MIT
/* c = a b: c[i][j] = sum over l of a[i][l] * b[l][j], in the shape a CPU likes. A work-item
 * computes a panel of 32 columns, some rows high. It first copies a piece of b, 256 rows deep, to
 * where it lies without gaps and stays in the first-level cache: in b itself, neighbours in a
 * column are a row apart, so that a power of two for n sends all of them to the same few places in
 * every cache. Then it goes down the rows, ROWS at a time, with all their sums in registers, so
 * that each value that is fetched is used many times.
 * Build: -DWIDTH=16, 8 or 4, the floats of a vector register (CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT);
 * ROWS x 2 sums, and what is added to them, have to fit into 32 or 16 of those.
 * Shapes: c is m x n, a is m x k, b is k x n, row by row; a row begins ldc, lda, ldb elements after
 * the one before. Launch: ceil(n / 32) x some work-items, each of which takes its share of the m
 * rows; groups of one. Local memory: 32,768 bytes. */
#ifndef WIDTH
#define WIDTH 16
#endif
#define ROWS (WIDTH == 16 ? 8 : 6)
#define COLUMNS 32
#define DEPTH 256
#define JOIN(a, b) a##b
#define VECTOR(T, width) JOIN(T, width)
#define V VECTOR(float, WIDTH)
#define LOAD VECTOR(vload, WIDTH)
#define STORE VECTOR(vstore, WIDTH)

/* One piece: rows row .. row + ROWS - 1, two vectors of columns from col on, depth products. */
void block(__global float *c, __global const float *a, __local const float *panel, size_t rows,
           size_t columns, uint depth, bool add, size_t ldc, size_t lda) {
    V sum[ROWS][2];
    __global const float *from[ROWS];
#pragma unroll
    for (uint r = 0; r < ROWS; r++) {
        from[r] = a + min((size_t)r, rows - 1) * lda; /* rows that are not there: the last again */
        sum[r][0] = sum[r][1] = 0;
    }
    for (uint l = 0; l < depth; l++) {
        V left = LOAD(0, panel + l * COLUMNS), right = LOAD(1, panel + l * COLUMNS);
#pragma unroll
        for (uint r = 0; r < ROWS; r++) {
            sum[r][0] += from[r][l] * left;
            sum[r][1] += from[r][l] * right;
        }
    }
#pragma unroll
    for (uint r = 0; r < ROWS; r++) {
        __global float *to = c + r * ldc;
        if (r >= rows) continue;
        if (columns >= 2 * WIDTH) {
            STORE(add ? LOAD(0, to) + sum[r][0] : sum[r][0], 0, to);
            STORE(add ? LOAD(1, to) + sum[r][1] : sum[r][1], 1, to);
        } else {
            float edge[2 * WIDTH];
            STORE(sum[r][0], 0, edge);
            STORE(sum[r][1], 1, edge);
            for (size_t j = 0; j < columns; j++) to[j] = add ? to[j] + edge[j] : edge[j];
        }
    }
}

__kernel __attribute__((reqd_work_group_size(1, 1, 1))) void
matmul(__global float *c, __global const float *a, __global const float *b, ulong m, ulong n,
       ulong k, ulong ldc, ulong lda, ulong ldb) {
    __local float panel[DEPTH * COLUMNS];
    size_t items = get_global_size(1), strips = (m + ROWS - 1) / ROWS; /* of ROWS rows */
    size_t each = (strips + items - 1) / items * ROWS;
    size_t begin = min(each * get_global_id(1), (size_t)m), end = min(begin + each, (size_t)m);
    size_t col = get_global_id(0) * COLUMNS, columns = min((size_t)COLUMNS, n - col);
    if (begin == end) return;
    for (size_t first = 0; first == 0 || first < k; first += DEPTH) { /* k = 0: c is 0 */
        uint depth = min((size_t)DEPTH, k - first);
        for (uint l = 0; l < depth; l++) {
            __global const float *from = b + (first + l) * ldb + col;
            __local float *to = panel + l * COLUMNS;
            if (columns == COLUMNS) {
                vstore16(vload16(0, from), 0, to);
                vstore16(vload16(1, from), 1, to);
            } else {
                for (uint j = 0; j < COLUMNS; j++) to[j] = j < columns ? from[j] : 0;
            }
        }
        for (size_t row = begin; row < end; row += ROWS)
            for (size_t j = 0; j < columns; j += 2 * WIDTH)
                block(c + row * ldc + col + j, a + row * lda + first, panel + j, end - row,
                      columns - j, depth, first > 0, ldc, lda);
    }
}
