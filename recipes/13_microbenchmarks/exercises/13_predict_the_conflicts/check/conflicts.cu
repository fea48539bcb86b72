// SPDX-License-Identifier: MIT
/* One kernel for each question: a warp reads shared memory once, and cusim counts. Each lane writes
 * down what it read, so that no compiler leaves the load out. Launch: one block of 32 threads. */
#define QUESTION(name, T, element)                                                                 \
    extern "C" __global__ void name(T *y) {                                                        \
        __shared__ T tile[2048];                                                                   \
        unsigned lane = threadIdx.x;                                                               \
        for (unsigned e = lane; e < 2048; e += 32) tile[e] = e;                                    \
        __syncthreads();                                                                           \
        y[lane] = tile[element];                                                                   \
    }
QUESTION(stride_5, unsigned, 5 * lane)
QUESTION(stride_6, unsigned, 6 * lane)
QUESTION(stride_20, unsigned, 20 * lane)
QUESTION(column_of_32, unsigned, 32 * lane)
QUESTION(column_of_36, unsigned, 36 * lane)
QUESTION(diagonal_of_32, unsigned, 33 * lane)
QUESTION(same_for_all, unsigned, 7)
QUESTION(two_of_a_bank, unsigned, 32 * (lane % 2))
QUESTION(doubles_in_a_row, double, lane)

/* The upper half of the warp reads nothing. */
extern "C" __global__ void half_a_column_of_32(unsigned *y) {
    __shared__ unsigned tile[2048];
    unsigned lane = threadIdx.x;
    for (unsigned e = lane; e < 2048; e += 32) tile[e] = e;
    __syncthreads();
    if (lane < 16) y[lane] = tile[32 * lane];
}
