// SPDX-License-Identifier: MIT
/* philox.h - random numbers for kernels: the same text is OpenCL C, CUDA C and C, and gives the
 * same numbers, bit for bit, as hc_random_u32 and hc_random_f32 on the host.
 *
 * Philox4x32-10 enciphers a counter ten times; number i needs no state, so any thread can make it.
 * Source: Salmon et al., Parallel Random Numbers: As Easy as 1, 2, 3 (SC 2011). Checked against the
 * known answers of the Random123 library. The loader puts this text before a kernel that calls it.
 */
#ifndef HC_PHILOX_H
#define HC_PHILOX_H

#if defined(__OPENCL_VERSION__)
typedef uint HcU32;
typedef ulong HcU64;
#define HC_FN
#elif defined(__CUDACC__) || defined(__CUDA__)
typedef unsigned int HcU32;
typedef unsigned long long HcU64;
#define HC_FN static __device__ __inline__
#else
typedef unsigned int HcU32;
typedef unsigned long long HcU64;
#define HC_FN static inline
#endif

/* One block: four counters in, four random numbers out, in place. */
HC_FN void hc_random_block(HcU32 x[4], HcU32 key0, HcU32 key1) {
    for (int round = 0; round < 10; round++) {
        HcU64 p0 = (HcU64)0xD2511F53u * x[0];
        HcU64 p1 = (HcU64)0xCD9E8D57u * x[2];
        HcU32 y0 = (HcU32)(p1 >> 32) ^ x[1] ^ key0;
        HcU32 y2 = (HcU32)(p0 >> 32) ^ x[3] ^ key1;
        x[0] = y0;
        x[1] = (HcU32)p1;
        x[2] = y2;
        x[3] = (HcU32)p0;
        key0 += 0x9E3779B9u;
        key1 += 0xBB67AE85u;
    }
}

/* Number i of a stream: 32 random bits. */
HC_FN HcU32 hc_random_u32(HcU64 seed, HcU32 stream, HcU64 i) {
    HcU32 x[4];
    x[0] = (HcU32)(i / 4);
    x[1] = (HcU32)(i / 4 >> 32);
    x[2] = stream;
    x[3] = 0;
    hc_random_block(x, (HcU32)seed, (HcU32)(seed >> 32));
    return x[i % 4];
}

/* Number i of a stream: uniform in [0, 1), a multiple of 2^-24. */
HC_FN float hc_random_f32(HcU64 seed, HcU32 stream, HcU64 i) {
    return (float)(hc_random_u32(seed, stream, i) >> 8) * (1.0f / 16777216.0f);
}

#endif
