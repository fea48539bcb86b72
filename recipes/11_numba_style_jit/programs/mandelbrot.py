# SPDX-License-Identifier: MIT
"""The Mandelbrot set, as a picture: on all cores, and as a kernel for the CUDA device, from one
function. With cache=True, the second run finds the machine code of the first.

    P=recipes/11_numba_style_jit/programs
    ./cook run 11 $P/mandelbrot.py picture uint8[600x900]=0 --png mandelbrot.png
    ./cook run 11 $P/mandelbrot.py kernel uint8[60x90]=0 --png small.png
"""
from numba import cuda, njit, prange

LIMIT = 256


@njit
def escape(x, y):
    """How many steps of z = z * z + c the point c = x + iy takes to leave the circle of radius 2."""
    a = 0.0
    b = 0.0
    for n in range(LIMIT):
        aa = a * a
        bb = b * b
        if aa + bb > 4:
            return n
        b = 2 * a * b + y
        a = aa - bb + x
    return LIMIT


@njit
def shade(row, column, rows, columns):
    n = escape(3.0 * (column + 0.5) / columns - 2.2, 2.0 * (row + 0.5) / rows - 1)
    return 0 if n == LIMIT else 255 - (7 * n) % 200


@njit(parallel=True, cache=True)
def picture(pixels):
    for i in prange(pixels.shape[0]):
        for j in range(pixels.shape[1]):
            pixels[i, j] = shade(i, j, pixels.shape[0], pixels.shape[1])


@cuda.jit(cache=True)
def kernel(pixels):
    i, j = cuda.grid(2)
    if i < pixels.shape[0] and j < pixels.shape[1]:
        pixels[i, j] = shade(i, j, pixels.shape[0], pixels.shape[1])


if __name__ == "__main__":
    import numpy as np

    pixels = np.zeros((600, 900), np.uint8)
    picture(pixels)
    print(pixels.sum())
