// SPDX-License-Identifier: MIT
/* leaks.h - which memory is alive, and in which line it was taken.
 *
 * C gives nothing back by itself, and a driver tells nobody what was forgotten. So in every file
 * that includes this one, calls that take memory are written down with their place, and crossed out
 * when the memory is given back; what is left at the end is a leak. The calls keep CUDA's names: a
 * macro notes __FILE__ and __LINE__ beside each. For one thread.
 */
#ifndef LEAKS_H
#define LEAKS_H
#include "hc_cu.h"

/* leaks_taken - if code says success, write down that call has given bytes at *address (a
 * CUdeviceptr or a pointer); leaks_given_back: cross them out. Both return code. */
CUresult leaks_taken(CUresult code, const void *address, size_t bytes, const char *call,
                     const char *file, int line);
CUresult leaks_given_back(CUresult code, uint64_t address);

/* leaks_check - has everything been given back?
 *   errors  HC_WRONG with file, line, call and size of all that is still alive */
int leaks_check(void);

/* The macro's own name within it is not expanded again, so this calls the driver. Arguments of
 * leaks_taken are evaluated in any order, which is why it takes the address of the address. */
#define LEAKS_TAKEN(call, name, address, bytes)                                                    \
    leaks_taken(call, address, bytes, name, __FILE__, __LINE__)
#undef cuMemAlloc
#undef cuMemAllocPitch
#undef cuMemFree
#undef cuMemHostRegister
#define cuMemAlloc(address, bytes)                                                                 \
    LEAKS_TAKEN(cuMemAlloc_v2(address, bytes), "cuMemAlloc", address, bytes)
#define cuMemAllocPitch(address, pitch, width, height, element)                                    \
    LEAKS_TAKEN(cuMemAllocPitch_v2(address, pitch, width, height, element), "cuMemAllocPitch",     \
                address, (width) * (height))
#define cuMemAllocManaged(address, bytes, flags)                                                   \
    LEAKS_TAKEN(cuMemAllocManaged(address, bytes, flags), "cuMemAllocManaged", address, bytes)
#define cuMemAllocAsync(address, bytes, stream)                                                    \
    LEAKS_TAKEN(cuMemAllocAsync(address, bytes, stream), "cuMemAllocAsync", address, bytes)
#define cuMemHostAlloc(host, bytes, flags)                                                         \
    LEAKS_TAKEN(cuMemHostAlloc(host, bytes, flags), "cuMemHostAlloc", host, bytes)
#define cuMemHostRegister(host, bytes, flags)                                                      \
    LEAKS_TAKEN(cuMemHostRegister_v2(host, bytes, flags), "cuMemHostRegister", &(void *){host},    \
                bytes)
#define cuMemFree(address) leaks_given_back(cuMemFree_v2(address), address)
#define cuMemFreeAsync(address, stream) leaks_given_back(cuMemFreeAsync(address, stream), address)
#define cuMemFreeHost(host) leaks_given_back(cuMemFreeHost(host), (uintptr_t)(host))
#define cuMemHostUnregister(host) leaks_given_back(cuMemHostUnregister(host), (uintptr_t)(host))

#endif
