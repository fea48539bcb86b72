# SPDX-License-Identifier: MIT
"""The matrix product of the Python book's section on Numba, its body unchanged: a generalised
function, compiled for matrices of int64, which works on whole stacks of matrices as well.

    ./cook run 11 recipes/11_numba_style_jit/programs/matmul.py matmul \
        int64[10x10] int64[10x10] int64[10x10]=0
    ./cook run 11 recipes/11_numba_style_jit/programs/matmul.py matmul \
        int64[1000x10x10] int64[10x10] --target parallel
"""
from numba import guvectorize


@guvectorize(["void(int64[:,:], int64[:,:], int64[:,:])"], "(m,n),(n,p)->(m,p)")
def matmul(A, B, C):
    m, n = A.shape
    n, p = B.shape
    for i in range(m):
        for j in range(p):
            C[i, j] = 0
            for k in range(n):
                C[i, j] += A[i, k] * B[k, j]


if __name__ == "__main__":
    import numpy as np

    a = np.random.default_rng(1).integers(0, 10, (10, 10))
    b = np.random.default_rng(2).integers(0, 10, (10, 10))
    print(np.array_equal(matmul(a, b), a @ b))
