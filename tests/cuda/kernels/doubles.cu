// SPDX-License-Identifier: MIT
/* y[i] = the root of a quadratic in x[i], in double. Exercises: f64 division, square root, fused
 * multiply and add, min and max, conversions to and from integers.
 * Shapes: x, y are n doubles, whole is n long longs. Launch: one thread per element. */
extern "C" __global__ void doubles(double *y, long long *whole, const double *x, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    double b = x[i], d = fma(b, b, 4.0);
    double root = (sqrt(d) - b) / 2.0;
    y[i] = fmax(fmin(root, 1e300), fabs(b) * 1e-300) + (double)i + (double)(float)b;
    whole[i] = (long long)root + (long long)(unsigned int)i;
}
