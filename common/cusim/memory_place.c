// SPDX-License-Identifier: MIT
/* memory_place.c - the thorough way from a lane's address to host memory, one lane at a time.
 *
 * It runs when the quick ways of exec_memory.c and exec_atomic.c do not apply: the first access of
 * an instruction, lanes in different allocations or spaces, and wrong addresses. */
#include "exec_memory.h"

void *cusim_place(CusimWarp *warp, const CusimInst *inst, int lane, CusimSpace space,
                  uint64_t address, unsigned bytes, bool write) {
    if (address & (bytes - 1)) return NULL;
    CusimView view = cusim_view(warp, inst, space, address, write);
    uint64_t offset = address - view.base;
    bool global = space == CUSIM_SPACE_GENERIC
                      ? !(address & CUSIM_WINDOW_MASK)
                      : space == CUSIM_SPACE_GLOBAL || space == CUSIM_SPACE_CONST;
    if (global && offset >= (uint64_t)view.bytes) {
        CusimWindow window;
        if (!cusim_memory_find(address, &window)) return NULL;
        cusim_keep_window(warp, inst, &window);
        view = cusim_view_window(&window, write);
        offset = address - view.base;
    }
    if (view.bytes < (int64_t)bytes || offset > (uint64_t)view.bytes - bytes) return NULL;
    return view.origin + view.stride * (unsigned)lane + offset;
}
