// SPDX-License-Identifier: MIT
/* exec_memory.c - ld and st, and what else has to do with addresses.
 *
 * A load has 32 addresses. Mostly they are no 32 independent ones: the lanes of a warp read one
 * element after the other (a row), or all the same one. So the addresses of each half of a warp are
 * looked at first. A row costs one check of its two ends and a vector copy, one address one load,
 * and only the rest goes element by element. Half-warps, because 16 lanes times 4 bytes are one
 * vector register, and because tiles of 16 x 16 threads, the textbook's favourite, put two rows
 * into a warp.
 *
 * An access that does not fit into the view (exec_memory.h) ends up in lanes_load or lanes_store,
 * which go lane by lane and report the first wrong address. */
#ifdef __AVX512F__
#include <immintrin.h>
#endif

#include "exec_memory.h"

enum { HALF = CUSIM_LANES / 2 };
#define HALF_MASK 0xffffu

/* Where an access may go. SHARED32: .shared with 32-bit addresses. ANY: the space is in aux. */
typedef enum { GLOBAL, SHARED32, SHARED64, ANY } Way;

/* Elements of 1 to 8 bytes, which may be of any type in the guest's eyes. */
typedef uint8_t __attribute__((may_alias)) Element1;
typedef uint16_t __attribute__((may_alias)) Element2;
typedef uint32_t __attribute__((may_alias)) Element4;
typedef uint64_t __attribute__((may_alias)) Element8;

/* Are the addresses first, first + step, first + 2 * step, ...? step is a constant. */
CUSIM_GUEST_INLINE bool is_row64(const uint64_t *address, const uint64_t step) {
    uint64_t differs = 0, first = address[0];
#ifdef __AVX512F__
    const int64_t s = (int64_t)step;
    __m512i low =
        _mm512_add_epi64(_mm512_set1_epi64((int64_t)first),
                         _mm512_setr_epi64(0, s, 2 * s, 3 * s, 4 * s, 5 * s, 6 * s, 7 * s));
    __m512i high = _mm512_add_epi64(low, _mm512_set1_epi64(8 * s));
    differs = (uint64_t)_mm512_cmpneq_epi64_mask(_mm512_loadu_si512(address), low) |
              (uint64_t)_mm512_cmpneq_epi64_mask(_mm512_loadu_si512(address + 8), high);
#else
    _Pragma("omp simd reduction(|:differs)") for (unsigned i = 0; i < HALF; i++) {
        differs |= address[i] ^ (first + i * step);
    }
#endif
    return differs == 0;
}

CUSIM_GUEST_INLINE bool is_row32(const uint32_t *address, const uint32_t step) {
    uint32_t differs = 0, first = address[0];
#ifdef __AVX512F__
    const int s = (int)step;
    __m512i row = _mm512_setr_epi32(0, s, 2 * s, 3 * s, 4 * s, 5 * s, 6 * s, 7 * s, 8 * s, 9 * s,
                                    10 * s, 11 * s, 12 * s, 13 * s, 14 * s, 15 * s);
    row = _mm512_add_epi32(_mm512_set1_epi32((int)first), row);
    differs = _mm512_cmpneq_epi32_mask(_mm512_loadu_si512(address), row);
#else
    _Pragma("omp simd reduction(|:differs)") for (unsigned i = 0; i < HALF; i++) {
        differs |= address[i] ^ (first + i * step);
    }
#endif
    return differs == 0;
}

/* ---- Copies between memory and lanes ----
 * lanes[k] points to element k of the vector of 16 lanes; place[i] or from, to is host memory. */
#define COPIES(n)                                                                                  \
    CUSIM_GUEST_INLINE void row_load##n(void *const *lanes, const void *from, const unsigned v) {  \
        const Element##n *m = from;                                                                \
        for (unsigned k = 0; k < v; k++) {                                                         \
            Element##n *to = lanes[k];                                                             \
            CUSIM_SIMD for (unsigned i = 0; i < HALF; i++) to[i] = m[i * v + k];                   \
        }                                                                                          \
    }                                                                                              \
    CUSIM_GUEST_INLINE void same_load##n(void *const *lanes, const void *from, const unsigned v) { \
        const Element##n *m = from;                                                                \
        for (unsigned k = 0; k < v; k++) {                                                         \
            Element##n *to = lanes[k], x = m[k];                                                   \
            CUSIM_SIMD for (unsigned i = 0; i < HALF; i++) to[i] = x;                              \
        }                                                                                          \
    }                                                                                              \
    CUSIM_GUEST_INLINE void mixed_load##n(void *const *lanes, const uint8_t *origin,               \
                                          const uint64_t *offset, const unsigned v) {              \
        for (unsigned i = 0; i < HALF; i++)                                                        \
            for (unsigned k = 0; k < v; k++)                                                       \
                ((Element##n *)lanes[k])[i] =                                                      \
                    ((const Element##n *)(const void *)(origin + offset[i]))[k];                   \
    }                                                                                              \
    CUSIM_GUEST_INLINE void row_store##n(const void *const *lanes, void *to, const unsigned v) {   \
        Element##n *m = to;                                                                        \
        for (unsigned k = 0; k < v; k++) {                                                         \
            const Element##n *from = lanes[k];                                                     \
            CUSIM_SIMD for (unsigned i = 0; i < HALF; i++) m[i * v + k] = from[i];                 \
        }                                                                                          \
    }                                                                                              \
    CUSIM_GUEST_INLINE void mixed_store##n(const void *const *lanes, uint8_t *origin,              \
                                           const uint64_t *offset, uint32_t mask,                  \
                                           const unsigned v) {                                     \
        for (; mask; mask &= mask - 1) {                                                           \
            unsigned i = (unsigned)__builtin_ctz(mask);                                            \
            for (unsigned k = 0; k < v; k++)                                                       \
                ((Element##n *)(void *)(origin + offset[i]))[k] =                                  \
                    ((const Element##n *)lanes[k])[i];                                             \
        }                                                                                          \
    }
COPIES(1)
COPIES(2)
COPIES(4)
COPIES(8)
/* n is a constant wherever this stands: one case remains. */
#define BY_SIZE(n, name, ...)                                                                      \
    ((n) == 1   ? name##1(__VA_ARGS__)                                                             \
     : (n) == 2 ? name##2(__VA_ARGS__)                                                             \
     : (n) == 4 ? name##4(__VA_ARGS__)                                                             \
                : name##8(__VA_ARGS__))

/* ---- Half a warp ---- */

/* Do all the bytes from offset on, n of them, lie in the view? Both terms have their sign bit set
 * if not: offset is beyond 2^63, or past the last place. */
CUSIM_GUEST_INLINE bool fits(const CusimView *view, uint64_t offset, uint64_t n) {
    return (int64_t)(offset | ((uint64_t)view->bytes - n - offset)) >= 0;
}

typedef enum { NONE, ROW, SAME, MIXED } Shape;

/* Are the 16 addresses a ROW or the SAME, and good? MIXED: neither; NONE: one of them, but not
 * good. *offset: where in the view the first one is. */
CUSIM_GUEST_INLINE Shape regular(const CusimView *view, const void *registers, uint64_t imm,
                                 const unsigned size, const bool narrow, uint64_t *offset) {
    const uint32_t *a32 = registers;
    const uint64_t *a64 = registers;
    uint64_t first = narrow ? (uint32_t)(a32[0] + (uint32_t)imm) : a64[0] + imm;
    uint64_t step = narrow ? (uint32_t)(a32[1] - a32[0]) : a64[1] - a64[0];
    *offset = first - view->base;
    if (step == size && (narrow ? is_row32(a32, size) : is_row64(a64, size)))
        return !(first & (size - 1)) && fits(view, *offset, (uint64_t)HALF * size) ? ROW : NONE;
    if (step == 0 && (narrow ? is_row32(a32, 0) : is_row64(a64, 0)))
        return !(first & (size - 1)) && fits(view, *offset, size) ? SAME : NONE;
    return MIXED;
}

/* What the addresses of half a warp look like, and whether all are good: NONE if not. offset[0] is
 * set for ROW and SAME, all 16 for MIXED, those of idle lanes being a place that may be read. */
CUSIM_GUEST_INLINE Shape look(const CusimView *view, const void *registers, uint64_t imm,
                              uint32_t mask, const unsigned size, const bool narrow,
                              uint64_t *offset) {
    const uint32_t *a32 = registers;
    const uint64_t *a64 = registers;
    if (mask == HALF_MASK && view->stride == 0) {
        Shape shape = regular(view, registers, imm, size, narrow, offset);
        if (shape != MIXED) return shape;
    }
    uint64_t bad = 0, low = 0, last = (uint64_t)view->bytes - size;
    _Pragma("omp simd reduction(|:bad, low)") for (unsigned i = 0; i < HALF; i++) {
        uint64_t address = narrow ? (uint32_t)(a32[i] + (uint32_t)imm) : a64[i] + imm;
        uint64_t active = 0 - (uint64_t)(mask >> i & 1), o = (address - view->base) & active;
        bad |= o | (last - o);
        low |= address & active;
        offset[i] = o + i * view->stride;
    }
    return (int64_t)bad < 0 || (low & (size - 1)) ? NONE : MIXED;
}

/* ---- Lane by lane ---- */

static __attribute__((noinline, no_sanitize("thread"))) int
lanes_load(CusimWarp *warp, const CusimInst *inst, uint32_t mask, void *const *lanes, unsigned v) {
    CusimSpace space = (CusimSpace)(inst->aux & CUSIM_AUX_SPACE);
    unsigned n = inst->bytes;
    CUSIM_EACH_LANE(lane) {
        uint64_t address = cusim_address(warp, inst, (int)v, lane, space);
        const void *place = cusim_place(warp, inst, lane, space, address, n * v, false);
        if (!place) return cusim_bad_access(warp, inst, lane, address, n * v, "read");
        for (unsigned k = 0; k < v; k++) switch (n) {
            case 1: ((Element1 *)lanes[k])[lane] = ((const Element1 *)place)[k]; break;
            case 2: ((Element2 *)lanes[k])[lane] = ((const Element2 *)place)[k]; break;
            case 4: ((Element4 *)lanes[k])[lane] = ((const Element4 *)place)[k]; break;
            default: ((Element8 *)lanes[k])[lane] = ((const Element8 *)place)[k]; break;
            }
    }
    return CUSIM_NEXT;
}

static __attribute__((noinline, no_sanitize("thread"))) int
lanes_store(CusimWarp *warp, const CusimInst *inst, uint32_t mask, const void *const *lanes,
            unsigned v) {
    CusimSpace space = (CusimSpace)(inst->aux & CUSIM_AUX_SPACE);
    unsigned n = inst->bytes;
    CUSIM_EACH_LANE(lane) {
        uint64_t address = cusim_address(warp, inst, 0, lane, space);
        void *place = cusim_place(warp, inst, lane, space, address, n * v, true);
        if (!place) return cusim_bad_access(warp, inst, lane, address, n * v, "write");
        for (unsigned k = 0; k < v; k++) switch (n) {
            case 1: ((Element1 *)place)[k] = ((const Element1 *)lanes[k])[lane]; break;
            case 2: ((Element2 *)place)[k] = ((const Element2 *)lanes[k])[lane]; break;
            case 4: ((Element4 *)place)[k] = ((const Element4 *)lanes[k])[lane]; break;
            default: ((Element8 *)place)[k] = ((const Element8 *)lanes[k])[lane]; break;
            }
    }
    return CUSIM_NEXT;
}

/* volatile, relaxed, acquire, release: each element is an atomic of the host. */
static int ordered_load(CusimWarp *warp, const CusimInst *inst, uint32_t mask, void *const *lanes) {
    CusimSpace space = (CusimSpace)(inst->aux & CUSIM_AUX_SPACE);
    unsigned n = inst->bytes, v = inst->vector;
    bool acquire = inst->aux & CUSIM_AUX_ACQUIRE;
#define LOAD_ATOMIC(T)                                                                             \
    (((T *)lanes[k])[lane] = acquire ? __atomic_load_n((const T *)place + k, __ATOMIC_ACQUIRE)     \
                                     : __atomic_load_n((const T *)place + k, __ATOMIC_RELAXED))
    CUSIM_EACH_LANE(lane) {
        uint64_t address = cusim_address(warp, inst, (int)v, lane, space);
        const void *place = cusim_place(warp, inst, lane, space, address, n * v, false);
        if (!place) return cusim_bad_access(warp, inst, lane, address, n * v, "read");
        for (unsigned k = 0; k < v; k++) switch (n) {
            case 1: LOAD_ATOMIC(Element1); break;
            case 2: LOAD_ATOMIC(Element2); break;
            case 4: LOAD_ATOMIC(Element4); break;
            default: LOAD_ATOMIC(Element8); break;
            }
    }
#undef LOAD_ATOMIC
    return CUSIM_NEXT;
}

static int ordered_store(CusimWarp *warp, const CusimInst *inst, uint32_t mask,
                         const void *const *lanes) {
    CusimSpace space = (CusimSpace)(inst->aux & CUSIM_AUX_SPACE);
    unsigned n = inst->bytes, v = inst->vector;
    bool release = inst->aux & CUSIM_AUX_RELEASE;
#define STORE_ATOMIC(T)                                                                            \
    (release ? __atomic_store_n((T *)place + k, ((const T *)lanes[k])[lane], __ATOMIC_RELEASE)     \
             : __atomic_store_n((T *)place + k, ((const T *)lanes[k])[lane], __ATOMIC_RELAXED))
    CUSIM_EACH_LANE(lane) {
        uint64_t address = cusim_address(warp, inst, 0, lane, space);
        void *place = cusim_place(warp, inst, lane, space, address, n * v, true);
        if (!place) return cusim_bad_access(warp, inst, lane, address, n * v, "write");
        for (unsigned k = 0; k < v; k++) switch (n) {
            case 1: STORE_ATOMIC(Element1); break;
            case 2: STORE_ATOMIC(Element2); break;
            case 4: STORE_ATOMIC(Element4); break;
            default: STORE_ATOMIC(Element8); break;
            }
    }
#undef STORE_ATOMIC
    return CUSIM_NEXT;
}

/* ---- Whole warps ---- */

/* Registers wider than the element: sign- or zero-extended, as the type says. */
#define WIDEN(S, U, R)                                                                             \
    do {                                                                                           \
        __typeof__(U) *d = CUSIM_AT(U, (int)k);                                                    \
        const __typeof__(S) *s = lanes[k];                                                         \
        CUSIM_EACH(d, (U)(R)s[lane]);                                                              \
    } while (0)
static void to_registers(CusimWarp *warp, const CusimInst *inst, uint32_t mask,
                         void *const *lanes) {
    bool sign = inst->aux & CUSIM_AUX_SIGNED;
    for (unsigned k = 0; k < inst->vector; k++) {
        switch (inst->bytes * 16 + inst->register_bytes + (sign ? 256 : 0)) {
        case 0x12: WIDEN(Element1, uint16_t, uint8_t); break;
        case 0x14: WIDEN(Element1, uint32_t, uint8_t); break;
        case 0x18: WIDEN(Element1, uint64_t, uint8_t); break;
        case 0x22:
        case 0x122: WIDEN(Element2, uint16_t, uint16_t); break;
        case 0x24: WIDEN(Element2, uint32_t, uint16_t); break;
        case 0x28: WIDEN(Element2, uint64_t, uint16_t); break;
        case 0x44:
        case 0x144: WIDEN(Element4, uint32_t, uint32_t); break;
        case 0x48: WIDEN(Element4, uint64_t, uint32_t); break;
        case 0x112: WIDEN(Element1, uint16_t, int8_t); break;
        case 0x114: WIDEN(Element1, uint32_t, int8_t); break;
        case 0x118: WIDEN(Element1, uint64_t, int8_t); break;
        case 0x124: WIDEN(Element2, uint32_t, int16_t); break;
        case 0x128: WIDEN(Element2, uint64_t, int16_t); break;
        case 0x148: WIDEN(Element4, uint64_t, int32_t); break;
        default: WIDEN(Element8, uint64_t, uint64_t); break;
        }
    }
}

/* The other way round: the low bytes of each register. Idle lanes are copied, too. */
#define NARROW(S, U)                                                                               \
    do {                                                                                           \
        const __typeof__(U) *s = CUSIM_AT(U, (int)k + 1);                                          \
        __typeof__(S) *d = lanes[k];                                                               \
        CUSIM_SIMD for (int lane = 0; lane < CUSIM_LANES; lane++) d[lane] = (S)s[lane];            \
    } while (0)
static void from_registers(const CusimWarp *warp, const CusimInst *inst, void *const *lanes) {
    for (unsigned k = 0; k < inst->vector; k++) {
        switch (inst->bytes * 16 + inst->register_bytes) {
        case 0x12: NARROW(Element1, uint16_t); break;
        case 0x14: NARROW(Element1, uint32_t); break;
        case 0x18: NARROW(Element1, uint64_t); break;
        case 0x24: NARROW(Element2, uint32_t); break;
        case 0x28: NARROW(Element2, uint64_t); break;
        default: NARROW(Element4, uint64_t); break;
        }
    }
}

/* The addresses of all lanes with 64 bits each. */
CUSIM_GUEST_INLINE const void *wide_addresses(const CusimWarp *warp, const CusimInst *inst, int n,
                                              uint64_t *copy) {
    const void *registers = warp->frame + inst->r[n];
    if (__builtin_expect(inst->address_bytes == 8, 1)) return registers;
    const uint32_t *narrow = registers;
    for (int i = 0; i < CUSIM_LANES; i++) copy[i] = narrow[i];
    return copy;
}

CUSIM_GUEST_INLINE CusimView open_view(CusimWarp *warp, const CusimInst *inst,
                                       const void *addresses, uint32_t mask, bool write,
                                       const Way way) {
    if (way == GLOBAL) return cusim_view_global(warp, inst, write);
    if (way == SHARED32 || way == SHARED64) return cusim_view_shared(warp, 0);
    uint64_t any = ((const uint64_t *)addresses)[__builtin_ctz(mask)] + (uint64_t)inst->imm;
    return cusim_view(warp, inst, (CusimSpace)(inst->aux & CUSIM_AUX_SPACE), any, write);
}

/* The window was of no use: look for that of the first lane. The view changes if there is one. */
static __attribute__((noinline)) bool other_window(CusimWarp *warp, const CusimInst *inst,
                                                   uint32_t mask, int operand, bool write,
                                                   CusimView *view) {
    CusimSpace space = (CusimSpace)(inst->aux & CUSIM_AUX_SPACE);
    uint64_t address = cusim_address(warp, inst, operand, __builtin_ctz(mask), space);
    if (space == CUSIM_SPACE_GENERIC ? (address & CUSIM_WINDOW_MASK) != 0
                                     : space != CUSIM_SPACE_GLOBAL)
        return false;
    CusimWindow window;
    if (!cusim_memory_find(address, &window)) return false;
    cusim_keep_window(warp, inst, &window);
    *view = cusim_view_window(&window, write);
    return true;
}

CUSIM_GUEST_INLINE int load(CusimWarp *warp, const CusimInst *inst, uint32_t mask, const unsigned n,
                            const unsigned v, const Way way) {
    const unsigned size = n * v;
    /* Straight into the registers if all lanes take part and nothing is to be extended. */
    bool direct = mask == CUSIM_ALL && inst->register_bytes == n;
    uint64_t kept[4][CUSIM_LANES], copy[CUSIM_LANES];
    void *lanes[4], *half[4];
    for (unsigned k = 0; k < v; k++) lanes[k] = direct ? warp->frame + inst->r[k] : (void *)kept[k];
    const void *registers =
        way == SHARED32 ? warp->frame + inst->r[v] : wide_addresses(warp, inst, (int)v, copy);
    /* The destination may be the address register: {a, b} = [a]. */
    if (direct && v > 1) {
        for (unsigned k = 0; k < v; k++) direct = direct && inst->r[k] != inst->r[v];
        for (unsigned k = 0; k < v; k++)
            lanes[k] = direct ? warp->frame + inst->r[k] : (void *)kept[k];
    }
    CusimView view = open_view(warp, inst, registers, mask, false, way);
    for (unsigned h = 0; h < 2; h++) {
        uint32_t part = mask >> HALF * h & HALF_MASK;
        if (!part) continue;
        for (unsigned k = 0; k < v; k++) half[k] = (uint8_t *)lanes[k] + (size_t)h * HALF * n;
        const void *a = (const uint8_t *)registers + (size_t)h * HALF * (way == SHARED32 ? 4 : 8);
        uint64_t offset[HALF];
        Shape shape = look(&view, a, (uint64_t)inst->imm, part, size, way == SHARED32, offset);
        if ((way == GLOBAL || way == ANY) && __builtin_expect(shape == NONE, 0) &&
            other_window(warp, inst, part << HALF * h, (int)v, false, &view))
            shape = look(&view, a, (uint64_t)inst->imm, part, size, way == SHARED32, offset);
        if (shape == ROW) {
            BY_SIZE(n, row_load, half, view.origin + offset[0], v);
        } else if (shape == SAME) {
            BY_SIZE(n, same_load, half, view.origin + offset[0], v);
        } else if (shape == MIXED) {
            const uint8_t *origin = view.origin + (size_t)h * HALF * view.stride;
            BY_SIZE(n, mixed_load, half, origin, offset, v);
        } else if (lanes_load(warp, inst, part << HALF * h, lanes, v)) {
            return CUSIM_STOP;
        }
    }
    if (!direct) to_registers(warp, inst, mask, lanes);
    return CUSIM_NEXT;
}

CUSIM_GUEST_INLINE int store(CusimWarp *warp, const CusimInst *inst, uint32_t mask,
                             const unsigned n, const unsigned v, const Way way) {
    const unsigned size = n * v;
    bool direct = inst->register_bytes == n;
    uint64_t kept[4][CUSIM_LANES], copy[CUSIM_LANES];
    void *lanes[4];
    for (unsigned k = 0; k < v; k++)
        lanes[k] = direct ? warp->frame + inst->r[k + 1] : (void *)kept[k];
    if (!direct) from_registers(warp, inst, lanes);
    const void *registers =
        way == SHARED32 ? warp->frame + inst->r[0] : wide_addresses(warp, inst, 0, copy);
    CusimView view = open_view(warp, inst, registers, mask, true, way);
    for (unsigned h = 0; h < 2; h++) {
        uint32_t part = mask >> HALF * h & HALF_MASK;
        if (!part) continue;
        const void *half[4];
        for (unsigned k = 0; k < v; k++) half[k] = (uint8_t *)lanes[k] + (size_t)h * HALF * n;
        const void *a = (const uint8_t *)registers + (size_t)h * HALF * (way == SHARED32 ? 4 : 8);
        uint64_t offset[HALF];
        Shape shape = look(&view, a, (uint64_t)inst->imm, part, size, way == SHARED32, offset);
        if ((way == GLOBAL || way == ANY) && __builtin_expect(shape == NONE, 0) &&
            other_window(warp, inst, part << HALF * h, 0, true, &view))
            shape = look(&view, a, (uint64_t)inst->imm, part, size, way == SHARED32, offset);
        if (shape == ROW) {
            BY_SIZE(n, row_store, half, view.origin + offset[0], v);
        } else if (shape == SAME) { /* PTX: one of them is stored; here the last lane's */
            offset[HALF - 1] = offset[0];
            BY_SIZE(n, mixed_store, half, view.origin, offset, 1u << (HALF - 1), v);
        } else if (shape == MIXED) {
            uint8_t *origin = view.origin + (size_t)h * HALF * view.stride;
            BY_SIZE(n, mixed_store, half, origin, offset, part, v);
        } else if (lanes_store(warp, inst, part << HALF * h, (const void *const *)lanes, v)) {
            return CUSIM_STOP;
        }
    }
    return CUSIM_NEXT;
}

/* The quick way: all lanes, registers as wide as elements, each half a row or one address. It needs
 * neither a copy of anything nor a stack frame. True if that was all. */
CUSIM_GUEST_INLINE bool quick(CusimWarp *warp, const CusimInst *inst, uint32_t mask,
                              const unsigned n, const unsigned v, const Way way,
                              const bool is_load) {
    const unsigned size = n * v, first = is_load ? 0 : 1;
    const bool narrow = way == SHARED32;
    if (mask != CUSIM_ALL || inst->register_bytes != n || (!narrow && inst->address_bytes != 8))
        return false;
    const uint8_t *registers = warp->frame + inst->r[is_load ? v : 0];
    const uint8_t *upper = registers + (size_t)HALF * (narrow ? 4 : 8);
    CusimView view = open_view(warp, inst, registers, mask, !is_load, way);
    if (way == ANY && view.stride != 0) return false;
    uint64_t low, high, imm = (uint64_t)inst->imm;
    Shape a = regular(&view, registers, imm, size, narrow, &low);
    Shape b = regular(&view, upper, imm, size, narrow, &high);
    /* Stores of all lanes to one address are rare. */
    if ((a != ROW && (a != SAME || !is_load)) || (b != ROW && (b != SAME || !is_load)))
        return false;
    void *lanes[4], *more[4];
    for (unsigned k = 0; k < v; k++) {
        lanes[k] = warp->frame + inst->r[first + k];
        more[k] = warp->frame + inst->r[first + k] + (size_t)HALF * n;
    }
    if (!is_load) {
        BY_SIZE(n, row_store, (const void *const *)lanes, view.origin + low, v);
        BY_SIZE(n, row_store, (const void *const *)more, view.origin + high, v);
        return true;
    }
    if (a == ROW) BY_SIZE(n, row_load, lanes, view.origin + low, v);
    else BY_SIZE(n, same_load, lanes, view.origin + low, v);
    if (b == ROW) BY_SIZE(n, row_load, more, view.origin + high, v);
    else BY_SIZE(n, same_load, more, view.origin + high, v);
    return true;
}

/* Every size and vector length of each way. Vectors are 16 bytes at most. */
#define EACH_SIZE(X, way)                                                                          \
    X(way, 1, 1)                                                                                   \
    X(way, 1, 2)                                                                                   \
    X(way, 1, 4)                                                                                   \
    X(way, 2, 1)                                                                                   \
    X(way, 2, 2) X(way, 2, 4) X(way, 4, 1) X(way, 4, 2) X(way, 4, 4) X(way, 8, 1) X(way, 8, 2)
#define EACH_ACCESS(X)                                                                             \
    EACH_SIZE(X, GLOBAL) EACH_SIZE(X, SHARED32) EACH_SIZE(X, SHARED64) EACH_SIZE(X, ANY)

#define HANDLER(name, function, is_load, way, n, v)                                                \
    static __attribute__((noinline, no_sanitize("thread"))) int slow_##name##_##way##_##n##_##v(   \
        CusimWarp *warp, const CusimInst *inst, uint32_t mask) {                                   \
        return function(warp, inst, mask, n, v, way);                                              \
    }                                                                                              \
    static CUSIM_GUEST int name##_##way##_##n##_##v(CusimWarp *warp, const CusimInst *inst,        \
                                                    uint32_t mask) {                               \
        if (quick(warp, inst, mask, n, v, way, is_load)) return CUSIM_NEXT;                        \
        return slow_##name##_##way##_##n##_##v(warp, inst, mask);                                  \
    }
#define LOAD_HANDLER(way, n, v) HANDLER(ld, load, true, way, n, v)
#define STORE_HANDLER(way, n, v) HANDLER(st, store, false, way, n, v)
EACH_ACCESS(LOAD_HANDLER)
EACH_ACCESS(STORE_HANDLER)

static int ld_ordered(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    uint64_t kept[4][CUSIM_LANES];
    void *lanes[4] = {kept[0], kept[1], kept[2], kept[3]};
    if (ordered_load(warp, inst, mask, lanes)) return CUSIM_STOP;
    to_registers(warp, inst, mask, lanes);
    return CUSIM_NEXT;
}

static int st_ordered(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    uint64_t kept[4][CUSIM_LANES];
    void *lanes[4] = {kept[0], kept[1], kept[2], kept[3]};
    if (inst->register_bytes == inst->bytes)
        for (unsigned k = 0; k < inst->vector; k++) lanes[k] = warp->frame + inst->r[k + 1];
    else from_registers(warp, inst, lanes);
    return ordered_store(warp, inst, mask, (const void *const *)lanes);
}

/* ---- Addresses ---- */

static uint64_t window_of(CusimSpace space) {
    return space == CUSIM_SPACE_SHARED  ? CUSIM_SHARED_WINDOW
           : space == CUSIM_SPACE_LOCAL ? CUSIM_LOCAL_WINDOW
           : space == CUSIM_SPACE_PARAM ? CUSIM_PARAM_WINDOW
                                        : 0;
}

static uint64_t get(const CusimWarp *warp, const CusimInst *inst, int n, unsigned bytes, int lane) {
    const void *registers = warp->frame + inst->r[n];
    return bytes == 8 ? ((const uint64_t *)registers)[lane] : ((const uint32_t *)registers)[lane];
}

/* cvta adds the window's start, cvta.to takes it away. A register of 32 bits holds the low half. */
static int convert_address(CusimWarp *warp, const CusimInst *inst, uint32_t mask, uint64_t add) {
    if (inst->bytes == 8 && inst->register_bytes == 8) {
        uint64_t *d = CUSIM_AT(uint64_t, 0);
        const uint64_t *s = CUSIM_AT(uint64_t, 1);
        CUSIM_EACH(d, s[lane] + add);
        return CUSIM_NEXT;
    }
    CUSIM_EACH_LANE(lane) {
        uint64_t address = get(warp, inst, 1, inst->register_bytes, lane) + add;
        if (inst->bytes == 8) CUSIM_AT(uint64_t, 0)[lane] = address;
        else CUSIM_AT(uint32_t, 0)[lane] = (uint32_t)address;
    }
    return CUSIM_NEXT;
}

static int cvta(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    return convert_address(warp, inst, mask, window_of((CusimSpace)(inst->aux & CUSIM_AUX_SPACE)));
}

static int cvta_to(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    return convert_address(warp, inst, mask,
                           0 - window_of((CusimSpace)(inst->aux & CUSIM_AUX_SPACE)));
}

/* Constants lie in device memory here, as read-only allocations, and are not global. */
static int isspacep(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    CusimSpace space = (CusimSpace)(inst->aux & CUSIM_AUX_SPACE);
    bool to_global = space == CUSIM_SPACE_GLOBAL || space == CUSIM_SPACE_CONST;
    uint32_t result = 0;
    CUSIM_EACH_LANE(lane) {
        uint64_t address = get(warp, inst, 1, inst->register_bytes, lane);
        bool is = (address & CUSIM_WINDOW_MASK) == window_of(space);
        if (is && to_global) {
            CusimWindow window;
            bool constant = cusim_memory_find(address, &window) && window.read_only;
            is = constant == (space == CUSIM_SPACE_CONST);
        }
        result |= (uint32_t)is << lane;
    }
    cusim_set_pred(warp, inst, 0, mask, result);
    return CUSIM_NEXT;
}

/* ---- Order ---- */

static int nothing(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    (void)warp;
    (void)inst;
    (void)mask;
    return CUSIM_NEXT;
}

/* ThreadSanitizer does not know fences; what they order are a kernel's accesses, which it does not
 * see. */
#if defined(__SANITIZE_THREAD__) && defined(__x86_64__)
#define FENCE() __asm__ volatile("mfence" ::: "memory")
#else
#define FENCE() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#endif
static int fence(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {
    (void)warp;
    (void)inst;
    (void)mask;
    FENCE();
    return CUSIM_NEXT;
}

/* ---- Binding ---- */

static CusimSpace space_of(const CusimForm *form) {
    switch (form->op) {
    case CUSIM_OP_ld_global:
    case CUSIM_OP_ld_const:
    case CUSIM_OP_ldu:
    case CUSIM_OP_st_global: return CUSIM_SPACE_GLOBAL;
    case CUSIM_OP_ld_shared:
    case CUSIM_OP_st_shared: return CUSIM_SPACE_SHARED;
    case CUSIM_OP_ld_local:
    case CUSIM_OP_st_local: return CUSIM_SPACE_LOCAL;
    case CUSIM_OP_ld:
    case CUSIM_OP_st: return CUSIM_SPACE_GENERIC;
    default: break;
    }
    return cusim_has(form, CUSIM_M_global)        ? CUSIM_SPACE_GLOBAL
           : cusim_has(form, CUSIM_M_const_space) ? CUSIM_SPACE_CONST
           : cusim_has(form, CUSIM_M_shared)      ? CUSIM_SPACE_SHARED
           : cusim_has(form, CUSIM_M_shared_cta)  ? CUSIM_SPACE_SHARED
           : cusim_has(form, CUSIM_M_local)       ? CUSIM_SPACE_LOCAL
           : cusim_has(form, CUSIM_M_param)       ? CUSIM_SPACE_PARAM
                                                  : CUSIM_SPACE_GENERIC;
}

static CusimHandler *access_handler(const CusimForm *form, CusimInst *inst, bool is_load) {
    CusimSpace space = (CusimSpace)(inst->aux & CUSIM_AUX_SPACE);
    if (inst->bytes * inst->vector > 16) return NULL;
    bool ordered = cusim_has(form, CUSIM_M_volatile_access) || cusim_has(form, CUSIM_M_relaxed) ||
                   cusim_has(form, CUSIM_M_acquire) || cusim_has(form, CUSIM_M_release) ||
                   cusim_has(form, CUSIM_M_mmio);
    /* Shared and local memory belong to the thread that runs the block: nobody else looks. */
    if (ordered && (space == CUSIM_SPACE_GLOBAL || space == CUSIM_SPACE_GENERIC))
        return is_load ? ld_ordered : st_ordered;
    Way way = space == CUSIM_SPACE_GLOBAL   ? GLOBAL
              : space != CUSIM_SPACE_SHARED ? ANY
              : inst->address_bytes == 4    ? SHARED32
                                            : SHARED64;
#define PICK(w, n, v)                                                                              \
    if (way == (w) && inst->bytes == (n) && inst->vector == (v))                                   \
        return is_load ? ld_##w##_##n##_##v : st_##w##_##n##_##v;
    EACH_ACCESS(PICK)
#undef PICK
    return NULL;
}

CusimHandler *CUSIM_ISA(bind_memory)(const CusimForm *form, CusimInst *inst) {
    inst->aux = (uint32_t)space_of(form);
    if (form->type[0] >= CUSIM_S8 && form->type[0] <= CUSIM_S64) inst->aux |= CUSIM_AUX_SIGNED;
    if (cusim_has(form, CUSIM_M_acquire)) inst->aux |= CUSIM_AUX_ACQUIRE;
    if (cusim_has(form, CUSIM_M_release)) inst->aux |= CUSIM_AUX_RELEASE;
    switch (form->op) {
    case CUSIM_OP_ld:
    case CUSIM_OP_ld_global:
    case CUSIM_OP_ld_const:
    case CUSIM_OP_ld_shared:
    case CUSIM_OP_ld_local:
    case CUSIM_OP_ldu: return access_handler(form, inst, true);
    case CUSIM_OP_st:
    case CUSIM_OP_st_global:
    case CUSIM_OP_st_shared:
    case CUSIM_OP_st_local: return access_handler(form, inst, false);
    case CUSIM_OP_prefetch:
    case CUSIM_OP_prefetchu: return nothing; /* a hint, also at addresses that are no memory */
    case CUSIM_OP_isspacep: return isspacep;
    case CUSIM_OP_cvta: return cvta;
    case CUSIM_OP_cvta_to: return cvta_to;
    case CUSIM_OP_membar:
    case CUSIM_OP_fence: return fence;
    default: return NULL;
    }
}
