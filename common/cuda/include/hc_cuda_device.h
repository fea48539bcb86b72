// SPDX-License-Identifier: MIT
/* hc_cuda_device.h - what a kernel in CUDA C may use without declaring it, for clang's NVPTX back
 * end. With it, a free compiler makes PTX from kernels, and no file of the CUDA toolkit is needed:
 *
 *   clang -x cuda --cuda-device-only -nocudainc -nocudalib --cuda-gpu-arch=sm_60 -O2 -S
 *         -include hc_cuda_device.h kernel.cu -o kernel.ptx
 *
 * Works with clang 14 and newer. A kernel that uses warp functions (shuffles, votes, __syncwarp,
 * __activemask, __nanosleep) needs PTX 6.3: add -Xclang -target-feature -Xclang +ptx63. Without
 * it, clang writes the lowest version that the architecture has, and shfl.sync is not in PTX 5.0.
 *
 * NVRTC and nvcc have all of this built in, under the same names; a kernel written for one
 * compiles with the other. Here are the qualifiers, indices, vector types, barriers and fences,
 * atomics, shuffles and votes, integer and bit functions, and arithmetic; sin, exp and their like
 * are in hc_cuda_math.h, which this file includes. printf, assert, malloc and free are calls that
 * the driver resolves.
 *
 * Where clang has a builtin that every architecture and PTX version accepts, it is used; newer
 * instructions are written as assembly, since clang refuses such a builtin even in a function that
 * no kernel calls. */
#ifndef HC_CUDA_DEVICE_H
#define HC_CUDA_DEVICE_H

#ifndef __CUDACC__
#define __CUDACC__ 1
#endif

/* ---- Qualifiers ---- */

#define __global__ __attribute__((global))
#define __device__ __attribute__((device))
#define __host__ __attribute__((host))
#define __shared__ __attribute__((shared))
#define __constant__ __attribute__((constant))
#define __launch_bounds__(...) __attribute__((launch_bounds(__VA_ARGS__)))
#define __forceinline__ __inline__ __attribute__((always_inline))
#define __noinline__ __attribute__((noinline))
#define __align__(n) __attribute__((aligned(n)))

#ifndef HC_CUDA_MATH_H
#include "hc_cuda_math.h"
#endif

#define HC_DEVICE static __inline__ __attribute__((always_inline, device))

typedef __SIZE_TYPE__ size_t;
#ifndef NULL
#define NULL 0
#endif

/* ---- Vector types: char1 to ulonglong4, with make_TYPE. ---- */

/* The last two arguments are the alignments of the types of 2 and 4; one of 3 has its element's.
 * */
#define HC_VECTOR(type, name, align2, align4)                                                      \
    struct name##1 {                                                                               \
        type x;                                                                                    \
    };                                                                                             \
    struct __align__(align2) name##2 {                                                             \
        type x, y;                                                                                 \
    };                                                                                             \
    struct name##3 {                                                                               \
        type x, y, z;                                                                              \
    };                                                                                             \
    struct __align__(align4) name##4 {                                                             \
        type x, y, z, w;                                                                           \
    };                                                                                             \
    HC_DEVICE name##1 make_##name##1(type x) { return {x}; }                                       \
    HC_DEVICE name##2 make_##name##2(type x, type y) { return {x, y}; }                            \
    HC_DEVICE name##3 make_##name##3(type x, type y, type z) { return {x, y, z}; }                 \
    HC_DEVICE name##4 make_##name##4(type x, type y, type z, type w) { return {x, y, z, w}; }

HC_VECTOR(signed char, char, 2, 4)
HC_VECTOR(unsigned char, uchar, 2, 4)
HC_VECTOR(short, short, 4, 8)
HC_VECTOR(unsigned short, ushort, 4, 8)
HC_VECTOR(int, int, 8, 16)
HC_VECTOR(unsigned int, uint, 8, 16)
HC_VECTOR(long, long, 16, 16)
HC_VECTOR(unsigned long, ulong, 16, 16)
HC_VECTOR(long long, longlong, 16, 16)
HC_VECTOR(unsigned long long, ulonglong, 16, 16)
HC_VECTOR(float, float, 8, 16)
HC_VECTOR(double, double, 16, 16)
#undef HC_VECTOR

struct dim3 {
    unsigned int x, y, z;
    __host__ __device__ constexpr dim3(unsigned int x_ = 1, unsigned int y_ = 1,
                                       unsigned int z_ = 1)
        : x(x_), y(y_), z(z_) {}
    __host__ __device__ constexpr dim3(uint3 v) : x(v.x), y(v.y), z(v.z) {}
    __host__ __device__ constexpr operator uint3() const { return {x, y, z}; }
};

/* ---- Who am I: threadIdx, blockIdx, blockDim, gridDim. Reading a member reads a register. ----
 * */

#define HC_REGISTER(member, register)                                                              \
    __declspec(property(get = hc_get_##member)) unsigned int member;                               \
    HC_DEVICE unsigned int hc_get_##member() { return __nvvm_read_ptx_sreg_##register(); }
#define HC_INDEX(name, register, whole)                                                            \
    struct hc_##name##_t {                                                                         \
        HC_REGISTER(x, register##_x)                                                               \
        HC_REGISTER(y, register##_y)                                                               \
        HC_REGISTER(z, register##_z)                                                               \
        __device__ operator whole() const { return {x, y, z}; }                                    \
    };                                                                                             \
    extern const __device__ __attribute__((weak)) hc_##name##_t name;

HC_INDEX(threadIdx, tid, uint3)
HC_INDEX(blockIdx, ctaid, uint3)
HC_INDEX(blockDim, ntid, dim3)
HC_INDEX(gridDim, nctaid, dim3)
#undef HC_INDEX
#undef HC_REGISTER
constexpr int warpSize = 32;

/* ---- Barriers and fences; __syncthreads itself is a builtin of clang. ---- */

HC_DEVICE int __syncthreads_count(int predicate) { return __nvvm_bar0_popc(predicate); }
HC_DEVICE int __syncthreads_and(int predicate) { return __nvvm_bar0_and(predicate); }
HC_DEVICE int __syncthreads_or(int predicate) { return __nvvm_bar0_or(predicate); }
HC_DEVICE void __syncwarp(unsigned int mask = 0xffffffffu) {
    asm volatile("bar.warp.sync %0;" ::"r"(mask) : "memory");
}
HC_DEVICE void __threadfence_block() { __nvvm_membar_cta(); }
HC_DEVICE void __threadfence() { __nvvm_membar_gl(); }
HC_DEVICE void __threadfence_system() { __nvvm_membar_sys(); }

/* ---- Atomics: relaxed, for the whole device; each returns what was there before. ---- */

#define HC_ATOMIC(name, builtin, type)                                                             \
    HC_DEVICE type name(type *address, type value) {                                               \
        return builtin(address, value, __ATOMIC_RELAXED);                                          \
    }
HC_ATOMIC(atomicAdd, __atomic_fetch_add, int)
HC_ATOMIC(atomicAdd, __atomic_fetch_add, unsigned int)
HC_ATOMIC(atomicAdd, __atomic_fetch_add, unsigned long long)
HC_ATOMIC(atomicSub, __atomic_fetch_sub, int)
HC_ATOMIC(atomicSub, __atomic_fetch_sub, unsigned int)
HC_ATOMIC(atomicMin, __atomic_fetch_min, int)
HC_ATOMIC(atomicMin, __atomic_fetch_min, unsigned int)
HC_ATOMIC(atomicMin, __atomic_fetch_min, long long)
HC_ATOMIC(atomicMin, __atomic_fetch_min, unsigned long long)
HC_ATOMIC(atomicMax, __atomic_fetch_max, int)
HC_ATOMIC(atomicMax, __atomic_fetch_max, unsigned int)
HC_ATOMIC(atomicMax, __atomic_fetch_max, long long)
HC_ATOMIC(atomicMax, __atomic_fetch_max, unsigned long long)
HC_ATOMIC(atomicAnd, __atomic_fetch_and, int)
HC_ATOMIC(atomicAnd, __atomic_fetch_and, unsigned int)
HC_ATOMIC(atomicAnd, __atomic_fetch_and, unsigned long long)
HC_ATOMIC(atomicOr, __atomic_fetch_or, int)
HC_ATOMIC(atomicOr, __atomic_fetch_or, unsigned int)
HC_ATOMIC(atomicOr, __atomic_fetch_or, unsigned long long)
HC_ATOMIC(atomicXor, __atomic_fetch_xor, int)
HC_ATOMIC(atomicXor, __atomic_fetch_xor, unsigned int)
HC_ATOMIC(atomicXor, __atomic_fetch_xor, unsigned long long)
HC_ATOMIC(atomicExch, __atomic_exchange_n, int)
HC_ATOMIC(atomicExch, __atomic_exchange_n, unsigned int)
HC_ATOMIC(atomicExch, __atomic_exchange_n, unsigned long long)
#undef HC_ATOMIC

#define HC_ATOMIC_CAS(type)                                                                        \
    HC_DEVICE type atomicCAS(type *address, type compare, type value) {                            \
        __atomic_compare_exchange_n(address, &compare, value, false, __ATOMIC_RELAXED,             \
                                    __ATOMIC_RELAXED);                                             \
        return compare;                                                                            \
    }
HC_ATOMIC_CAS(int)
HC_ATOMIC_CAS(unsigned int)
HC_ATOMIC_CAS(unsigned long long)
#undef HC_ATOMIC_CAS

HC_DEVICE float atomicExch(float *address, float value) {
    unsigned int bits = __builtin_bit_cast(unsigned int, value);
    return __builtin_bit_cast(float, atomicExch((unsigned int *)address, bits));
}

/* Floating point, and counters that wrap: up to limit and then 0, down to 0 and then limit. */
#define HC_ATOMIC_ASM(name, instruction, type, letter)                                             \
    HC_DEVICE type name(type *address, type value) {                                               \
        type before;                                                                               \
        asm volatile(instruction " %0, [%1], %2;"                                                  \
                     : "=" letter(before)                                                          \
                     : "l"(address), letter(value)                                                 \
                     : "memory");                                                                  \
        return before;                                                                             \
    }
HC_ATOMIC_ASM(atomicAdd, "atom.add.f32", float, "f")
HC_ATOMIC_ASM(atomicAdd, "atom.add.f64", double, "d")
HC_ATOMIC_ASM(atomicInc, "atom.inc.u32", unsigned int, "r")
HC_ATOMIC_ASM(atomicDec, "atom.dec.u32", unsigned int, "r")
#undef HC_ATOMIC_ASM

/* ---- Shuffles: lanes of a warp read each other's registers. ---- */

/* last holds the width of the groups, as PTX wants it: the mask of lanes that are the group's
 * number, and the last lane that may be read, which is the first one for "up". */
#define HC_SHUFFLE(name, mode, kind, last)                                                         \
    HC_DEVICE unsigned int name(unsigned int mask, unsigned int value, kind lane,                  \
                                int width = warpSize) {                                            \
        unsigned int from;                                                                         \
        asm volatile("shfl.sync." mode ".b32 %0, %1, %2, %3, %4;"                                  \
                     : "=r"(from)                                                                  \
                     : "r"(value), "r"(lane), "r"(((warpSize - width) << 8) | (last)), "r"(mask)); \
        return from;                                                                               \
    }                                                                                              \
    HC_DEVICE unsigned long long name(unsigned int mask, unsigned long long value, kind lane,      \
                                      int width = warpSize) {                                      \
        unsigned int low = name(mask, (unsigned int)value, lane, width);                           \
        unsigned int high = name(mask, (unsigned int)(value >> 32), lane, width);                  \
        return (unsigned long long)high << 32 | low;                                               \
    }                                                                                              \
    HC_SHUFFLE_AS(name, kind, int, unsigned int)                                                   \
    HC_SHUFFLE_AS(name, kind, float, unsigned int)                                                 \
    HC_SHUFFLE_AS(name, kind, double, unsigned long long)                                          \
    HC_SHUFFLE_AS(name, kind, long, unsigned long long)                                            \
    HC_SHUFFLE_AS(name, kind, unsigned long, unsigned long long)                                   \
    HC_SHUFFLE_AS(name, kind, long long, unsigned long long)
#define HC_SHUFFLE_AS(name, kind, type, bits)                                                      \
    HC_DEVICE type name(unsigned int mask, type value, kind lane, int width = warpSize) {          \
        return __builtin_bit_cast(type, name(mask, __builtin_bit_cast(bits, value), lane, width)); \
    }
HC_SHUFFLE(__shfl_sync, "idx", int, 31)
HC_SHUFFLE(__shfl_up_sync, "up", unsigned int, 0)
HC_SHUFFLE(__shfl_down_sync, "down", unsigned int, 31)
HC_SHUFFLE(__shfl_xor_sync, "bfly", int, 31)
#undef HC_SHUFFLE
#undef HC_SHUFFLE_AS

/* ---- Votes: one bit from every lane of the mask. ---- */

#define HC_VOTE(name, mode)                                                                        \
    HC_DEVICE int name(unsigned int mask, int predicate) {                                         \
        int answer;                                                                                \
        asm volatile("{ .reg .pred p, q;\n\t"                                                      \
                     "setp.ne.s32 p, %1, 0;\n\t"                                                   \
                     "vote.sync." mode ".pred q, p, %2;\n\t"                                       \
                     "selp.s32 %0, 1, 0, q; }"                                                     \
                     : "=r"(answer)                                                                \
                     : "r"(predicate), "r"(mask));                                                 \
        return answer;                                                                             \
    }
HC_VOTE(__all_sync, "all")
HC_VOTE(__any_sync, "any")
HC_VOTE(__uni_sync, "uni")
#undef HC_VOTE
HC_DEVICE unsigned int __ballot_sync(unsigned int mask, int predicate) {
    unsigned int lanes;
    asm volatile("{ .reg .pred p;\n\t"
                 "setp.ne.s32 p, %1, 0;\n\t"
                 "vote.sync.ballot.b32 %0, p, %2; }"
                 : "=r"(lanes)
                 : "r"(predicate), "r"(mask));
    return lanes;
}
HC_DEVICE unsigned int __activemask() {
    unsigned int lanes;
    asm volatile("activemask.b32 %0;" : "=r"(lanes));
    return lanes;
}
#if __CUDA_ARCH__ >= 700
/* The lanes that have the same value as this one. */
HC_DEVICE unsigned int __match_any_sync(unsigned int mask, unsigned int value) {
    unsigned int lanes;
    asm volatile("match.any.sync.b32 %0, %1, %2;" : "=r"(lanes) : "r"(value), "r"(mask));
    return lanes;
}
HC_DEVICE void __nanosleep(unsigned int ns) { asm volatile("nanosleep.u32 %0;" ::"r"(ns)); }
#endif

/* ---- Integers and bits ---- */

HC_DEVICE int __popc(unsigned int x) { return __builtin_popcount(x); }
HC_DEVICE int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
HC_DEVICE int __clz(int x) { return x ? __builtin_clz((unsigned int)x) : 32; }
HC_DEVICE int __clzll(long long x) { return x ? __builtin_clzll((unsigned long long)x) : 64; }
HC_DEVICE int __ffs(int x) { return __builtin_ffs(x); }
HC_DEVICE int __ffsll(long long x) { return __builtin_ffsll(x); }
HC_DEVICE unsigned int __brev(unsigned int x) { return __builtin_bitreverse32(x); }
HC_DEVICE unsigned long long __brevll(unsigned long long x) { return __builtin_bitreverse64(x); }
HC_DEVICE int __mulhi(int x, int y) { return (int)((long long)x * y >> 32); }
HC_DEVICE unsigned int __umulhi(unsigned int x, unsigned int y) {
    return (unsigned int)((unsigned long long)x * y >> 32);
}
HC_DEVICE long long __mul64hi(long long x, long long y) {
    return (long long)((__int128)x * y >> 64);
}
HC_DEVICE unsigned long long __umul64hi(unsigned long long x, unsigned long long y) {
    return (unsigned long long)((unsigned __int128)x * y >> 64);
}
/* The product of the low 24 bits of each, and of it the low 32 bits. */
HC_DEVICE int __mul24(int x, int y) {
    int product;
    asm("mul24.lo.s32 %0, %1, %2;" : "=r"(product) : "r"(x), "r"(y));
    return product;
}
HC_DEVICE unsigned int __umul24(unsigned int x, unsigned int y) {
    return (x & 0xffffffu) * (y & 0xffffffu);
}
HC_DEVICE unsigned int __sad(int x, int y, unsigned int z) {
    return (x < y ? (unsigned int)y - (unsigned int)x : (unsigned int)x - (unsigned int)y) + z;
}
HC_DEVICE unsigned int __usad(unsigned int x, unsigned int y, unsigned int z) {
    return (x < y ? y - x : x - y) + z;
}
/* Four bytes chosen out of the eight of y:x, by one hexadecimal digit each. */
HC_DEVICE unsigned int __byte_perm(unsigned int x, unsigned int y, unsigned int selector) {
    unsigned int bytes;
    asm("prmt.b32 %0, %1, %2, %3;" : "=r"(bytes) : "r"(x), "r"(y), "r"(selector & 0x7777u));
    return bytes;
}
/* high:low shifted by shift % 32, of which the high (left) or low (right) word is returned. */
HC_DEVICE unsigned int __funnelshift_l(unsigned int low, unsigned int high, unsigned int shift) {
    return (unsigned int)((((unsigned long long)high << 32 | low) << (shift & 31u)) >> 32);
}
HC_DEVICE unsigned int __funnelshift_r(unsigned int low, unsigned int high, unsigned int shift) {
    return (unsigned int)(((unsigned long long)high << 32 | low) >> (shift & 31u));
}

#define HC_INTEGER(type)                                                                           \
    HC_DEVICE type min(type x, type y) { return x < y ? x : y; }                                   \
    HC_DEVICE type max(type x, type y) { return x < y ? y : x; }
HC_INTEGER(int)
HC_INTEGER(unsigned int)
HC_INTEGER(long)
HC_INTEGER(unsigned long)
HC_INTEGER(long long)
HC_INTEGER(unsigned long long)
#undef HC_INTEGER
HC_DEVICE int abs(int x) { return x < 0 ? -x : x; }
HC_DEVICE long abs(long x) { return x < 0 ? -x : x; }
HC_DEVICE long long abs(long long x) { return x < 0 ? -x : x; }

/* ---- Floating point: what is one instruction; the functions are in hc_cuda_math.h. ---- */

HC_DEVICE float fmaf(float x, float y, float z) { return __builtin_fmaf(x, y, z); }
HC_DEVICE double fma(double x, double y, double z) { return __builtin_fma(x, y, z); }
HC_DEVICE float fma(float x, float y, float z) { return fmaf(x, y, z); }
HC_DEVICE float abs(float x) { return fabsf(x); }
HC_DEVICE double abs(double x) { return fabs(x); }
HC_DEVICE float min(float x, float y) { return fminf(x, y); }
HC_DEVICE float max(float x, float y) { return fmaxf(x, y); }
HC_DEVICE double min(double x, double y) { return fmin(x, y); }
HC_DEVICE double max(double x, double y) { return fmax(x, y); }

/* Rounded to nearest (rn) or towards 0 (rz), and never fused: what the name says, whatever the
 * compiler's options. Sums and products stand as instructions, since LLVM takes __nvvm_mul_rn_f for
 * a plain product, and fuses it. */
#define HC_ROUNDED(name, type, instruction, letter)                                                \
    HC_DEVICE type name(type x, type y) {                                                          \
        type result;                                                                               \
        asm(instruction " %0, %1, %2;" : "=" letter(result) : letter(x), letter(y));               \
        return result;                                                                             \
    }
#define HC_MODE(mode)                                                                              \
    HC_ROUNDED(__fadd_##mode, float, "add." #mode ".f32", "f")                                     \
    HC_ROUNDED(__fsub_##mode, float, "sub." #mode ".f32", "f")                                     \
    HC_ROUNDED(__fmul_##mode, float, "mul." #mode ".f32", "f")                                     \
    HC_ROUNDED(__fdiv_##mode, float, "div." #mode ".f32", "f")                                     \
    HC_ROUNDED(__dadd_##mode, double, "add." #mode ".f64", "d")                                    \
    HC_ROUNDED(__dsub_##mode, double, "sub." #mode ".f64", "d")                                    \
    HC_ROUNDED(__dmul_##mode, double, "mul." #mode ".f64", "d")                                    \
    HC_ROUNDED(__ddiv_##mode, double, "div." #mode ".f64", "d")
HC_MODE(rn)
HC_MODE(rz)
#undef HC_MODE
#undef HC_ROUNDED
HC_DEVICE float __fmaf_rn(float x, float y, float z) { return __nvvm_fma_rn_f(x, y, z); }
HC_DEVICE float __fsqrt_rn(float x) { return __nvvm_sqrt_rn_f(x); }
HC_DEVICE double __fma_rn(double x, double y, double z) { return __nvvm_fma_rn_d(x, y, z); }

HC_DEVICE int __float2int_rn(float x) { return __nvvm_f2i_rn(x); }
HC_DEVICE int __float2int_rz(float x) { return __nvvm_f2i_rz(x); }
HC_DEVICE int __float2int_ru(float x) { return __nvvm_f2i_rp(x); }
HC_DEVICE int __float2int_rd(float x) { return __nvvm_f2i_rm(x); }
HC_DEVICE int __float_as_int(float x) { return __builtin_bit_cast(int, x); }
HC_DEVICE unsigned int __float_as_uint(float x) { return __builtin_bit_cast(unsigned int, x); }
HC_DEVICE float __int_as_float(int x) { return __builtin_bit_cast(float, x); }
HC_DEVICE float __uint_as_float(unsigned int x) { return __builtin_bit_cast(float, x); }
HC_DEVICE long long __double_as_longlong(double x) { return __builtin_bit_cast(long long, x); }
HC_DEVICE double __longlong_as_double(long long x) { return __builtin_bit_cast(double, x); }

/* ---- Loads through the read-only cache ---- */

#define HC_LDG(type, letter)                                                                       \
    HC_DEVICE type __ldg(const type *address) { return __nvvm_ldg_##letter(address); }
HC_LDG(int, i)
HC_LDG(unsigned int, ui)
HC_LDG(long, l)
HC_LDG(unsigned long, ul)
HC_LDG(long long, ll)
HC_LDG(unsigned long long, ull)
HC_LDG(float, f)
HC_LDG(double, d)
#undef HC_LDG
HC_DEVICE float2 __ldg(const float2 *address) {
    typedef float Two __attribute__((ext_vector_type(2)));
    return __builtin_bit_cast(float2, __nvvm_ldg_f2((const Two *)address));
}
HC_DEVICE float4 __ldg(const float4 *address) {
    typedef float Four __attribute__((ext_vector_type(4)));
    return __builtin_bit_cast(float4, __nvvm_ldg_f4((const Four *)address));
}

/* ---- Clocks, printf, assert, malloc ---- */

typedef long clock_t;
HC_DEVICE clock_t clock() { return __nvvm_read_ptx_sreg_clock(); }
HC_DEVICE long long clock64() { return (long long)__nvvm_read_ptx_sreg_clock64(); }
HC_DEVICE void __trap() { asm volatile("trap;"); }

extern "C" {
__device__ int printf(const char *format, ...); /* clang turns a call into one of vprintf */
__device__ int vprintf(const char *format, const char *arguments);
__device__ void *malloc(size_t bytes);
__device__ void free(void *memory);
__device__ void __assertfail(const char *condition, const char *file, unsigned int line,
                             const char *function, size_t char_bytes);
}
#ifdef NDEBUG
#define assert(condition) ((void)0)
#else
#define assert(condition)                                                                          \
    ((condition) ? (void)0 : __assertfail(#condition, __FILE__, __LINE__, __PRETTY_FUNCTION__, 1))
#endif

#undef HC_DEVICE
#endif
