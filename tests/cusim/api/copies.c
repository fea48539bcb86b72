// SPDX-License-Identifier: MIT
/* copies.c - copies and fills of every shape, each compared with the same done in plain C. */
#include "api.h"

enum { BYTES = 64 * 1024 };
static uint8_t mirror[BYTES], host[BYTES]; /* mirror: what the device's memory must hold */
static CUdeviceptr device;
static uint32_t seed = 1;

static uint32_t random32(void) { return seed = seed * 1664525u + 1013904223u; }
static size_t below(size_t n) { return (random32() >> 8) % n; }
static void fill_host(void) {
    for (size_t i = 0; i < BYTES; i++) host[i] = (uint8_t)(random32() >> 24);
}

static void same(const char *what) {
    static uint8_t got[BYTES];
    CU(cuMemcpyDtoH(got, device, BYTES));
    for (size_t i = 0; i < BYTES; i++)
        if (got[i] != mirror[i]) {
            fprintf(stderr, "%s: byte %zu is %u, expected %u\n", what, i, got[i], mirror[i]);
            failures++;
            memcpy(mirror, got, BYTES);
            return;
        }
}

/* A random rectangle: x, y, width, height in rows of pitch bytes. */
typedef struct {
    size_t pitch, x, y, width, height;
} Rectangle;
static void two_rectangles(Rectangle *a, Rectangle *b) {
    a->width = b->width = 1 + below(90);
    a->height = b->height = 1 + below(20);
    Rectangle *r[2] = {a, b};
    for (int i = 0; i < 2; i++) {
        r[i]->x = below(20);
        r[i]->y = below(20);
        r[i]->pitch = r[i]->x + r[i]->width + below(60);
    }
}
static uint8_t *row(uint8_t *base, const Rectangle *r, size_t y) {
    return base + (r->y + y) * r->pitch + r->x;
}

static void one_dimension(CUstream stream) {
    for (int i = 0; i < 50; i++) {
        size_t n = below(BYTES / 2), a = below(BYTES / 2), b = below(BYTES / 2);
        fill_host();
        CU(cuMemcpyHtoD(device + a, host + b, n));
        memcpy(mirror + a, host + b, n);
        same("HtoD");
        CU(cuMemcpyHtoDAsync(device + b, host + a, n, stream));
        memcpy(mirror + b, host + a, n);
        memset(host, 0, BYTES); /* pageable memory may be changed once the call is back */
        CU(cuStreamSynchronize(stream));
        same("HtoDAsync");
        CU(cuMemcpyDtoD(device + a, device + b, n)); /* may overlap here */
        memmove(mirror + a, mirror + b, n);
        same("DtoD");
        memset(host, 0, BYTES);
        CU(cuMemcpyDtoHAsync(host, device + a, n, stream));
        CU(cuStreamSynchronize(stream));
        TRUE(memcmp(host, mirror + a, n) == 0);
        fill_host();
        CU(cuMemcpy(device + a, (CUdeviceptr)(uintptr_t)host, n)); /* sides found by address */
        memcpy(mirror + a, host, n);
        same("cuMemcpy");
    }
}

static void rectangles(CUstream stream) {
    for (int i = 0; i < 100; i++) {
        Rectangle a, b;
        two_rectangles(&a, &b);
        fill_host();
        CUDA_MEMCPY2D c = {.srcXInBytes = b.x,
                           .srcY = b.y,
                           .srcMemoryType = CU_MEMORYTYPE_HOST,
                           .srcHost = host,
                           .srcPitch = b.pitch,
                           .dstXInBytes = a.x,
                           .dstY = a.y,
                           .dstMemoryType = CU_MEMORYTYPE_DEVICE,
                           .dstDevice = device,
                           .dstPitch = a.pitch,
                           .WidthInBytes = a.width,
                           .Height = a.height};
        if (i % 3 == 0) CU(cuMemcpy2D(&c));
        else if (i % 3 == 1) CU(cuMemcpy2DUnaligned(&c));
        else CU(cuMemcpy2DAsync(&c, stream));
        CU(cuStreamSynchronize(stream));
        for (size_t y = 0; y < a.height; y++) memcpy(row(mirror, &a, y), row(host, &b, y), a.width);
        same("2D upload");
        /* and back, to another place */
        memset(host, 0, BYTES);
        CUDA_MEMCPY2D d = {.srcXInBytes = a.x,
                           .srcY = a.y,
                           .srcMemoryType = CU_MEMORYTYPE_UNIFIED,
                           .srcDevice = device,
                           .srcPitch = a.pitch,
                           .dstXInBytes = b.x,
                           .dstY = b.y,
                           .dstMemoryType = CU_MEMORYTYPE_HOST,
                           .dstHost = host,
                           .dstPitch = b.pitch,
                           .WidthInBytes = a.width,
                           .Height = a.height};
        CU(cuMemcpy2D(&d));
        size_t wrong = 0, sum = 0;
        for (size_t y = 0; y < a.height; y++)
            wrong += memcmp(row(host, &b, y), row(mirror, &a, y), a.width) != 0;
        for (size_t j = 0; j < BYTES; j++) sum += host[j];
        for (size_t y = 0; y < a.height; y++)
            for (size_t x = 0; x < a.width; x++) sum -= row(host, &b, y)[x];
        EQUAL(wrong, 0);
        EQUAL(sum, 0); /* nothing beside it was touched */
    }
}

static void boxes(void) {
    enum { W = 13, H = 5, D = 4, PITCH = 32, ROWS = 9 };
    fill_host();
    CUDA_MEMCPY3D c = {.srcXInBytes = 3,
                       .srcY = 1,
                       .srcZ = 1,
                       .srcMemoryType = CU_MEMORYTYPE_HOST,
                       .srcHost = host,
                       .srcPitch = PITCH,
                       .srcHeight = ROWS,
                       .dstXInBytes = 1,
                       .dstY = 2,
                       .dstMemoryType = CU_MEMORYTYPE_DEVICE,
                       .dstDevice = device,
                       .dstPitch = 20,
                       .dstHeight = 7,
                       .WidthInBytes = W,
                       .Height = H,
                       .Depth = D};
    CU(cuMemcpy3D(&c));
    for (size_t z = 0; z < D; z++)
        for (size_t y = 0; y < H; y++)
            memcpy(mirror + (z * 7 + 2 + y) * 20 + 1, host + ((1 + z) * ROWS + 1 + y) * PITCH + 3,
                   W);
    same("3D");
}

static void fills(CUstream stream) {
    for (int i = 0; i < 60; i++) {
        size_t n = 1 + below(3000), at = below(3000);
        uint32_t value = random32();
        bool queued = i % 2;
        CUdeviceptr to = device + 4 * at;
        switch (i % 3) {
        case 0:
            CU(queued ? cuMemsetD8Async(to, (uint8_t)value, n, stream)
                      : cuMemsetD8(to, (uint8_t)value, n));
            memset(mirror + 4 * at, (uint8_t)value, n);
            break;
        case 1:
            CU(queued ? cuMemsetD16Async(to, (uint16_t)value, n, stream)
                      : cuMemsetD16(to, (uint16_t)value, n));
            for (size_t j = 0; j < n; j++)
                memcpy(mirror + 4 * at + 2 * j, &(uint16_t){(uint16_t)value}, 2);
            break;
        default:
            CU(queued ? cuMemsetD32Async(to, value, n, stream) : cuMemsetD32(to, value, n));
            for (size_t j = 0; j < n; j++) memcpy(mirror + 4 * at + 4 * j, &value, 4);
        }
        CU(cuStreamSynchronize(stream));
        CU(cuStreamSynchronize(NULL));
        same("memset");
        size_t width = 1 + below(20), height = 1 + below(20), pitch = 4 * (width + below(10));
        CU(queued ? cuMemsetD2D32Async(to, pitch, value, width, height, stream)
                  : cuMemsetD2D32(to, pitch, value, width, height));
        for (size_t y = 0; y < height; y++)
            for (size_t x = 0; x < width; x++)
                memcpy(mirror + 4 * at + y * pitch + 4 * x, &value, 4);
        CU(cuStreamSynchronize(stream));
        CU(cuStreamSynchronize(NULL));
        CU(cuMemsetD2D8(to, 11, 3, 7, 5));
        CU(cuMemsetD2D16(to + 100, 12, 0x1234, 3, 4));
        for (size_t y = 0; y < 5; y++) memset(mirror + 4 * at + y * 11, 3, 7);
        for (size_t y = 0; y < 4; y++)
            for (size_t x = 0; x < 3; x++)
                memcpy(mirror + 4 * at + 100 + y * 12 + 2 * x, &(uint16_t){0x1234}, 2);
        same("memset 2D");
    }
}

/* A copy that runs beyond the allocation is refused, and copies nothing. */
static void beyond(void) {
    CUdeviceptr small;
    CU(cuMemAlloc(&small, 100));
    fill_host();
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoD(device + BYTES - 10, host, 11));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoD(small, host, 101));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemcpyDtoH(host, small + 50, 51));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemcpyDtoD(small, device, 101));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemsetD32(small, 1, 26));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemsetD8(small, 1, (size_t)-1));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoD(small + 60, host, (size_t)-50));
    same("refused copies");
    CU(cuMemFree(small));
    EXPECT(CUDA_ERROR_INVALID_VALUE, cuMemcpyHtoD(small, host, 1));
}

int main(void) {
    begin();
    CUstream stream;
    CU(cuStreamCreate(&stream, CU_STREAM_NON_BLOCKING));
    CU(cuMemAlloc(&device, BYTES));
    CU(cuMemsetD8(device, 0, BYTES));
    one_dimension(stream);
    rectangles(stream);
    boxes();
    fills(stream);
    beyond();
    CU(cuMemFree(device));
    CU(cuStreamDestroy(stream));
    CU(cuDevicePrimaryCtxRelease(0));
    return failures != 0;
}
