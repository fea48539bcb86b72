// SPDX-License-Identifier: MIT
/* api_device.c - start of the driver, and what its devices are.
 *
 * A program asks a device for some 140 attributes. The values here are those of a GPU of the chosen
 * compute capability where programs make decisions by them (threads, shared memory, registers), and
 * true of this machine where they can be (multiprocessors, memory). What no software device has,
 * such as textures or a PCI bus with other devices, is 0. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <dlfcn.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "api.h"
#include "observer.h"
#include "stream.h"

static CusimSettings settings;
static pthread_mutex_t init_lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic bool ready, forked;

/* Shared memory by compute capability: CUDA C++ Programming Guide, table "Technical Specifications
 * per Compute Capability". The last row is for all that is newer. */
static const CusimLimits limits_by_cc[] = {
    {50, 2048, 32, 65536, 49152, 49152, 0, 256},
    {52, 2048, 32, 98304, 49152, 49152, 0, 256},
    {53, 2048, 32, 65536, 49152, 49152, 0, 256},
    {60, 2048, 32, 65536, 49152, 49152, 0, 256},
    {61, 2048, 32, 98304, 49152, 49152, 0, 256},
    {62, 2048, 32, 65536, 49152, 49152, 0, 256},
    {70, 2048, 32, 98304, 49152, 98304, 0, 256},
    {72, 2048, 32, 98304, 49152, 98304, 0, 256},
    {75, 1024, 16, 65536, 49152, 65536, 0, 256},
    {80, 2048, 32, 167936, 49152, 166912, 1024, 128},
    {86, 1536, 16, 102400, 49152, 101376, 1024, 128},
    {87, 1536, 16, 167936, 49152, 166912, 1024, 128},
    {89, 1536, 24, 102400, 49152, 101376, 1024, 128},
    {90, 2048, 32, 233472, 49152, 232448, 1024, 128},
};
static const CusimLimits *limits;

const CusimSettings *cusim_settings(void) { return &settings; }
const CusimLimits *cusim_limits(void) { return limits; }
bool cusim_is_forked(void) { return atomic_load_explicit(&forked, memory_order_relaxed); }
bool cusim_device_exists(int device) { return device >= 0 && device < settings.n_devices; }

CUresult cusim_ready(void) {
    if (!atomic_load_explicit(&ready, memory_order_acquire) || cusim_is_forked())
        return CUDA_ERROR_NOT_INITIALIZED;
    if (cusim_quitting()) return CUDA_ERROR_DEINITIALIZED;
    return cusim_in_host_function() ? CUDA_ERROR_NOT_PERMITTED : CUDA_SUCCESS;
}

/* "8.6" or "86" as 86, "12.2" as 12020 if so scaled; otherwise if the variable is not set or
 * nonsense.
 */
static int env_version(const char *name, int otherwise, int major_scale, int minor_scale, int least,
                       int most) {
    const char *text = cusim_env(name);
    if (!text) return otherwise;
    char *end;
    long major = strtol(text, &end, 10), value = -1;
    if (end != text && *end == '.' && end[1] >= '0' && end[1] <= '9') {
        char *end2;
        long minor = strtol(end + 1, &end2, 10);
        if (!*end2 && major >= 0 && major < 1000 && minor >= 0 && minor < 10)
            value = major * major_scale + minor * minor_scale;
    } else if (end != text && !*end) {
        value = major;
    }
    if (value >= least && value <= most) return (int)value;
    cusim_report("%s=%s is not a version from %d.%d to %d.%d; taking %d.%d", name, text,
                 least / major_scale, least % major_scale / minor_scale, most / major_scale,
                 most % major_scale / minor_scale, otherwise / major_scale,
                 otherwise % major_scale / minor_scale);
    return otherwise;
}

int cusim_driver_version(void) {
    static _Atomic int version;
    if (!atomic_load(&version))
        atomic_store(&version, env_version("CUSIM_DRIVER_VERSION", 13000, 1000, 10, 9000, 99990));
    return atomic_load(&version);
}

static int cpu_count(void) {
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
    long n = sysconf(_SC_NPROCESSORS_ONLN);
    return n > 0 ? (int)n : 1;
}

static void read_settings(void) {
    settings.driver_version = cusim_driver_version();
    settings.n_devices = (int)cusim_env_long("CUSIM_DEVICES", 1, 0, CUSIM_MAX_DEVICES);
    settings.threads = (int)cusim_env_long("CUSIM_THREADS", cpu_count(), 1, 1024);
    settings.sms = (int)cusim_env_long("CUSIM_SMS", settings.threads, 1, 1024);
    const char *schedule = cusim_env("CUSIM_SCHEDULE");
    settings.in_order = settings.threads == 1 || (schedule && strcmp(schedule, "inorder") == 0);
    int cc = env_version("CUSIM_CC", 86, 10, 1, 50, 129);
    settings.cc = cc;
    limits = &limits_by_cc[0];
    for (size_t i = 0; i < CUSIM_COUNT(limits_by_cc); i++)
        if (limits_by_cc[i].cc <= cc) limits = &limits_by_cc[i];
}

static void after_fork(void) { atomic_store(&forked, true); }

/* Threads of ours may be inside this library when the program closes it: it stays. */
static void pin_library(void) {
    Dl_info info;
    void *self = __extension__(void *)(uintptr_t) & pin_library;
    if (dladdr(self, &info) && info.dli_fname)
        (void)dlopen(info.dli_fname, RTLD_NOW | RTLD_NOLOAD | RTLD_NODELETE);
}

CUSIM_EXPORT CUresult cuInit(unsigned int flags) {
    if (cusim_is_forked()) return CUDA_ERROR_NOT_INITIALIZED;
    if (cusim_quitting()) return CUDA_ERROR_DEINITIALIZED;
    if (flags) return CUDA_ERROR_INVALID_VALUE;
    pthread_mutex_lock(&init_lock);
    CUresult result = CUDA_SUCCESS;
    if (!atomic_load(&ready)) {
        static bool once;
        if (!once) {
            read_settings();
            cusim_launch_start(settings.in_order, (uint32_t)settings.sms);
            pin_library();
            pthread_atfork(NULL, NULL, after_fork);
            once = true;
        }
        if (settings.n_devices == 0) result = CUDA_ERROR_NO_DEVICE;
        if (result == CUDA_SUCCESS) result = cusim_memory_start();
        if (result == CUDA_SUCCESS) result = cusim_observers_start();
        if (result == CUDA_SUCCESS) atomic_store_explicit(&ready, true, memory_order_release);
    }
    pthread_mutex_unlock(&init_lock);
    return result;
}

CUSIM_EXPORT CUresult cuDriverGetVersion(int *version) {
    if (!version) return CUDA_ERROR_INVALID_VALUE;
    *version = cusim_driver_version();
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuDeviceGet(CUdevice *device, int ordinal) {
    CUSIM_TRY(cusim_ready());
    if (!device) return CUDA_ERROR_INVALID_VALUE;
    if (!cusim_device_exists(ordinal)) return CUDA_ERROR_INVALID_DEVICE;
    *device = ordinal;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuDeviceGetCount(int *count) {
    CUSIM_TRY(cusim_ready());
    if (!count) return CUDA_ERROR_INVALID_VALUE;
    *count = settings.n_devices;
    return CUDA_SUCCESS;
}

/* What nearly all calls on devices begin with. */
static CUresult check(const void *out, CUdevice device) {
    CUSIM_TRY(cusim_ready());
    if (!out) return CUDA_ERROR_INVALID_VALUE;
    return cusim_device_exists(device) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
}

CUSIM_EXPORT CUresult cuDeviceGetName(char *name, int length, CUdevice device) {
    CUSIM_TRY(check(name, device));
    if (length <= 0) return CUDA_ERROR_INVALID_VALUE;
    (void)snprintf(name, (size_t)length, "cusim software device (%d thread%s)", settings.threads,
                   settings.threads == 1 ? "" : "s");
    return CUDA_SUCCESS;
}

static CUresult uuid(CUuuid *id, CUdevice device) {
    CUSIM_TRY(check(id, device));
    memcpy(id->bytes, "cusim software ", 15);
    id->bytes[15] = (char)device;
    return CUDA_SUCCESS;
}
CUSIM_EXPORT CUresult cuDeviceGetUuid_v2(CUuuid *id, CUdevice device) { return uuid(id, device); }
CUSIM_EXPORT CUresult cuDeviceGetUuid(CUuuid *id, CUdevice device) { return uuid(id, device); }

CUSIM_EXPORT CUresult cuDeviceTotalMem_v2(size_t *bytes, CUdevice device) {
    CUSIM_TRY(check(bytes, device));
    *bytes = cusim_memory_total(device);
    return CUDA_SUCCESS;
}
CUSIM_EXPORT CUresult cuDeviceTotalMem(unsigned int *bytes, CUdevice device) {
    CUSIM_TRY(check(bytes, device));
    size_t total = cusim_memory_total(device);
    *bytes = total > UINT32_MAX ? UINT32_MAX : (unsigned)total;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuDeviceComputeCapability(int *major, int *minor, CUdevice device) {
    CUSIM_TRY(check(major, device));
    if (!minor) return CUDA_ERROR_INVALID_VALUE;
    *major = settings.cc / 10;
    *minor = settings.cc % 10;
    return CUDA_SUCCESS;
}

/* Attributes with one value for all compute capabilities; those left out are 0. */
static const int
    attribute_values[CU_DEVICE_ATTRIBUTE_ONLY_PARTIAL_HOST_NATIVE_ATOMIC_SUPPORTED + 1] = {
        [CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_BLOCK] = CUSIM_MAX_THREADS,
        [CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_X] = 1024,
        [CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Y] = 1024,
        [CU_DEVICE_ATTRIBUTE_MAX_BLOCK_DIM_Z] = 64,
        [CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_X] = INT32_MAX,
        [CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Y] = 65535,
        [CU_DEVICE_ATTRIBUTE_MAX_GRID_DIM_Z] = 65535,
        [CU_DEVICE_ATTRIBUTE_TOTAL_CONSTANT_MEMORY] = 65536,
        [CU_DEVICE_ATTRIBUTE_WARP_SIZE] = CUSIM_LANES,
        [CU_DEVICE_ATTRIBUTE_MAX_PITCH] = INT32_MAX,
        [CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_BLOCK] = 65536,
        [CU_DEVICE_ATTRIBUTE_CLOCK_RATE] = 1000000,
        [CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT] = 512,
        [CU_DEVICE_ATTRIBUTE_GPU_OVERLAP] = 1,
        [CU_DEVICE_ATTRIBUTE_INTEGRATED] = 0,
        [CU_DEVICE_ATTRIBUTE_CAN_MAP_HOST_MEMORY] = 1,
        [CU_DEVICE_ATTRIBUTE_SURFACE_ALIGNMENT] = 512,
        [CU_DEVICE_ATTRIBUTE_CONCURRENT_KERNELS] = 1,
        [CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE] = 1000000,
        [CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH] = 64,
        [CU_DEVICE_ATTRIBUTE_L2_CACHE_SIZE] = 4 << 20,
        [CU_DEVICE_ATTRIBUTE_ASYNC_ENGINE_COUNT] = 2,
        [CU_DEVICE_ATTRIBUTE_UNIFIED_ADDRESSING] = 1,
        [CU_DEVICE_ATTRIBUTE_TEXTURE_PITCH_ALIGNMENT] = 32,
        [CU_DEVICE_ATTRIBUTE_STREAM_PRIORITIES_SUPPORTED] = 1,
        [CU_DEVICE_ATTRIBUTE_GLOBAL_L1_CACHE_SUPPORTED] = 1,
        [CU_DEVICE_ATTRIBUTE_LOCAL_L1_CACHE_SUPPORTED] = 1,
        [CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR] = CUSIM_REGISTERS_PER_SM,
        [CU_DEVICE_ATTRIBUTE_MANAGED_MEMORY] = 1,
        [CU_DEVICE_ATTRIBUTE_HOST_NATIVE_ATOMIC_SUPPORTED] = 1,
        [CU_DEVICE_ATTRIBUTE_SINGLE_TO_DOUBLE_PRECISION_PERF_RATIO] = 2,
        [CU_DEVICE_ATTRIBUTE_CONCURRENT_MANAGED_ACCESS] = 1,
        [CU_DEVICE_ATTRIBUTE_COMPUTE_PREEMPTION_SUPPORTED] = 1,
        [CU_DEVICE_ATTRIBUTE_CAN_USE_HOST_POINTER_FOR_REGISTERED_MEM] = 1,
        [CU_DEVICE_ATTRIBUTE_COOPERATIVE_LAUNCH] = 1,
        [CU_DEVICE_ATTRIBUTE_HOST_REGISTER_SUPPORTED] = 1,
        [CU_DEVICE_ATTRIBUTE_READ_ONLY_HOST_REGISTER_SUPPORTED] = 1,
        [CU_DEVICE_ATTRIBUTE_MEMORY_POOLS_SUPPORTED] = 1,
        [CU_DEVICE_ATTRIBUTE_MEM_SYNC_DOMAIN_COUNT] = 1,
        [CU_DEVICE_ATTRIBUTE_NUMA_ID] = -1,
        [CU_DEVICE_ATTRIBUTE_HOST_NUMA_ID] = -1,
};

static int attribute_value(CUdevice_attribute attribute, CUdevice device) {
    switch (attribute) {
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK: return limits->shared_per_block;
    case CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT: return settings.sms;
    case CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR: return limits->threads_per_sm;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR: return settings.cc / 10;
    case CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR: return settings.cc % 10;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_MULTIPROCESSOR: return limits->shared_per_sm;
    case CU_DEVICE_ATTRIBUTE_MAX_SHARED_MEMORY_PER_BLOCK_OPTIN:
        return limits->shared_per_block_optin;
    case CU_DEVICE_ATTRIBUTE_MAX_BLOCKS_PER_MULTIPROCESSOR: return limits->blocks_per_sm;
    case CU_DEVICE_ATTRIBUTE_RESERVED_SHARED_MEMORY_PER_BLOCK: return limits->shared_reserved;
    case CU_DEVICE_ATTRIBUTE_PCI_BUS_ID: return device;
    case CU_DEVICE_ATTRIBUTE_MULTI_GPU_BOARD_GROUP_ID: return device;
    default: return attribute_values[attribute];
    }
}

CUSIM_EXPORT CUresult cuDeviceGetAttribute(int *value, CUdevice_attribute attribute,
                                           CUdevice device) {
    CUSIM_TRY(cusim_ready());
    if (!value || (int)attribute < 1 || (size_t)attribute >= CUSIM_COUNT(attribute_values))
        return CUDA_ERROR_INVALID_VALUE;
    if (!cusim_device_exists(device)) return CUDA_ERROR_INVALID_DEVICE;
    *value = attribute_value(attribute, device);
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuDeviceGetProperties(CUdevprop *properties, CUdevice device) {
    CUSIM_TRY(check(properties, device));
    *properties = (CUdevprop){
        .maxThreadsPerBlock = CUSIM_MAX_THREADS,
        .maxThreadsDim = {1024, 1024, 64},
        .maxGridSize = {INT32_MAX, 65535, 65535},
        .sharedMemPerBlock = limits->shared_per_block,
        .totalConstantMemory = 65536,
        .SIMDWidth = CUSIM_LANES,
        .memPitch = INT32_MAX,
        .regsPerBlock = CUSIM_REGISTERS_PER_SM,
        .clockRate = attribute_values[CU_DEVICE_ATTRIBUTE_CLOCK_RATE],
        .textureAlign = attribute_values[CU_DEVICE_ATTRIBUTE_TEXTURE_ALIGNMENT],
    };
    return CUDA_SUCCESS;
}

/* "[domain]:[bus]:[device].[function]", all hexadecimal; the domain and function may be left out.
 * */
CUSIM_EXPORT CUresult cuDeviceGetByPCIBusId(CUdevice *device, const char *id) {
    CUSIM_TRY(cusim_ready());
    if (!device || !id) return CUDA_ERROR_INVALID_VALUE;
    unsigned domain = 0, bus, slot, function = 0;
    int end = 0;
    bool ok = (sscanf(id, "%x:%x:%x.%x%n", &domain, &bus, &slot, &function, &end) == 4 ||
               (domain = 0, sscanf(id, "%x:%x.%x%n", &bus, &slot, &function, &end) == 3)) &&
              !id[end];
    if (!ok) return CUDA_ERROR_INVALID_VALUE;
    if (domain || slot || function || bus >= (unsigned)settings.n_devices)
        return CUDA_ERROR_INVALID_DEVICE;
    *device = (CUdevice)bus;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuDeviceGetPCIBusId(char *id, int length, CUdevice device) {
    CUSIM_TRY(check(id, device));
    if (length <= 0) return CUDA_ERROR_INVALID_VALUE;
    (void)snprintf(id, (size_t)length, "0000:%02x:00.0", (unsigned)device);
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuDeviceCanAccessPeer(int *can, CUdevice device, CUdevice peer) {
    CUSIM_TRY(check(can, device));
    if (!cusim_device_exists(peer)) return CUDA_ERROR_INVALID_DEVICE;
    *can = device != peer;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuDeviceGetP2PAttribute(int *value, CUdevice_P2PAttribute attribute,
                                              CUdevice device, CUdevice peer) {
    CUSIM_TRY(check(value, device));
    if (!cusim_device_exists(peer)) return CUDA_ERROR_INVALID_DEVICE;
    if (device == peer) return CUDA_ERROR_INVALID_DEVICE;
    switch (attribute) {
    case CU_DEVICE_P2P_ATTRIBUTE_PERFORMANCE_RANK: *value = 0; break;
    case CU_DEVICE_P2P_ATTRIBUTE_ACCESS_SUPPORTED:
    case CU_DEVICE_P2P_ATTRIBUTE_NATIVE_ATOMIC_SUPPORTED: *value = 1; break;
    case CU_DEVICE_P2P_ATTRIBUTE_CUDA_ARRAY_ACCESS_SUPPORTED:
    case CU_DEVICE_P2P_ATTRIBUTE_ONLY_PARTIAL_NATIVE_ATOMIC_SUPPORTED: *value = 0; break;
    default: return CUDA_ERROR_INVALID_VALUE;
    }
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuDeviceGetExecAffinitySupport(int *supported, CUexecAffinityType type,
                                                     CUdevice device) {
    CUSIM_TRY(check(supported, device));
    if (type != CU_EXEC_AFFINITY_TYPE_SM_COUNT) return CUDA_ERROR_INVALID_VALUE;
    *supported = 0;
    return CUDA_SUCCESS;
}
