// SPDX-License-Identifier: MIT
/* steps[p] = how long z = z^2 + c stays within 2, at most limit, for the point c of pixel p.
 * Exercises: a loop that lanes leave at different times. Shapes: steps is height x width.
 * Launch: two-dimensional, one thread per pixel. */
extern "C" __global__ void mandelbrot(int *steps, int width, int height, int limit) {
    int px = blockIdx.x * blockDim.x + threadIdx.x, py = blockIdx.y * blockDim.y + threadIdx.y;
    if (px >= width || py >= height) return;
    float cx = 3.0f * (float)px / (float)width - 2.25f;
    float cy = 2.5f * (float)py / (float)height - 1.25f;
    float x = 0.0f, y = 0.0f;
    int n = 0;
    while (n < limit && x * x + y * y <= 4.0f) {
        float next = x * x - y * y + cx;
        y = 2.0f * x * y + cy;
        x = next;
        n++;
    }
    steps[py * width + px] = n;
}
