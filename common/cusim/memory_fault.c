// SPDX-License-Identifier: MIT
/* memory_fault.c - what is wrong with an address, in a sentence.
 *
 * A GPU says "illegal address" and no more. Here the lane's address is compared with everything
 * that is or was allocated, since the distance mostly tells the mistake: a few bytes past the end
 * is an index too large, a freed block is a pointer kept too long, and an address of the program
 * itself is a host pointer given to a kernel. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "exec_memory.h"
#include "memory_parts.h"

typedef struct {
    char text[512];
    size_t n;
} Text;

__attribute__((format(printf, 2, 3))) static void add(Text *text, const char *format, ...) {
    va_list args;
    va_start(args, format);
    int n = vsnprintf(text->text + text->n, sizeof(text->text) - text->n, format, args);
    va_end(args);
    if (n > 0) text->n += (size_t)n;
    if (text->n >= sizeof(text->text)) text->n = sizeof(text->text) - 1;
}

/* "the 4096-byte allocation number 5 of cuMemAlloc", "the 64-byte variable table" */
static void add_name(Text *text, const CusimAllocation *a) {
    if (a->kind == CUSIM_MEM_GLOBAL)
        add(text, "the %" PRIu64 "-byte variable %s", a->bytes, a->call);
    else if (a->kind == CUSIM_MEM_INTERNAL)
        add(text, "%" PRIu64 " bytes that cusim itself uses", a->bytes);
    else
        add(text, "the %" PRIu64 "-byte allocation number %" PRIu64 " of %s", a->bytes, a->number,
            a->call);
}

/* Does the program have something mapped there? */
static bool is_mapped(uint64_t address) {
    uint64_t page = address & ~((uint64_t)sysconf(_SC_PAGESIZE) - 1);
    unsigned char in_core;
    return mincore((void *)(uintptr_t)page, 1, &in_core) == 0;
}

static void add_global(Text *text, uint64_t address, uint64_t bytes) {
    const uint64_t near = (uint64_t)64 << 20;
    CusimAllocation a;
    int where = cusim_memory_describe(address, &a);
    uint64_t past = address - (a.base + a.bytes), before = a.base - address;
    bool ours = cusim_space_holds(address);
    CusimWindow window;
    if (address < 4096) {
        add(text, ": a null pointer%s", address ? " plus an offset" : "");
    } else if (where == 0 && a.freed) {
        add(text, ", inside memory that was freed: %" PRIu64 " bytes into ", address - a.base);
        add_name(text, &a);
    } else if (where == 0 && address - a.base + bytes > a.bytes) {
        add(text, ": its last %" PRIu64 " bytes are past the end of ",
            address - a.base + bytes - a.bytes);
        add_name(text, &a);
    } else if (where == 0) {
        bool read_only = cusim_memory_find(address, &window) && window.read_only;
        add(text,
            read_only ? ", inside a constant that kernels may only read: %" PRIu64 " bytes into "
                      : ", which has just been allocated: %" PRIu64 " bytes into ",
            address - a.base);
        add_name(text, &a);
    } else if (where == 1 && past < near && (ours || past < 4096)) {
        if (past) add(text, ", %" PRIu64 " bytes past the end of ", past);
        else add(text, ", the first byte past the end of ");
        add_name(text, &a);
    } else if (where == -1 && before < near && (ours || before < 4096)) {
        add(text, ", %" PRIu64 " bytes before ", before);
        add_name(text, &a);
    } else if (!ours && is_mapped(address)) {
        add(text, ": this looks like memory of the program itself, a host pointer; pass the device "
                  "pointer that cuMemAlloc gave");
    } else {
        add(text, ": nothing is allocated near");
    }
}

void cusim_report_bad_range(uint64_t address, uint64_t bytes) {
    Text text = {.n = 0};
    add_global(&text, address, bytes);
    cusim_report("a copy or fill of %" PRIu64 " bytes at 0x%" PRIx64 "%s", bytes, address,
                 text.text);
}

/* Shared, local and parameter memory: a few bytes that begin at 0. */
static void add_small(Text *text, uint64_t offset, unsigned bytes, uint64_t size, const char *what,
                      const char *hint) {
    if (size == 0) add(text, ": the kernel has no %s", what);
    else if (offset < size && offset + bytes > size)
        add(text, ": its last %" PRIu64 " bytes are past the end of the %" PRIu64 " bytes of %s",
            offset + bytes - size, size, what);
    else if (offset >= size && (int64_t)offset > 0)
        add(text, ", %" PRIu64 " bytes past the end of the %" PRIu64 " bytes of %s", offset - size,
            size, what);
    else add(text, ", %" PRIu64 " bytes before the start of %s", -offset, what);
    add(text, "%s", hint);
}

/* The space that the instruction names, or GENERIC. */
static CusimSpace named_space(const CusimInst *inst) {
    switch (inst->op) {
    case CUSIM_OP_ld_shared:
    case CUSIM_OP_st_shared: return CUSIM_SPACE_SHARED;
    case CUSIM_OP_ld_local:
    case CUSIM_OP_st_local: return CUSIM_SPACE_LOCAL;
    case CUSIM_OP_ld_param: return CUSIM_SPACE_PARAM;
    case CUSIM_OP_ld_global:
    case CUSIM_OP_st_global:
    case CUSIM_OP_ld_const:
    case CUSIM_OP_ldu: return CUSIM_SPACE_GLOBAL;
    default: break;
    }
    if (cusim_op_rows[inst->op].group == CUSIM_GROUP_ATOMIC)
        return (CusimSpace)(inst->aux & CUSIM_AUX_SPACE);
    return CUSIM_SPACE_GENERIC;
}

int cusim_bad_access(CusimWarp *warp, const CusimInst *inst, int lane, uint64_t address,
                     unsigned bytes, const char *kind) {
    static const uint64_t window[] = {[CUSIM_SPACE_SHARED] = CUSIM_SHARED_WINDOW,
                                      [CUSIM_SPACE_LOCAL] = CUSIM_LOCAL_WINDOW,
                                      [CUSIM_SPACE_PARAM] = CUSIM_PARAM_WINDOW};
    const CusimBlock *block = warp->block;
    CusimSpace space = named_space(inst), named = space;
    uint64_t offset = address;
    if (space == CUSIM_SPACE_GENERIC) {
        space = CUSIM_SPACE_GLOBAL;
        for (unsigned s = 0; s < sizeof(window) / sizeof(window[0]); s++)
            if (window[s] && (address & CUSIM_WINDOW_MASK) == window[s]) space = (CusimSpace)s;
        if (space != CUSIM_SPACE_GLOBAL) offset -= window[space];
    }
    Text text = {.n = 0};
    text.text[0] = 0;
    if (address & (bytes - 1)) {
        add(&text, ": the address is not a multiple of %u", bytes);
    } else if (named == CUSIM_SPACE_SHARED && (address & CUSIM_WINDOW_MASK)) {
        add(&text, ": this is no address within shared memory but a generic one; cvta.to.shared "
                   "makes one of the other");
    } else if (space == CUSIM_SPACE_SHARED) {
        add_small(&text, offset, bytes, block->shared_bytes, "shared memory of the block",
                  block->launch->dynamic_shared_bytes
                      ? ""
                      : "; the launch asked for no dynamic shared memory (sharedMemBytes)");
    } else if (space == CUSIM_SPACE_LOCAL) {
        add_small(&text, offset, bytes, block->local_bytes, "local memory of the thread", "");
    } else if (space == CUSIM_SPACE_PARAM) {
        add_small(&text, offset, bytes, block->launch->code->param_bytes, "kernel parameters",
                  "; they may only be read");
    } else {
        add_global(&text, address, bytes);
    }
    bool misaligned = address & (bytes - 1);
    static const char *const names[] = {[CUSIM_SPACE_GLOBAL] = "",
                                        [CUSIM_SPACE_SHARED] = "shared ",
                                        [CUSIM_SPACE_LOCAL] = "local ",
                                        [CUSIM_SPACE_PARAM] = "parameter "};
    return cusim_fault(warp, inst, lane,
                       misaligned ? CUDA_ERROR_MISALIGNED_ADDRESS : CUDA_ERROR_ILLEGAL_ADDRESS,
                       "%s%s of %u byte%s at 0x%" PRIx64 "%s", names[space], kind, bytes,
                       bytes == 1 ? "" : "s", address, text.text);
}
