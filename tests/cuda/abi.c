// SPDX-License-Identifier: MIT
/* Prints every constant and every layout that cuda.h and nvrtc.h define, one to a line. abi.sh
 * compiles this file twice, with the cookbook's headers and with the toolkit's, and compares what
 * the two programs print. ABI_CONSTANTS, made by abi.sh from the text of our headers, is a list of
 * CONSTANT(name) lines; so no constant can be forgotten. */
#include <cuda.h>
#include <nvrtc.h>
#include <stddef.h>
#include <stdio.h>

#define SIZE(type) printf("sizeof %s = %zu\n", #type, sizeof(type))
#define FIELD(type, field)                                                                         \
    printf("%s.%s at %zu, %zu bytes\n", #type, #field, offsetof(type, field),                      \
           sizeof(((type *)0)->field))

static void constants(void) {
#define CONSTANT(name) printf("%s = %lld\n", #name, (long long)(name));
#include ABI_CONSTANTS
}

static void handles(void) {
    SIZE(CUdeviceptr);
    SIZE(CUdeviceptr_v1);
    SIZE(CUdevice);
    SIZE(CUcontext);
    SIZE(CUstream);
    SIZE(CUtexObject);
    SIZE(CUsurfObject);
    SIZE(CUresult);
    SIZE(CUjit_option);
    SIZE(CUuuid);
    SIZE(CUipcEventHandle);
    SIZE(CUipcMemHandle);
    SIZE(CUhostFn);
    SIZE(CUstreamCallback);
    SIZE(CUoccupancyB2DSize);
    SIZE(nvrtcProgram);
    SIZE(nvrtcResult);
}

static void structs(void) {
    SIZE(CUdevprop);
    FIELD(CUdevprop, maxThreadsPerBlock);
    FIELD(CUdevprop, maxThreadsDim);
    FIELD(CUdevprop, maxGridSize);
    FIELD(CUdevprop, sharedMemPerBlock);
    FIELD(CUdevprop, totalConstantMemory);
    FIELD(CUdevprop, SIMDWidth);
    FIELD(CUdevprop, memPitch);
    FIELD(CUdevprop, regsPerBlock);
    FIELD(CUdevprop, clockRate);
    FIELD(CUdevprop, textureAlign);

    SIZE(CUmemLocation);
    FIELD(CUmemLocation, type);
    FIELD(CUmemLocation, id);
    SIZE(CUmemAccessDesc);
    FIELD(CUmemAccessDesc, location);
    FIELD(CUmemAccessDesc, flags);

    SIZE(CUmemPoolProps); /* maxSize and usage lie in what 12.0 calls reserved */
    FIELD(CUmemPoolProps, allocType);
    FIELD(CUmemPoolProps, handleTypes);
    FIELD(CUmemPoolProps, location);
    FIELD(CUmemPoolProps, win32SecurityAttributes);

    SIZE(CUDA_MEMCPY2D);
    FIELD(CUDA_MEMCPY2D, srcXInBytes);
    FIELD(CUDA_MEMCPY2D, srcY);
    FIELD(CUDA_MEMCPY2D, srcMemoryType);
    FIELD(CUDA_MEMCPY2D, srcHost);
    FIELD(CUDA_MEMCPY2D, srcDevice);
    FIELD(CUDA_MEMCPY2D, srcArray);
    FIELD(CUDA_MEMCPY2D, srcPitch);
    FIELD(CUDA_MEMCPY2D, dstXInBytes);
    FIELD(CUDA_MEMCPY2D, dstY);
    FIELD(CUDA_MEMCPY2D, dstMemoryType);
    FIELD(CUDA_MEMCPY2D, dstHost);
    FIELD(CUDA_MEMCPY2D, dstDevice);
    FIELD(CUDA_MEMCPY2D, dstArray);
    FIELD(CUDA_MEMCPY2D, dstPitch);
    FIELD(CUDA_MEMCPY2D, WidthInBytes);
    FIELD(CUDA_MEMCPY2D, Height);

    SIZE(CUDA_MEMCPY3D);
    FIELD(CUDA_MEMCPY3D, srcXInBytes);
    FIELD(CUDA_MEMCPY3D, srcY);
    FIELD(CUDA_MEMCPY3D, srcZ);
    FIELD(CUDA_MEMCPY3D, srcLOD);
    FIELD(CUDA_MEMCPY3D, srcMemoryType);
    FIELD(CUDA_MEMCPY3D, srcHost);
    FIELD(CUDA_MEMCPY3D, srcDevice);
    FIELD(CUDA_MEMCPY3D, srcArray);
    FIELD(CUDA_MEMCPY3D, reserved0);
    FIELD(CUDA_MEMCPY3D, srcPitch);
    FIELD(CUDA_MEMCPY3D, srcHeight);
    FIELD(CUDA_MEMCPY3D, dstXInBytes);
    FIELD(CUDA_MEMCPY3D, dstY);
    FIELD(CUDA_MEMCPY3D, dstZ);
    FIELD(CUDA_MEMCPY3D, dstLOD);
    FIELD(CUDA_MEMCPY3D, dstMemoryType);
    FIELD(CUDA_MEMCPY3D, dstHost);
    FIELD(CUDA_MEMCPY3D, dstDevice);
    FIELD(CUDA_MEMCPY3D, dstArray);
    FIELD(CUDA_MEMCPY3D, reserved1);
    FIELD(CUDA_MEMCPY3D, dstPitch);
    FIELD(CUDA_MEMCPY3D, dstHeight);
    FIELD(CUDA_MEMCPY3D, WidthInBytes);
    FIELD(CUDA_MEMCPY3D, Height);
    FIELD(CUDA_MEMCPY3D, Depth);

    SIZE(CUDA_ARRAY_DESCRIPTOR);
    FIELD(CUDA_ARRAY_DESCRIPTOR, Width);
    FIELD(CUDA_ARRAY_DESCRIPTOR, Height);
    FIELD(CUDA_ARRAY_DESCRIPTOR, Format);
    FIELD(CUDA_ARRAY_DESCRIPTOR, NumChannels);
    SIZE(CUDA_ARRAY3D_DESCRIPTOR);
    FIELD(CUDA_ARRAY3D_DESCRIPTOR, Width);
    FIELD(CUDA_ARRAY3D_DESCRIPTOR, Height);
    FIELD(CUDA_ARRAY3D_DESCRIPTOR, Depth);
    FIELD(CUDA_ARRAY3D_DESCRIPTOR, Format);
    FIELD(CUDA_ARRAY3D_DESCRIPTOR, NumChannels);
    FIELD(CUDA_ARRAY3D_DESCRIPTOR, Flags);
}

int main(void) {
    constants();
    handles();
    structs();
    return fflush(stdout) == 0 ? 0 : 3;
}
