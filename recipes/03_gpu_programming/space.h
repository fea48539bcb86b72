// SPDX-License-Identifier: MIT
/* space.h - an index space, cut into blocks: what the files of this recipe share.
 *
 * Names are CUDA's. OpenCL says work-item for thread, work-group for block, and NDRange for the
 * whole; 0, 1, 2 are x, y, z in all arrays of three.
 */
#ifndef SPACE_H
#define SPACE_H
#include "hc.h"

enum { NO_OWNER = -1 }; /* as uint32_t: an element that no thread has taken */

typedef struct Space {
    uint32_t n[3];                              /* elements */
    uint32_t block[3];                          /* threads of one block */
    uint32_t grid[3];                           /* blocks */
    uint32_t warp;                              /* threads of one warp */
    size_t elements, in_block, blocks, threads; /* products of the above; threads: at most 2^22 */
} Space;

/* What one thread wrote: the kernel's eight numbers. */
typedef struct Who {
    uint32_t block[3], thread[3], warp, inside;
} Who;

/* What a device can take, to be compared with a launch before it is tried. */
typedef struct Limits {
    size_t in_block, block[3], grid[3];
} Limits;

/* space_make - cut n (as -n gave it) into blocks; block and grid are the texts of --block and
 * --grid, "16x4", or NULL for the usual block and for as many blocks as it takes.
 *   errors  HC_USAGE: not a shape, or a block without threads; HC_ERROR: too many threads */
int space_make(const size_t n[3], const char *block, const char *grid, size_t warp, Space *space);

/* space_fits - may this space be launched?  errors  HC_ERROR with what is too much */
int space_fits(const Space *space, const Limits *limits);

int space_rank(const Space *space); /* 1, 2 or 3 */

/* space_element - "5x3" of --element to {5, 3, 0}; NULL: the last one.  errors  HC_USAGE */
int space_element(const Space *space, const char *text, uint32_t element[3]);

/* space_owners - has each element a thread, and is it the one whose place this is?
 *   shapes  who: what the threads must have written; owner: what they did write */
HcVerdict space_owners(const Space *space, const Who *who, const uint32_t *owner);

/* run_cuda, run_opencl, run_host - launch who_am_i on a device, and fetch what was written.
 *   shapes  who: space->threads, owner: space->elements, which NO_OWNER fills */
void run_cuda(const HcDevice *device, const Space *space, Who *who, uint32_t *owner);
void run_opencl(const HcDevice *device, const Space *space, Who *who, uint32_t *owner);
void run_host(const Space *space, Who *who, uint32_t *owner);

/* draw - the threads as a picture, by what they wrote; show: "warp", "lane" or "block". */
void draw(const Space *space, const Who *who, const char *show);
/* count - how many threads and warps are busy: in words, and for --json. */
void count(const Space *space, const Who *who);
/* ask - who has this element (x, y, z), in the words of both languages. */
void ask(const Space *space, const Who *who, const uint32_t *owner, const uint32_t element[3]);

#endif
