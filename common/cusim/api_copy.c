// SPDX-License-Identifier: MIT
/* api_copy.c - copies and fills, in one, two and three dimensions, at once and queued.
 *
 * All of them become one CusimTransfer: a box of rows, with host addresses on both sides. Both
 * sides are checked as a whole before anything is copied: a copy that runs beyond an allocation is
 * INVALID_VALUE, and copies nothing.
 *
 * Queued copies from and to plain ("pageable") host memory behave as on a GPU: what is read is
 * taken over at once when it is small, else the call returns when the copy is done. Only pinned
 * memory makes copies that run beside the host. */
#include <stdlib.h>
#include <string.h>

#include "memory_parts.h"
#include "stream.h"

enum { SMALL = 64 * 1024 }; /* bytes: copied faster than a thread is woken */

/* ---- Carrying out ---- */

static void fill_row(uint8_t *to, const CusimTransfer *t) {
    switch (t->element) {
    case 1: memset(to, (int)t->value, t->width); break;
    case 2: {
        uint16_t *p = (uint16_t *)(void *)to;
        for (size_t i = 0; i < t->width / 2; i++) p[i] = (uint16_t)t->value;
        break;
    }
    default: {
        uint32_t *p = (uint32_t *)(void *)to;
        for (size_t i = 0; i < t->width / 4; i++) p[i] = t->value;
    }
    }
}

void cusim_transfer_run(const CusimTransfer *t) {
    for (size_t z = 0; z < t->depth; z++)
        for (size_t y = 0; y < t->height; y++) {
            uint8_t *to = t->to + z * t->to_slice + y * t->to_pitch;
            if (t->from) memmove(to, t->from + z * t->from_slice + y * t->from_pitch, t->width);
            else fill_row(to, t);
        }
}

/* ---- Checking ---- */

typedef enum { ANY, DEVICE, HOST } Side;

/* The host's address of n bytes; pageable: memory that the device does not know. */
static CUresult resolve(uint64_t address, size_t n, Side side, uint8_t **host, bool *pageable) {
    uint64_t end;
    if (!address || __builtin_add_overflow(address, n, &end)) return CUDA_ERROR_INVALID_VALUE;
    *host = cusim_memory_host(address, n);
    *pageable = !*host;
    if (*host) return CUDA_SUCCESS;
    CusimWindow window;
    if (side == DEVICE || cusim_space_holds(address) || cusim_memory_find(address, &window)) {
        cusim_report_bad_range(address, n); /* past the end, freed, or never allocated */
        return CUDA_ERROR_INVALID_VALUE;
    }
    *host = (uint8_t *)(uintptr_t)address;
    return CUDA_SUCCESS;
}

/* One side of a copy before it is checked: where its box begins, and from row to row. */
typedef struct {
    Side side;
    uint64_t address;
    size_t pitch, slice;
} Place;

static CUresult check(const Place *place, const CusimTransfer *t, uint8_t **host, bool *pageable) {
    size_t rows, slices, bytes;
    if (__builtin_mul_overflow(t->height - 1, place->pitch, &rows) ||
        __builtin_mul_overflow(t->depth - 1, place->slice, &slices) ||
        __builtin_add_overflow(rows, slices, &bytes) ||
        __builtin_add_overflow(bytes, t->width, &bytes))
        return CUDA_ERROR_INVALID_VALUE;
    return resolve(place->address, bytes, place->side, host, pageable);
}

/* ---- Doing it now or queueing it ---- */

typedef struct {
    CUstream stream;
    bool queue; /* ...Async */
} When;
static const When now = {CU_STREAM_LEGACY, false};

/* Takes what is staged. */
static CUresult queue(CusimStream *stream, const CusimTransfer *t) {
    CusimCommand *command = cusim_command_new(CUSIM_COMMAND_TRANSFER);
    if (!command) {
        free(t->staged);
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    command->transfer = *t;
    command->small = t->width * t->height * t->depth <= SMALL;
    return cusim_submit(stream, command);
}

static CUresult copy(const Place *to, const Place *from, size_t width, size_t height, size_t depth,
                     When when) {
    CusimStream *stream;
    CUSIM_TRY(cusim_stream_of(when.stream, &stream, NULL));
    if (!width || !height || !depth) return CUDA_SUCCESS;
    CusimTransfer t = {.to_pitch = to->pitch,
                       .from_pitch = from->pitch,
                       .to_slice = to->slice,
                       .from_slice = from->slice,
                       .width = width,
                       .height = height,
                       .depth = depth};
    uint8_t *source;
    bool to_pageable, from_pageable;
    CUSIM_TRY(check(to, &t, &t.to, &to_pageable));
    CUSIM_TRY(check(from, &t, &source, &from_pageable));
    t.from = source;
    bool both_known = !to_pageable && !from_pageable;
    if (when.queue && both_known) return queue(stream, &t);
    bool line = height == 1 && depth == 1;
    if (when.queue && !to_pageable && line && width <= SMALL) {
        t.staged = malloc(width);
        if (!t.staged) return CUDA_ERROR_OUT_OF_MEMORY;
        t.from = memcpy(t.staged, source, width);
        return queue(stream, &t);
    }
    /* Inside the device the host does not wait. */
    if (!when.queue && to->side == DEVICE && from->side == DEVICE && both_known)
        return queue(stream, &t);
    return cusim_transfer_now(stream, &t);
}

static CUresult copy_line(Side to_side, uint64_t to, Side from_side, uint64_t from, size_t bytes,
                          When when) {
    Place a = {to_side, to, 0, 0}, b = {from_side, from, 0, 0};
    return copy(&a, &b, bytes, 1, 1, when);
}

static When in(CUstream stream) { return (When){stream, true}; }

/* ---- One dimension ---- */

CUSIM_EXPORT CUresult cuMemcpy(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
    return copy_line(ANY, to, ANY, from, bytes, now);
}
CUSIM_EXPORT CUresult cuMemcpyAsync(CUdeviceptr to, CUdeviceptr from, size_t bytes,
                                    CUstream stream) {
    return copy_line(ANY, to, ANY, from, bytes, in(stream));
}
CUSIM_EXPORT CUresult cuMemcpyHtoD_v2(CUdeviceptr to, const void *from, size_t bytes) {
    return copy_line(DEVICE, to, HOST, (uintptr_t)from, bytes, now);
}
CUSIM_EXPORT CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void *from, size_t bytes,
                                           CUstream stream) {
    return copy_line(DEVICE, to, HOST, (uintptr_t)from, bytes, in(stream));
}
CUSIM_EXPORT CUresult cuMemcpyDtoH_v2(void *to, CUdeviceptr from, size_t bytes) {
    return copy_line(HOST, (uintptr_t)to, DEVICE, from, bytes, now);
}
CUSIM_EXPORT CUresult cuMemcpyDtoHAsync_v2(void *to, CUdeviceptr from, size_t bytes,
                                           CUstream stream) {
    return copy_line(HOST, (uintptr_t)to, DEVICE, from, bytes, in(stream));
}
CUSIM_EXPORT CUresult cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
    return copy_line(DEVICE, to, DEVICE, from, bytes, now);
}
CUSIM_EXPORT CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes,
                                           CUstream stream) {
    return copy_line(DEVICE, to, DEVICE, from, bytes, in(stream));
}

static CUresult copy_peer(CUdeviceptr to, CUcontext to_context, CUdeviceptr from,
                          CUcontext from_context, size_t bytes, When when) {
    CusimContext *current, *one, *other;
    CUSIM_TRY(cusim_current(&current));
    CUSIM_TRY(cusim_context_of(to_context, &one));
    CUSIM_TRY(cusim_context_of(from_context, &other));
    if (!when.queue) { /* in order with all work of both */
        CUSIM_TRY(cusim_context_wait(one));
        CUSIM_TRY(cusim_context_wait(other));
        CUSIM_TRY(copy_line(DEVICE, to, DEVICE, from, bytes, when));
        return cusim_context_wait(current);
    }
    return copy_line(DEVICE, to, DEVICE, from, bytes, when);
}
CUSIM_EXPORT CUresult cuMemcpyPeer(CUdeviceptr to, CUcontext to_context, CUdeviceptr from,
                                   CUcontext from_context, size_t bytes) {
    return copy_peer(to, to_context, from, from_context, bytes, now);
}
CUSIM_EXPORT CUresult cuMemcpyPeerAsync(CUdeviceptr to, CUcontext to_context, CUdeviceptr from,
                                        CUcontext from_context, size_t bytes, CUstream stream) {
    return copy_peer(to, to_context, from, from_context, bytes, in(stream));
}

/* ---- Rectangles and boxes ---- */

/* One side as the program gives it. */
typedef struct {
    CUmemorytype type;
    const void *host;
    CUdeviceptr device;
    size_t x, y, z, pitch, height;
} Corner;

/* height, depth: of the box; limited: the pitch must suit the device. */
static CUresult place_of(const Corner *c, size_t width, size_t height, size_t depth, bool limited,
                         Place *place) {
    switch (c->type) {
    case CU_MEMORYTYPE_HOST: *place = (Place){HOST, (uintptr_t)c->host, 0, 0}; break;
    case CU_MEMORYTYPE_DEVICE: *place = (Place){DEVICE, c->device, 0, 0}; break;
    case CU_MEMORYTYPE_UNIFIED: *place = (Place){ANY, c->device, 0, 0}; break;
    case CU_MEMORYTYPE_ARRAY: return CUDA_ERROR_NOT_SUPPORTED;
    default: return CUDA_ERROR_INVALID_VALUE;
    }
    bool one_row = height <= 1 && depth <= 1 && !c->y && !c->z;
    size_t row, offset, more;
    if (__builtin_add_overflow(width, c->x, &row)) return CUDA_ERROR_INVALID_VALUE;
    if (c->pitch < row && !(one_row && !c->pitch)) return CUDA_ERROR_INVALID_VALUE;
    if (limited && c->pitch > INT32_MAX) return CUDA_ERROR_INVALID_VALUE;
    size_t slices = depth > 1 || c->z ? c->height : 0;
    if (slices && slices < height) return CUDA_ERROR_INVALID_VALUE;
    if ((depth > 1 || c->z) && !slices) return CUDA_ERROR_INVALID_VALUE;
    place->pitch = c->pitch;
    if (__builtin_mul_overflow(c->pitch, slices, &place->slice) ||
        __builtin_mul_overflow(c->y, c->pitch, &offset) ||
        __builtin_mul_overflow(c->z, place->slice, &more) ||
        __builtin_add_overflow(offset, more, &offset) ||
        __builtin_add_overflow(offset, c->x, &offset) || !place->address ||
        __builtin_add_overflow(place->address, offset, &place->address))
        return CUDA_ERROR_INVALID_VALUE;
    return CUDA_SUCCESS;
}

static CUresult copy_2d(const CUDA_MEMCPY2D *c, bool limited, When when) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if (!c) return CUDA_ERROR_INVALID_VALUE;
    if (!c->WidthInBytes || !c->Height) return CUDA_SUCCESS;
    Corner source = {c->srcMemoryType, c->srcHost, c->srcDevice, c->srcXInBytes,
                     c->srcY,          0,          c->srcPitch,  0};
    Corner target = {c->dstMemoryType, c->dstHost, c->dstDevice, c->dstXInBytes,
                     c->dstY,          0,          c->dstPitch,  0};
    Place from, to;
    CUSIM_TRY(place_of(&source, c->WidthInBytes, c->Height, 1, limited, &from));
    CUSIM_TRY(place_of(&target, c->WidthInBytes, c->Height, 1, limited, &to));
    return copy(&to, &from, c->WidthInBytes, c->Height, 1, when);
}
CUSIM_EXPORT CUresult cuMemcpy2D_v2(const CUDA_MEMCPY2D *c) { return copy_2d(c, true, now); }
CUSIM_EXPORT CUresult cuMemcpy2DUnaligned_v2(const CUDA_MEMCPY2D *c) {
    return copy_2d(c, false, now);
}
CUSIM_EXPORT CUresult cuMemcpy2DAsync_v2(const CUDA_MEMCPY2D *c, CUstream stream) {
    return copy_2d(c, true, in(stream));
}

static CUresult copy_3d(const CUDA_MEMCPY3D *c, When when) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if (!c || c->srcLOD || c->dstLOD || c->reserved0 || c->reserved1)
        return CUDA_ERROR_INVALID_VALUE;
    if (!c->WidthInBytes || !c->Height || !c->Depth) return CUDA_SUCCESS;
    Corner source = {c->srcMemoryType, c->srcHost, c->srcDevice, c->srcXInBytes,
                     c->srcY,          c->srcZ,    c->srcPitch,  c->srcHeight};
    Corner target = {c->dstMemoryType, c->dstHost, c->dstDevice, c->dstXInBytes,
                     c->dstY,          c->dstZ,    c->dstPitch,  c->dstHeight};
    Place from, to;
    CUSIM_TRY(place_of(&source, c->WidthInBytes, c->Height, c->Depth, true, &from));
    CUSIM_TRY(place_of(&target, c->WidthInBytes, c->Height, c->Depth, true, &to));
    return copy(&to, &from, c->WidthInBytes, c->Height, c->Depth, when);
}
CUSIM_EXPORT CUresult cuMemcpy3D_v2(const CUDA_MEMCPY3D *c) { return copy_3d(c, now); }
CUSIM_EXPORT CUresult cuMemcpy3DAsync_v2(const CUDA_MEMCPY3D *c, CUstream stream) {
    return copy_3d(c, in(stream));
}

/* ---- Fills. Like kernels, they do not wait for their end ---- */

static CUresult fill(CUdeviceptr address, size_t pitch, uint32_t value, unsigned element,
                     size_t width, size_t height, CUstream handle) {
    CusimStream *stream;
    CUSIM_TRY(cusim_stream_of(handle, &stream, NULL));
    size_t bytes;
    if (__builtin_mul_overflow(width, element, &bytes)) return CUDA_ERROR_INVALID_VALUE;
    if (address % element) return CUDA_ERROR_INVALID_VALUE;
    if (height > 1 && (pitch < bytes || pitch % element)) return CUDA_ERROR_INVALID_VALUE;
    if (!bytes || !height) return CUDA_SUCCESS;
    CusimTransfer t = {.to_pitch = pitch,
                       .width = bytes,
                       .height = height,
                       .depth = 1,
                       .value = value,
                       .element = element};
    Place place = {DEVICE, address, pitch, 0};
    bool pageable;
    CUSIM_TRY(check(&place, &t, &t.to, &pageable));
    return queue(stream, &t);
}

CUSIM_EXPORT CUresult cuMemsetD8_v2(CUdeviceptr address, unsigned char value, size_t n) {
    return fill(address, 0, value, 1, n, 1, CU_STREAM_LEGACY);
}
CUSIM_EXPORT CUresult cuMemsetD16_v2(CUdeviceptr address, unsigned short value, size_t n) {
    return fill(address, 0, value, 2, n, 1, CU_STREAM_LEGACY);
}
CUSIM_EXPORT CUresult cuMemsetD32_v2(CUdeviceptr address, unsigned int value, size_t n) {
    return fill(address, 0, value, 4, n, 1, CU_STREAM_LEGACY);
}
CUSIM_EXPORT CUresult cuMemsetD8Async(CUdeviceptr address, unsigned char value, size_t n,
                                      CUstream stream) {
    return fill(address, 0, value, 1, n, 1, stream);
}
CUSIM_EXPORT CUresult cuMemsetD16Async(CUdeviceptr address, unsigned short value, size_t n,
                                       CUstream stream) {
    return fill(address, 0, value, 2, n, 1, stream);
}
CUSIM_EXPORT CUresult cuMemsetD32Async(CUdeviceptr address, unsigned int value, size_t n,
                                       CUstream stream) {
    return fill(address, 0, value, 4, n, 1, stream);
}
CUSIM_EXPORT CUresult cuMemsetD2D8_v2(CUdeviceptr address, size_t pitch, unsigned char value,
                                      size_t width, size_t height) {
    return fill(address, pitch, value, 1, width, height, CU_STREAM_LEGACY);
}
CUSIM_EXPORT CUresult cuMemsetD2D16_v2(CUdeviceptr address, size_t pitch, unsigned short value,
                                       size_t width, size_t height) {
    return fill(address, pitch, value, 2, width, height, CU_STREAM_LEGACY);
}
CUSIM_EXPORT CUresult cuMemsetD2D32_v2(CUdeviceptr address, size_t pitch, unsigned int value,
                                       size_t width, size_t height) {
    return fill(address, pitch, value, 4, width, height, CU_STREAM_LEGACY);
}
CUSIM_EXPORT CUresult cuMemsetD2D8Async(CUdeviceptr address, size_t pitch, unsigned char value,
                                        size_t width, size_t height, CUstream stream) {
    return fill(address, pitch, value, 1, width, height, stream);
}
CUSIM_EXPORT CUresult cuMemsetD2D16Async(CUdeviceptr address, size_t pitch, unsigned short value,
                                         size_t width, size_t height, CUstream stream) {
    return fill(address, pitch, value, 2, width, height, stream);
}
CUSIM_EXPORT CUresult cuMemsetD2D32Async(CUdeviceptr address, size_t pitch, unsigned int value,
                                         size_t width, size_t height, CUstream stream) {
    return fill(address, pitch, value, 4, width, height, stream);
}
