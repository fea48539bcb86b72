// SPDX-License-Identifier: MIT
/* y[i] = a * x[i] + y[i] in a grid-stride loop. Exercises: gridDim, a loop, fused multiply and
 * add, __restrict__, __launch_bounds__, __ldg. Shapes: x, y are n floats. Launch: any grid. */
extern "C" __global__ void __launch_bounds__(256)
    saxpy(float *__restrict__ y, const float *__restrict__ x, float a, size_t n) {
    size_t stride = (size_t)gridDim.x * blockDim.x;
    for (size_t i = (size_t)blockIdx.x * blockDim.x + threadIdx.x; i < n; i += stride)
        y[i] = fmaf(a, __ldg(&x[i]), y[i]);
}
