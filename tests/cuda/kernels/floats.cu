// SPDX-License-Identifier: MIT
/* The rest of what a kernel may call: arithmetic that is rounded as its name says, conversions,
 * shuffles of every type, cached loads of every type, vectors, and, from sm_70 on, matching lanes.
 * Shapes: x is n float4, y is n float4, d is n doubles, out is n x 20 floats, w is n x 8 long
 * longs. Launch: blocks of a multiple of 32 threads. */
extern "C" __global__ void floats(float *out, long long *w, const float4 *x, const float4 *y,
                                  const double *d, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    int j = i < n ? i : n - 1;
    float4 a = __ldg(&x[j]), b = y[j];
    float2 pair = make_float2(a.x, b.y);
    double e = __ldg(&d[j]);
    uint3 me = threadIdx;
    dim3 block = blockDim;
    float o[20];
    long long l[8];
    o[0] = __fadd_rn(a.x, b.x);
    o[1] = __fmul_rn(a.y, b.y) + a.z;
    o[2] = __fmaf_rn(a.x, b.x, a.z);
    o[3] = __fdiv_rn(a.x, b.x);
    o[4] = __fsqrt_rn(fabsf(a.x)) + sqrtf(fabsf(b.x));
    o[5] = fminf(a.w, b.w);
    o[6] = fmaxf(a.w, b.w);
    o[7] = (float)__float2int_rn(a.x);
    o[8] = (float)__float2int_rz(a.x);
    o[9] = (float)__float2int_ru(a.x);
    o[10] = (float)__float2int_rd(a.x);
    o[11] = min(a.y, b.y) - max(a.y, b.y);
    o[12] = abs(a.z) + (float)abs(e);
    o[13] = __uint_as_float(__float_as_uint(a.x) ^ 0x80000000u);
    o[14] = __shfl_sync(0xffffffffu, a.x, 3);
    o[15] = (float)__shfl_xor_sync(0xffffffffu, e, 1);
    o[16] = __shfl_up_sync(0xffffffffu, pair.y, 1, 8);
    o[17] = (float)__shfl_down_sync(0xffffffffu, i, 2, 16);
    o[18] = (float)(me.x + me.y * block.x + me.z * block.x * block.y);
    o[19] = __ldg(&x[j].y) * a.x + __ldg((const float2 *)&y[j]).x;
    l[0] = __shfl_sync(0xffffffffu, (long long)i << 40, 5);
    l[1] = (long long)__shfl_down_sync(0xffffffffu, (unsigned long long)i << 40, 1);
    l[2] = __double_as_longlong(__dadd_rn(e, 1.0));
    l[3] = __double_as_longlong(__dmul_rn(e, 3.0));
    l[4] = __double_as_longlong(__fma_rn(e, e, 1.0));
    l[5] = min((long long)i, 7ll) + max((unsigned long long)i, 9ull);
    l[6] = __all_sync(0xffffffffu, i < n) + 2 * (clock() == 0);
    l[7] = __ldg((const int *)&x[j]) + __ldg((const long long *)&d[j]);
#if __CUDA_ARCH__ >= 700
    l[6] += 4ll * __match_any_sync(0xffffffffu, (unsigned int)i / 4u);
    __nanosleep(20);
#endif
    if (i >= n) return;
    for (int k = 0; k < 20; k++) out[(size_t)i * 20 + k] = o[k];
    for (int k = 0; k < 8; k++) w[(size_t)i * 8 + k] = l[k];
}
