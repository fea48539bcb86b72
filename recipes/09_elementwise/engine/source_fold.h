// SPDX-License-Identifier: MIT
/* source_fold.h - what the sources of reductions and scans share (source_reduction.c), and how
 * their launches cut a range (run_reduction.c).
 */
#ifndef EW_SOURCE_FOLD_H
#define EW_SOURCE_FOLD_H
#include "internal.h"

/* A tile is LANES x ROWS consecutive elements; the generated source has these numbers, too. */
enum { EW_LANES = 256, EW_ROWS = 16, EW_TILE = EW_LANES * EW_ROWS };

/* ew_any_order - may elements be joined in any order? For known operations on a plain type only,
 * as "a + b". */
bool ew_any_order(const EwKernel *kernel, const char *operation);
bool ew_shuffles(const EwKernel *kernel); /* may warps exchange items by shuffles? */

/* ew_operation - the reader's texts as functions: ew_neutral(), ew_map(...), ew_join(a, b).
 *   what  the operation's name in messages: "reduce" or "scan" */
int ew_operation(EwText *out, const EwKernel *kernel, const char *neutral, const char *map,
                 const char *operation, const char *what);

/* The arguments as a function has them, "GLOBAL const float *x, const float a, ...", and as a call
 * passes them, "x, a, ". */
void ew_parameter_list(EwText *out, const EwKernel *kernel);
void ew_argument_list(EwText *out, const EwKernel *kernel);

/* EW_AT(k), the map of the k-th i of the range, and EW_AT_1(k), if the step is 1. */
void ew_define_at(EwText *out, const EwKernel *kernel);

/* The loop over a group's partial results ew_p, from ew_begin to ew_end; on CPUs, the fold of the
 * lanes of the tile from ew_i on into ew_lane[]. */
extern const char ew_frame[], ew_chunk_lanes[];

/* ew_fold_kernel - the kernel "ew_fold", which leaves one item for each ew_tiles tiles in
 * ew_partials. */
void ew_fold_kernel(EwText *out, const EwKernel *kernel, bool any_order);

/* How a launch cuts a range. */
typedef struct EwCut {
    uint64_t tiles, partials; /* tiles for each partial result; how many of these there are */
    size_t groups, group;
} EwCut;
EwCut ew_cut(const EwKernel *kernel, size_t items);

/* ew_partials - memory for that many items, kept for the next run. */
int ew_partials(EwKernel *kernel, uint64_t items, void **memory);

/* ew_launch_fold - launch entry for the range of call; without a call, with one group for the
 * partial results themselves. */
int ew_launch_fold(EwKernel *kernel, const char *entry, const EwCall *call, EwCut cut,
                   void *partials, bool first);

#endif
