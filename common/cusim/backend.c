// SPDX-License-Identifier: MIT
/* backend.c - which build of the interpreter this machine gets.
 *
 * The files exec*.c are compiled once for each level of instruction set (see CMakeLists.txt): the
 * loops over 32 lanes become 4, 8 or 16 lanes at a time. The best one that the CPU has is taken
 * when it is first asked for. */
#include <stdatomic.h>
#include <string.h>

#include "device.h"
#include "warp.h"

extern const CusimBackend cusim_backend_plain;
#ifdef CUSIM_HAS_v3
extern const CusimBackend cusim_backend_v3;
#endif
#ifdef CUSIM_HAS_v4
extern const CusimBackend cusim_backend_v4;
#endif

CusimOp cusim_broken;

#if defined(__x86_64__) && (defined(CUSIM_HAS_v3) || defined(CUSIM_HAS_v4))
static bool has_v3(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("bmi") &&
           __builtin_cpu_supports("bmi2") && __builtin_cpu_supports("fma") &&
           __builtin_cpu_supports("popcnt");
}

static bool has_v4(void) {
    return has_v3() && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
           __builtin_cpu_supports("avx512cd");
}
#endif

static const CusimBackend *choose(void) {
    const char *asked = cusim_env("CUSIM_ISA");
    if (asked && strncmp(asked, "x86-64", 6) == 0) asked = asked[6] == '-' ? asked + 7 : "plain";
    const CusimBackend *best = &cusim_backend_plain;
    bool found = asked && strcmp(asked, "plain") == 0;
    if (found) return best;
#ifdef CUSIM_HAS_v3
    __builtin_cpu_init();
    if (has_v3()) {
        best = &cusim_backend_v3;
        if (asked && strcmp(asked, "v3") == 0) return best;
    }
#endif
#ifdef CUSIM_HAS_v4
    if (has_v4()) {
        best = &cusim_backend_v4;
        if (asked && strcmp(asked, "v4") == 0) return best;
    }
#endif
    if (asked)
        cusim_report("CUSIM_ISA=%s: this machine or build does not have it; %s is used instead",
                     cusim_env("CUSIM_ISA"), best->name);
    return best;
}

/* CUSIM_FAULT=op:NAME */
static void read_fault(void) {
    const char *fault = cusim_env("CUSIM_FAULT");
    if (!fault || strncmp(fault, "op:", 3) != 0) return;
    for (int op = CUSIM_OP_NONE + 1; op < CUSIM_OP_COUNT; op++)
        if (strcmp(cusim_op_rows[op].name, fault + 3) == 0) cusim_broken = (CusimOp)op;
    if (cusim_broken == CUSIM_OP_NONE)
        cusim_report("CUSIM_FAULT=%s: ops.def has no row of that name", fault);
}

const CusimBackend *cusim_backend(void) {
    static _Atomic(const CusimBackend *) chosen;
    const CusimBackend *backend = atomic_load_explicit(&chosen, memory_order_acquire);
    if (backend) return backend;
    static atomic_flag lock = ATOMIC_FLAG_INIT;
    while (atomic_flag_test_and_set(&lock)) {
    }
    backend = atomic_load(&chosen);
    if (!backend) {
        backend = choose();
        read_fault();
        atomic_store_explicit(&chosen, backend, memory_order_release);
    }
    atomic_flag_clear(&lock);
    return backend;
}
