// SPDX-License-Identifier: MIT
/* The integer functions, one result each. Shapes: x, y are n ints, out is n x 16 ints, wide is n x
 * 6 long longs. Launch: one thread per element. */
extern "C" __global__ void bits(int *out, long long *wide, const int *x, const int *y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) return;
    int a = x[i], b = y[i];
    unsigned int ua = (unsigned int)a, ub = (unsigned int)b;
    long long w = (long long)a << 32 | ub;
    int *o = out + (size_t)i * 16;
    long long *l = wide + (size_t)i * 6;
    o[0] = __popc(ua);
    o[1] = __clz(a);
    o[2] = __ffs(a);
    o[3] = (int)__brev(ua);
    o[4] = __mulhi(a, b);
    o[5] = (int)__umulhi(ua, ub);
    o[6] = __mul24(a, b);
    o[7] = (int)__umul24(ua, ub);
    o[8] = (int)__byte_perm(ua, ub, 0x5140u);
    o[9] = (int)__funnelshift_l(ua, ub, ua);
    o[10] = (int)__funnelshift_r(ua, ub, ua);
    o[11] = (int)__sad(a, b, 7u);
    o[12] = (int)__usad(ua, ub, 7u);
    o[13] = min(a, b) ^ max(ua, ub);
    o[14] = b != 0 && b != -1 ? a / b + a % b : abs(b);
    o[15] = __float_as_int(__int_as_float(a) + 1.0f);
    l[0] = __popcll((unsigned long long)w) + 100 * __clzll(w) + 10000 * __ffsll(w);
    l[1] = (long long)__brevll((unsigned long long)w);
    l[2] = __mul64hi(w, (long long)b);
    l[3] = (long long)__umul64hi((unsigned long long)w, (unsigned long long)w);
    l[4] = ub != 0 ? (long long)((unsigned long long)w / ub) : 0;
    l[5] = __double_as_longlong(__longlong_as_double(w) + 1.0);
}
