// SPDX-License-Identifier: MIT
/* device.h - the parts of the software device that its files share: memory, programs, launches.
 *
 *   api_*.c  ->  stream.c  ->  launch.c  ->  block.c  ->  exec.c  ->  exec_*.c
 *                memory.c      program.c (ptx_*.c, decode.c, cfg.c)
 *
 * Errors inside are CUresult, as outside. */
#ifndef CUSIM_DEVICE_H
#define CUSIM_DEVICE_H

#ifndef __CUDA_API_VERSION_INTERNAL
#define __CUDA_API_VERSION_INTERNAL
#endif
#include <cuda.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "code.h"

/* ---- report.c: what the device says, on stderr, each line beginning with "cusim: " ---- */
void cusim_report(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A CUSIM_ variable as a number within [least, most], else otherwise; nonsense is reported once. */
long cusim_env_long(const char *name, long otherwise, long least, long most);
const char *cusim_env(const char *name); /* NULL if unset or empty */

/* ---- memory.c: device memory, and host memory that the device sees ----
 *
 * Device memory is a range of addresses that the host cannot touch (PROT_NONE); the same pages are
 * mapped a second time elsewhere, and host address = device address + shift. Host memory that is
 * pinned, registered or managed has shift 0. */
typedef enum {
    CUSIM_MEM_DEVICE,
    CUSIM_MEM_PINNED,
    CUSIM_MEM_REGISTERED,
    CUSIM_MEM_MANAGED,
    CUSIM_MEM_GLOBAL, /* a module's .global or .const variable */
    CUSIM_MEM_INTERNAL
} CusimMemKind;

/* Where a device address lies: [base, base + bytes) is one living allocation. */
typedef struct {
    uint64_t base;
    uint64_t bytes; /* 0: nothing there */
    int64_t shift;  /* add to a device address to get the host's */
    bool read_only; /* .const variables */
} CusimWindow;

typedef struct {
    CusimMemKind kind;
    uint64_t base, bytes; /* bytes as asked for */
    void *host;           /* the host's own address (pinned, registered, managed), else NULL */
    uint64_t number;      /* 1, 2, ... in the order of the cuMem* calls; others: from 2^32 on */
    void *owner;          /* the context, as given */
    int device;
    const char *call; /* "cuMemAlloc", or a variable's name for CUSIM_MEM_GLOBAL */
    bool freed;       /* cusim_memory_describe only: it was there once */
} CusimAllocation;

CUresult cusim_memory_start(void); /* maps the arena, CUSIM_MEMORY bytes; once */
size_t cusim_memory_total(int device);
size_t cusim_memory_free_bytes(int device);
/* align: a power of two, at least 256 is used. CUDA_ERROR_OUT_OF_MEMORY, INVALID_VALUE for 0 bytes.
 * host: registered memory only, else NULL. *base is the device address. */
CUresult cusim_memory_alloc(CusimMemKind kind, size_t bytes, size_t align, int device, void *owner,
                            const char *call, void *host, uint64_t *base);
CUresult cusim_memory_release(uint64_t base, CusimMemKind kind); /* INVALID_VALUE: no such start */
void cusim_memory_release_owner(void *owner);                    /* all that a context has */
/* The living allocation that holds address; false: none. Takes no lock that a kernel's thread could
 * hold: called on a window miss by many threads at once. */
bool cusim_memory_find(uint64_t address, CusimWindow *window);
/* The same with all that is known; also of freed memory, and for an address outside of everything
 * the nearest allocation: -1 below it, 0 inside, 1 past its end; -2: there are none. */
int cusim_memory_describe(uint64_t address, CusimAllocation *allocation);
/* Host pointer for n bytes at a device address, or NULL if they do not lie in one allocation. A
 * plain host pointer (not pinned) is not found here. */
void *cusim_memory_host(uint64_t address, size_t n);
/* From now on kernels may only read the allocation that begins at base: a .const variable. */
void cusim_memory_protect(uint64_t base);
/* Grows with every alloc and release: cached windows of an older epoch are void. */
extern _Atomic uint64_t cusim_memory_epoch;
/* One allocation after the other, in address order; true while there is one. Start with 0. */
bool cusim_memory_next(uint64_t after, CusimAllocation *allocation);

/* Generic addresses: the top byte tells the space. */
#define CUSIM_SHARED_WINDOW 0x0100000000000000ull
#define CUSIM_LOCAL_WINDOW 0x0200000000000000ull
#define CUSIM_PARAM_WINDOW 0x0300000000000000ull
#define CUSIM_WINDOW_MASK 0xff00000000000000ull

/* Says what is wrong with a range that the host named in a call. memory_fault.c */
void cusim_report_bad_range(uint64_t address, uint64_t bytes);

/* ---- program.c: a loaded module ---- */
typedef struct CusimProgram CusimProgram;
struct CusimProgram {
    CusimPtxModule *module;
    CusimCode *codes; /* of all functions with a body */
    void *owner;      /* context */
    int device;
    unsigned builtins;        /* 1 << CusimBuiltin of the device's functions that its code calls */
    CusimPtxModule **modules; /* all that were linked; module is the first */
    uint32_t n_modules;
    CusimFunction **function; /* a function's address is CUSIM_FUNCTION_TAG + its index here */
    uint32_t n_functions;
};
#define CUSIM_FUNCTION_TAG 0x0400000000000000ull
/* cusim_program_load - parse, place variables in device memory, decode.
 *   errors  INVALID_PTX, UNSUPPORTED_PTX_VERSION, INVALID_IMAGE, NO_BINARY_FOR_GPU (a cubin),
 *           OUT_OF_MEMORY; log as cusim_ptx_parse
 * image_bytes 0: text that ends with a 0. */
CUresult cusim_program_load(const char *const *images, const size_t *image_bytes, size_t n_images,
                            int device, void *owner, char *log, size_t log_bytes,
                            CusimProgram **program);
void cusim_program_free(CusimProgram *program);
CusimCode *cusim_program_entry(CusimProgram *program, const char *name);
CusimVariable *cusim_program_global(CusimProgram *program, const char *name); /* address, bytes */

/* ---- launch.c: a grid of blocks ---- */
typedef struct CusimWorker CusimWorker;
typedef struct CusimLaunch CusimLaunch;

/* The first failure of a launch: what the API returns, and what is printed. */
typedef struct {
    CUresult code;
    char text[2048];
} CusimFailure;

/* What malloc in kernels may give out, all in all, and has given out. calls.c */
typedef struct {
    size_t limit;
    _Atomic size_t used;
} CusimHeap;

struct CusimLaunch {
    CusimCode *code;
    void *context; /* as the API has it; not looked into here */
    int device;
    uint32_t grid[3], block[3];
    uint32_t dynamic_shared_bytes;
    bool cooperative;
    CusimHeap *heap;
    uint32_t stack_bytes; /* of each thread, for functions that a kernel calls */
    uint8_t *params;      /* code->param_bytes, 64-byte aligned */
    uint64_t id;          /* %gridid: 1, 2, ... */
    uint64_t workspace;   /* device address of 64 zeroed bytes for a grid barrier; 0: none yet */
    uint64_t n_blocks;
    uint32_t max_resident; /* blocks that a device holds at once, from occupancy; at least 1 */
    _Atomic uint64_t next; /* the next block that nobody has begun */
    _Atomic uint64_t finished;
    uint64_t ends_at_ns;  /* CUSIM_TIMEOUT; 0: never */
    _Atomic bool stop;    /* a lane has failed: begin nothing more, end soon */
    CusimFailure failure; /* written once, by the thread that set stop */
    _Atomic int failure_set;
    struct CusimLaunchState *state; /* launch.c's own */
    struct CusimLaunchStats *stats; /* observers' own */
};

/* Once, before the first launch. sms: as many as the device has. */
void cusim_launch_start(bool one_after_the_other, uint32_t sms);
/* cusim_launch_begin - check nothing, prepare everything (id, workspace, n_blocks, observers). */
CUresult cusim_launch_begin(CusimLaunch *launch);
/* cusim_launch_work - called by any number of threads at once, each with a worker of its own: runs
 * blocks until there is none left to begin and those that this thread began are finished. With
 * CUSIM_SCHEDULE=inorder one thread runs all blocks in order and others return at once. Returns
 * true to exactly one caller: the one after whom all blocks are finished. */
bool cusim_launch_work(CusimLaunch *launch, CusimWorker *worker);
void cusim_launch_end(CusimLaunch *launch); /* frees state; tells observers; prints the failure */

/* A worker is what a thread needs to run blocks: caches and spare blocks. Not shared. */
CusimWorker *cusim_worker_new(int index);
void cusim_worker_free(CusimWorker *worker);

struct CusimWorker {
    int index;
    uint64_t epoch;         /* of the cached windows */
    CusimWindow window[64]; /* the last window hit, by instruction index modulo 64: exec_memory.c */
    struct CusimWorkerState *state; /* launch.c's own: spare blocks */
};

/* cusim_fault - a lane has failed. Records it if it is the launch's first, with kernel, PTX line,
 * source line, block and thread, followed by the text. Returns CUSIM_STOP. block.c */
int cusim_fault(CusimWarp *warp, const CusimInst *inst, int lane, CUresult code, const char *format,
                ...) __attribute__((format(printf, 5, 6)));

/* cusim_bad_access - the fault of a lane whose address no allocation holds (or is misaligned, or
 * read-only): the sentence says what lies near. exec_memory.c calls it; memory.c has it. kind:
 * "read" "write" "atomic". */
int cusim_bad_access(CusimWarp *warp, const CusimInst *inst, int lane, uint64_t address,
                     unsigned bytes, const char *kind);

/* ---- observer.c: those who watch. See observer.h ---- */
#endif
