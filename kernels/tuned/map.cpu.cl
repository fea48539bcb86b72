// SPDX-License-Identifier: MIT
/* y[i] = sin x[i] + cos x[i] + exp(-x[i]) for i in 0 .. n-1, in the shape a CPU likes: each
 * work-item has one long contiguous chunk, sixteen elements at a time, and the three functions are
 * short polynomials without a branch, so that all sixteen go the same way. sin and cos share the
 * reduction of x to a quarter of a turn, which is exact enough up to |x| = 8192; a block that has a
 * larger one, or an infinite one, or NaN, is done again by the library's functions.
 * Accuracy: within 1.7e-7 of the larger of 1 and |y| for |x| <= 8, where the library's functions
 * come within 1.6e-7 (PoCL 3.1); tests/parity/tuned.c compares over all magnitudes.
 * Shapes: x, y are n elements. Launch: any number of work-items, some for each core; groups of
 * one. Shared memory: none.
 * Source of the coefficients: Cephes, sinf.c and expf.c (S. Moshier). */
#define BLOCK 1024          /* elements between two looks at the largest */
#define REDUCIBLE 8192.0f   /* |x| up to here */
#define NEAREST 12582912.0f /* 1.5 * 2^23: what is added to it is rounded to a whole number */

/* sin x + cos x. x = q * (a quarter turn) + r with |r| <= an eighth: of sin r and cos r, each q
 * (mod 4) takes other signs, and for an odd one they change places, which a sum does not mind. */
float16 sin_plus_cos(float16 x) {
    float16 q = (x * 0.636619772f + NEAREST) - NEAREST;
    float16 r = x - q * 1.5703125f; /* pi/2 in three parts, so that q times the first is exact */
    r = r - q * 4.837512969970703125e-4f;
    r = r - q * 7.54978995489188216e-8f;
    float16 r2 = r * r;
    float16 s = (r2 * -1.9515295891e-4f + 8.3321608736e-3f) * r2 + -1.6666654611e-1f;
    s = s * (r * r2) + r;
    float16 c = (r2 * 2.443315711809948e-5f + -1.388731625493765e-3f) * r2 + 4.166664568298827e-2f;
    c = c * (r2 * r2) + (r2 * -0.5f + 1.0f);
    int16 turn = convert_int16(q);
    int16 two = (turn & 2) << 30, odd = turn << 31; /* as sign bits */
    s = as_float16(as_int16(s) ^ two ^ odd);
    c = as_float16(as_int16(c) ^ two);
    return s + c;
}

/* exp x = 2^n * exp r with |r| <= log(2) / 2. 2^n goes in as two factors, each a normal number,
 * where 2^n alone may be none. */
float16 exp_of(float16 x) {
    x = x < 89.0f ? x : 89.0f;     /* infinity */
    x = x > -104.0f ? x : -104.0f; /* 0 */
    float16 n = (x * 1.44269504f + NEAREST) - NEAREST;
    float16 r = x - n * 0.693359375f; /* log 2 in two parts */
    r = r + n * 2.12194440e-4f;
    float16 p = r * 1.9875691500e-4f + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    p = p * (r * r) + (r + 1.0f);
    int16 all = convert_int16(n), first = all >> 1, second = all - first;
    return p * as_float16((first + 127) << 23) * as_float16((second + 127) << 23);
}

__kernel void map(__global float *y, __global const float *x, ulong n) {
    size_t items = get_global_size(0), blocks = (n + BLOCK - 1) / BLOCK;
    size_t each = (blocks + items - 1) / items;
    size_t begin = min(each * get_global_id(0), blocks), end = min(begin + each, blocks);
    for (size_t b = begin; b < end; b++) {
        size_t i = b * BLOCK, stop = min(i + BLOCK, (size_t)n);
        int16 largest = 0; /* of floats without sign the bits compare like the numbers */
        for (; i + 16 <= stop; i += 16) {
            float16 v = vload16(0, x + i);
            int16 size = as_int16(v) & 0x7fffffff;
            largest = size > largest ? size : largest;
            vstore16(sin_plus_cos(v) + exp_of(-v), 0, y + i);
        }
        if (any(largest > as_int(REDUCIBLE))) i = b * BLOCK;
        for (; i < stop; i++) y[i] = sin(x[i]) + cos(x[i]) + exp(-x[i]);
    }
}
