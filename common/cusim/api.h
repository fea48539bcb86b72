// SPDX-License-Identifier: MIT
/* api.h - what the files api_*.c share: devices, contexts, modules, and how a call begins.
 *
 * A program holds handles (CUcontext, CUstream, ...). Here they are numbers that a table turns into
 * objects; the number of a freed object is not given out again for a million allocations, so that a
 * stale or invented handle is an error and never a crash.
 *
 * Every call begins with one of
 *   CUSIM_TRY(cusim_ready());            calls that need no context
 *   CUSIM_TRY(cusim_current(&context));  calls that do: there is one, it lives, no kernel of it has
 *                                        failed
 * Exported functions are never called from inside; what two of them share is a cusim_ function. */
#ifndef CUSIM_API_H
#define CUSIM_API_H

#include <pthread.h>

#include "device.h"

#define CUSIM_TRY(call)                                                                            \
    do {                                                                                           \
        CUresult result_ = (call);                                                                 \
        if (result_ != CUDA_SUCCESS) return result_;                                               \
    } while (0)
/* The functions that libcuda.so.1 exports; all else is hidden. */
#define CUSIM_EXPORT __attribute__((visibility("default")))
/* Number of elements of an array. */
#define CUSIM_COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { CUSIM_MAX_DEVICES = 8 };

typedef struct CusimContext CusimContext;
typedef struct CusimModule CusimModule;
typedef struct CusimKernel CusimKernel;
typedef struct CusimStream CusimStream;
typedef struct CusimEvent CusimEvent;
typedef struct CusimPool CusimPool;
typedef struct CusimTransfer CusimTransfer;

/* ---- api_handle.c ---- */
typedef enum {
    CUSIM_HANDLE_CONTEXT = 1,
    CUSIM_HANDLE_MODULE,
    CUSIM_HANDLE_KERNEL, /* CUfunction */
    CUSIM_HANDLE_STREAM,
    CUSIM_HANDLE_EVENT,
    CUSIM_HANDLE_POOL,
    CUSIM_HANDLE_LINK,
    CUSIM_HANDLE_LIBRARY,
    CUSIM_HANDLE_LIBRARY_KERNEL /* CUkernel */
} CusimHandleKind;

void *cusim_handle_new(CusimHandleKind kind, void *object);        /* NULL: out of memory */
void *cusim_handle_get(CusimHandleKind kind, const void *handle);  /* NULL: no such object */
void *cusim_handle_drop(CusimHandleKind kind, const void *handle); /* the object, once */

/* ---- api_device.c: start, settings, devices ---- */
typedef struct {
    int n_devices;
    int cc;             /* 86 for 8.6 */
    int sms;            /* multiprocessors, as told to programs */
    int threads;        /* that execute */
    int driver_version; /* 13000 */
    bool in_order;      /* CUSIM_SCHEDULE=inorder, or one thread */
} CusimSettings;
const CusimSettings *cusim_settings(void); /* read by cuInit */
int cusim_driver_version(void);            /* also before */

CUresult cusim_ready(void);
bool cusim_is_forked(void); /* this process is a child of the one that called cuInit */

/* Limits of a compute capability that launches and occupancy depend on. */
typedef struct {
    int cc;
    int threads_per_sm, blocks_per_sm;
    int shared_per_sm, shared_per_block, shared_per_block_optin, shared_reserved; /* bytes */
    int shared_unit; /* bytes in which shared memory is given out */
} CusimLimits;
const CusimLimits *cusim_limits(void);
bool cusim_device_exists(int device);
enum { CUSIM_REGISTERS_PER_SM = 65536, CUSIM_MAX_THREADS = 1024, CUSIM_MAX_PARAM_BYTES = 4096 };

/* ---- api_context.c ---- */
struct CusimContext {
    CUcontext handle;
    uint64_t id;
    int device;
    unsigned flags;
    bool primary;
    bool active;       /* primary contexts come and go; the others end by losing their handle */
    int uses;          /* retains of a primary context, attachments of another */
    _Atomic int error; /* CUresult of the kernel that failed: every later call answers it */
    size_t limit[10];  /* by CUlimit; that of the heap is in heap */
    unsigned builtins; /* 1 << CusimBuiltin of what kernels that were launched may call */
    CusimHeap heap;
    int cache_config, shared_config;
    bool peer[CUSIM_MAX_DEVICES];
    unsigned api_version;
    CusimStream *legacy;  /* stream 0 */
    CusimStream *streams; /* all of them, the legacy stream too: stream.c's list */
    CusimModule *modules; /* list */
    CusimEvent *events;   /* list */
    pthread_mutex_t lock; /* of modules, events, limits */
    CusimContext *next;   /* list of all there ever were: api_context.c */
};

CUresult cusim_current(CusimContext **context);
/* The same, but a context whose kernel has failed is let through: for freeing and asking. */
CUresult cusim_current_even_failed(CusimContext **context);
CusimContext *cusim_context_primary(int device); /* NULL while it is not active */
CUresult cusim_context_of(CUcontext handle, CusimContext **context);

/* ---- api_stream.c ---- */
/* A stream handle, also NULL, CU_STREAM_LEGACY and CU_STREAM_PER_THREAD, to a stream. Fails as
 * cusim_current() does, and with INVALID_HANDLE; context (may be NULL) is the stream's. */
CUresult cusim_stream_of(CUstream handle, CusimStream **stream, CusimContext **context);

/* ---- api_event.c ---- */
void cusim_events_destroy(CusimContext *context); /* all of a context that ends */

/* ---- api_memory.c, api_pool.c ---- */
void cusim_pools_destroy(CusimContext *context);
bool cusim_pool_of(uint64_t address, CUmemoryPool *pool);
/* Frees memory that is from a pool, or whose free a stream has got to; false: it is neither. */
bool cusim_pool_free(uint64_t address);

/* ---- api_copy.c ---- */
void cusim_transfer_run(const CusimTransfer *transfer);

/* ---- api_module.c ---- */
struct CusimModule {
    CUmodule handle;
    CusimContext *context;
    CusimProgram *program;
    CusimKernel *kernels; /* list: those that were asked for */
    CusimModule *next;
};

struct CusimKernel {
    CUfunction handle;
    CusimModule *module;
    CusimCode *code;
    int registers;   /* estimate: virtual registers of the PTX, at most 255 */
    int max_threads; /* per block: .maxntid, .reqntid, or 1024 */
    int max_dynamic; /* bytes of dynamic shared memory that a launch may ask for */
    int carveout;    /* CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT */
    unsigned legacy_block[3], legacy_shared, legacy_bytes; /* cuFuncSetBlockShape and its like */
    uint8_t *legacy_params;                                /* CUSIM_MAX_PARAM_BYTES, or NULL */
    CusimKernel *next;
};

typedef struct {
    unsigned n;
    const CUjit_option *option;
    void **value;
} CusimJitOptions;

CUresult cusim_module_load(CusimContext *context, const char *const *images, const size_t *bytes,
                           size_t n, const CusimJitOptions *options, CusimModule **module);
CUresult cusim_module_kernel(CusimModule *module, const char *name, CusimKernel **kernel);
CUresult cusim_module_global(CusimModule *module, const char *name, CUdeviceptr *address,
                             size_t *bytes);
void cusim_module_free(CusimModule *module); /* already off its context's list */
CUresult cusim_module_unload(CUmodule handle);
void cusim_modules_destroy(CusimContext *context);
/* Reads a whole file, with a final 0 that is not counted. free() it. */
CUresult cusim_read_file(const char *path, char **text, size_t *bytes);
bool cusim_jit_options_ok(const CusimJitOptions *options);
/* Write text into the error log that the options name, as far as it goes. */
void cusim_jit_log(const CusimJitOptions *options, const char *text);

/* ---- api_library.c ---- */
/* A CUfunction, or a CUkernel in its place, to the kernel of the current context. */
CUresult cusim_kernel_of(CusimContext *context, CUfunction function, CusimKernel **kernel);

/* ---- api_function.c ---- */
CUresult cusim_kernel_attribute(const CusimKernel *kernel, CUfunction_attribute attribute,
                                int *value);
CUresult cusim_kernel_set_attribute(CusimKernel *kernel, CUfunction_attribute attribute, int value);

/* Blocks of this shape that a multiprocessor holds at once; 0: it cannot be launched. */
int cusim_occupancy(const CusimKernel *kernel, uint64_t threads, uint64_t dynamic_bytes);

/* ---- api_table.c ---- */
CUresult cusim_not_supported(const char *name, _Atomic int *told);
#endif
