// SPDX-License-Identifier: MIT
/* exec_atomic.c - atom and red: read a value, change it, write it, with nobody in between.
 *
 * Global memory is shared by all threads that run blocks, so each lane's turn is an atomic
 * operation of the host. Shared memory belongs to the one thread that runs the block: there plain
 * code does. Lanes take their turns in order, 0 to 31, so that what they get is reproducible as
 * long as no other thread is at the same address.
 *
 * The commonest atomics are counters: all lanes add to one address. Then one operation of the host
 * does for all of them, and each lane's old value follows from what the lanes before it added. No
 * thread can tell the difference, since nobody was in between: that, too, is an order that a GPU
 * may choose. Additions of floating point are never combined so, for they would round
 * differently. */
#include <string.h>

#include "exec_memory.h"
#include "exec_round.h"
#include "half.h"

/* What the host has an instruction for; the rest is a loop around compare-and-swap. */
typedef enum { LOOP, ADD, AND, OR, XOR, EXCH, CAS } Kind;

/* Can values be combined first: f(f(old, b0), b1) = f(old, f(b0, b1))? */
typedef enum { APART, TOGETHER } Combine;

/* Do at least two lanes, all of mask, mean the same place? Local addresses are each lane's own. */
static bool one_address(const CusimWarp *warp, const CusimInst *inst, int operand, uint32_t mask,
                        CusimSpace space) {
    if (!(mask & (mask - 1))) return false;
    int first = __builtin_ctz(mask);
    uint64_t address = cusim_address(warp, inst, operand, first, space);
    if (space == CUSIM_SPACE_GENERIC && (address & CUSIM_WINDOW_MASK) == CUSIM_LOCAL_WINDOW)
        return false;
    CUSIM_EACH_LANE(lane)
    if (cusim_address(warp, inst, operand, lane, space) != address) return false;
    return true;
}

/* The three widths differ in the type of bits alone. f(old, b, c, global) is the new value.
 *   operands   atom: result, address, b [, c]; red: address, b
 * order      relaxed, or both acquire and release for any of the other forms, which is stronger */
#define WIDTH(T, n)                                                                                \
    typedef __typeof__(T) __attribute__((may_alias)) Bits##n;                                      \
    typedef T Change##n(T old, T b, T c, bool global);                                             \
                                                                                                   \
    static inline __attribute__((always_inline))                                                   \
    T turn##n(void *place, T b, T c, const Kind kind, Change##n *const f, const int order) {       \
        Bits##n *p = place;                                                                        \
        const int failed = order == __ATOMIC_RELAXED ? __ATOMIC_RELAXED : __ATOMIC_ACQUIRE;        \
        switch (kind) {                                                                            \
        case ADD: return __atomic_fetch_add(p, b, order);                                          \
        case AND: return __atomic_fetch_and(p, b, order);                                          \
        case OR: return __atomic_fetch_or(p, b, order);                                            \
        case XOR: return __atomic_fetch_xor(p, b, order);                                          \
        case EXCH: return __atomic_exchange_n(p, b, order);                                        \
        case CAS: {                                                                                \
            T old = b;                                                                             \
            (void)__atomic_compare_exchange_n(p, &old, c, false, order, failed);                   \
            return old;                                                                            \
        }                                                                                          \
        default: break;                                                                            \
        }                                                                                          \
        T old = __atomic_load_n(p, __ATOMIC_RELAXED);                                              \
        while (!__atomic_compare_exchange_n(p, &old, f(old, b, c, true), true, order, failed))     \
            continue; /* old is what was found instead */                                          \
        return old;                                                                                \
    }                                                                                              \
                                                                                                   \
    static inline __attribute__((always_inline)) int run##n(                                       \
        CusimWarp *warp, const CusimInst *inst, uint32_t mask, const bool result, const Kind kind, \
        const Combine combine, Change##n *const f) {                                               \
        const int operand = result;                                                                \
        const CusimSpace space = (CusimSpace)(inst->aux & CUSIM_AUX_SPACE);                        \
        const bool strong = inst->aux & (CUSIM_AUX_ACQUIRE | CUSIM_AUX_RELEASE);                   \
        __typeof__(T) *d = CUSIM_AT(T, 0);                                                         \
        const __typeof__(T) *b = CUSIM_AT(T, operand + 1);                                         \
        const __typeof__(T) *c = kind == CAS ? CUSIM_AT(T, operand + 2) : b;                       \
        uint64_t any = cusim_address(warp, inst, operand, __builtin_ctz(mask), space);             \
        CusimView view = cusim_view(warp, inst, space, any, true);                                 \
        uint32_t turns = mask;                                                                     \
        T before[CUSIM_LANES], sum = 0; /* of the lanes before; of all */                          \
        bool together = combine == TOGETHER && one_address(warp, inst, operand, mask, space);      \
        if (together) {                                                                            \
            int first = __builtin_ctz(mask);                                                       \
            CUSIM_EACH_LANE(lane) {                                                                \
                before[lane] = sum;                                                                \
                sum = lane == first ? b[lane] : f(sum, b[lane], 0, true);                          \
            }                                                                                      \
            turns = 1u << first;                                                                   \
        }                                                                                          \
        for (; turns; turns &= turns - 1) {                                                        \
            int lane = __builtin_ctz(turns);                                                       \
            uint64_t address = cusim_address(warp, inst, operand, lane, space);                    \
            uint64_t offset = address - view.base;                                                 \
            void *place;                                                                           \
            if (!(address & (sizeof(T) - 1)) &&                                                    \
                (int64_t)(offset | ((uint64_t)view.bytes - sizeof(T) - offset)) >= 0) {            \
                place = view.origin + offset + view.stride * (unsigned)lane;                       \
            } else {                                                                               \
                place = cusim_place(warp, inst, lane, space, address, sizeof(T), true);            \
                if (!place)                                                                        \
                    return cusim_bad_access(warp, inst, lane, address, sizeof(T), "atomic");       \
                view = cusim_view(warp, inst, space, address, true);                               \
            }                                                                                      \
            T value = together ? sum : b[lane], old;                                               \
            if (space == CUSIM_SPACE_SHARED ||                                                     \
                (space == CUSIM_SPACE_GENERIC && address & CUSIM_WINDOW_MASK)) {                   \
                old = *(Bits##n *)place;                                                           \
                *(Bits##n *)place = f(old, value, c[lane], false);                                 \
            } else {                                                                               \
                old = strong ? turn##n(place, value, c[lane], kind, f, __ATOMIC_ACQ_REL)           \
                             : turn##n(place, value, c[lane], kind, f, __ATOMIC_RELAXED);          \
            }                                                                                      \
            if (!result) continue;                                                                 \
            if (!together) {                                                                       \
                d[lane] = old;                                                                     \
            } else {                                                                               \
                CUSIM_EACH_LANE(l) d[l] = l == lane ? old : f(old, before[l], 0, true);            \
            }                                                                                      \
        }                                                                                          \
        return CUSIM_NEXT;                                                                         \
    }
WIDTH(uint16_t, 16)
WIDTH(uint32_t, 32)
WIDTH(uint64_t, 64)

/* ---- What becomes of the old value ---- */

#define CHANGE(name, n, expression)                                                                \
    static inline __attribute__((always_inline))                                                   \
    uint##n##_t name##_value(uint##n##_t old, uint##n##_t b, uint##n##_t c, bool global) {         \
        (void)old;                                                                                 \
        (void)c;                                                                                   \
        (void)global;                                                                              \
        return expression;                                                                         \
    }
/* An operation with and without result: handlers atom_name and red_name. */
#define ATOMIC(name, n, kind, combine, expression)                                                 \
    CHANGE(name, n, expression)                                                                    \
    static int atom_##name(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {                \
        return run##n(warp, inst, mask, true, kind, combine, name##_value);                        \
    }                                                                                              \
    static int red_##name(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {                 \
        return run##n(warp, inst, mask, false, kind, combine, name##_value);                       \
    }
/* Only atom has it. */
#define ATOM_ONLY(name, n, kind, expression)                                                       \
    CHANGE(name, n, expression)                                                                    \
    static int atom_##name(CusimWarp *warp, const CusimInst *inst, uint32_t mask) {                \
        return run##n(warp, inst, mask, true, kind, APART, name##_value);                          \
    }

/* Single precision, to nearest. In global memory subnormal operands and results become zeros of
 * their sign, in shared memory they do not: PTX ISA, atom. */
static uint32_t flush(uint32_t x) { return x & 0x7f800000u ? x : x & 0x80000000u; }
static inline uint32_t add_float(uint32_t old, uint32_t b, bool global) {
    float sum = global ? cusim_bits_float(flush(old)) + cusim_bits_float(flush(b))
                       : cusim_bits_float(old) + cusim_bits_float(b);
    if (sum != sum) return CUSIM_NAN32;
    return global ? flush(cusim_float_bits(sum)) : cusim_float_bits(sum);
}
static inline uint64_t add_double(uint64_t old, uint64_t b) {
    double x = cusim_bits_double(old), y = cusim_bits_double(b), sum = x + y;
    return cusim_double_bits(sum == sum ? sum : cusim_pick_nan(x, y, 0));
}
/* Half precision keeps subnormals everywhere (.noftz). A float's sum of two halves rounds to the
 * right half: it has more than twice the bits. */
static inline uint32_t add_half(uint32_t old, uint32_t b) {
    return half_from_float_rn(half_to_float((uint16_t)old) + half_to_float((uint16_t)b));
}

ATOMIC(and_32, 32, AND, TOGETHER, old &b)
ATOMIC(and_64, 64, AND, TOGETHER, old &b)
ATOMIC(or_32, 32, OR, TOGETHER, old | b)
ATOMIC(or_64, 64, OR, TOGETHER, old | b)
ATOMIC(xor_32, 32, XOR, TOGETHER, old ^ b)
ATOMIC(xor_64, 64, XOR, TOGETHER, old ^ b)
ATOMIC(add_32, 32, ADD, TOGETHER, old + b)
ATOMIC(add_64, 64, ADD, TOGETHER, old + b)
ATOMIC(min_u32, 32, LOOP, TOGETHER, old < b ? old : b)
ATOMIC(max_u32, 32, LOOP, TOGETHER, old > b ? old : b)
ATOMIC(min_u64, 64, LOOP, TOGETHER, old < b ? old : b)
ATOMIC(max_u64, 64, LOOP, TOGETHER, old > b ? old : b)
ATOMIC(min_s32, 32, LOOP, TOGETHER, (int32_t)old < (int32_t)b ? old : b)
ATOMIC(max_s32, 32, LOOP, TOGETHER, (int32_t)old > (int32_t)b ? old : b)
ATOMIC(min_s64, 64, LOOP, TOGETHER, (int64_t)old < (int64_t)b ? old : b)
ATOMIC(max_s64, 64, LOOP, TOGETHER, (int64_t)old > (int64_t)b ? old : b)
ATOMIC(inc, 32, LOOP, APART, old >= b ? 0 : old + 1)
ATOMIC(dec, 32, LOOP, APART, old == 0 || old > b ? b : old - 1)
ATOMIC(add_f32, 32, LOOP, APART, add_float(old, b, global))
ATOMIC(add_f64, 64, LOOP, APART, add_double(old, b))
ATOMIC(add_f16, 16, LOOP, APART, (uint16_t)add_half(old, b))
ATOMIC(add_f16x2, 32, LOOP, APART, add_half(old, b) | add_half(old >> 16, b >> 16) << 16)
ATOM_ONLY(exch_32, 32, EXCH, b)
ATOM_ONLY(exch_64, 64, EXCH, b)
ATOM_ONLY(cas_16, 16, CAS, old == b ? c : old)
ATOM_ONLY(cas_32, 32, CAS, old == b ? c : old)
ATOM_ONLY(cas_64, 64, CAS, old == b ? c : old)

/* ---- Binding ---- */

/* The handler without and with a result of a pair. */
#define PAIR(name) return result ? atom_##name : red_##name
#define BY_TYPE(u32, s32, u64, s64)                                                                \
    do {                                                                                           \
        if (wide && sign) PAIR(s64);                                                               \
        if (wide) PAIR(u64);                                                                       \
        if (sign) PAIR(s32);                                                                       \
        PAIR(u32);                                                                                 \
    } while (0)

CusimHandler *CUSIM_ISA(bind_atomic)(const CusimForm *form, CusimInst *inst) {
    bool shared = cusim_has(form, CUSIM_M_shared) || cusim_has(form, CUSIM_M_shared_cta);
    bool global = cusim_has(form, CUSIM_M_global);
    inst->aux = shared ? CUSIM_SPACE_SHARED : global ? CUSIM_SPACE_GLOBAL : CUSIM_SPACE_GENERIC;
    if (cusim_has(form, CUSIM_M_acquire) || cusim_has(form, CUSIM_M_acq_rel))
        inst->aux |= CUSIM_AUX_ACQUIRE;
    if (cusim_has(form, CUSIM_M_release) || cusim_has(form, CUSIM_M_acq_rel))
        inst->aux |= CUSIM_AUX_RELEASE;
    if (inst->register_bytes != inst->bytes) return NULL;
    bool wide = inst->bytes == 8, result = false;
    bool sign = form->type[0] == CUSIM_S32 || form->type[0] == CUSIM_S64;
    switch (form->op) {
    case CUSIM_OP_atom_and: result = true; /* fall through */
    case CUSIM_OP_red_and: BY_TYPE(and_32, and_32, and_64, and_64);
    case CUSIM_OP_atom_or: result = true; /* fall through */
    case CUSIM_OP_red_or: BY_TYPE(or_32, or_32, or_64, or_64);
    case CUSIM_OP_atom_xor: result = true; /* fall through */
    case CUSIM_OP_red_xor: BY_TYPE(xor_32, xor_32, xor_64, xor_64);
    case CUSIM_OP_atom_add_int: result = true; /* fall through */
    case CUSIM_OP_red_add_int: BY_TYPE(add_32, add_32, add_64, add_64);
    case CUSIM_OP_atom_min: result = true; /* fall through */
    case CUSIM_OP_red_min: BY_TYPE(min_u32, min_s32, min_u64, min_s64);
    case CUSIM_OP_atom_max: result = true; /* fall through */
    case CUSIM_OP_red_max: BY_TYPE(max_u32, max_s32, max_u64, max_s64);
    case CUSIM_OP_atom_inc: result = true; /* fall through */
    case CUSIM_OP_red_inc: PAIR(inc);
    case CUSIM_OP_atom_dec: result = true; /* fall through */
    case CUSIM_OP_red_dec: PAIR(dec);
    case CUSIM_OP_atom_add_f32: result = true; /* fall through */
    case CUSIM_OP_red_add_f32: PAIR(add_f32);
    case CUSIM_OP_atom_add_f64: result = true; /* fall through */
    case CUSIM_OP_red_add_f64: PAIR(add_f64);
    case CUSIM_OP_atom_add_f16: result = true; /* fall through */
    case CUSIM_OP_red_add_f16:
        if (form->type[0] == CUSIM_F16) PAIR(add_f16);
        PAIR(add_f16x2);
    case CUSIM_OP_atom_exch: return wide ? atom_exch_64 : atom_exch_32;
    case CUSIM_OP_atom_cas:
        return wide ? atom_cas_64 : inst->bytes == 2 ? atom_cas_16 : atom_cas_32;
    default: return NULL;
    }
}
