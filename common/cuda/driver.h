// SPDX-License-Identifier: MIT
/* driver.h - what the files of common/cuda share and recipes do not see. */
#ifndef HC_CUDA_DRIVER_H
#define HC_CUDA_DRIVER_H
#include <stdbool.h>

/* The two drivers that a process may have one of. */
typedef enum { HC_DRIVER_NONE, HC_DRIVER_REAL, HC_DRIVER_SIM } HcDriver;

/* hc_driver_use - make this driver the process's, started by cuInit, unless it is already.
 *   errors  HC_SKIP: it is not there, has no device, or the process has the other one; HC_ERROR: it
 *           is there, but does not work. The error's code is what cuInit said, else 0. */
int hc_driver_use(HcDriver wanted);

/* hc_driver_is - is this the process's driver now? */
bool hc_driver_is(HcDriver driver);

/* hc_driver_forget - in a child of fork() only: begin anew, with no driver. */
void hc_driver_forget(void);

/* hc_driver_open - load the library of a driver, without calling it. other: the other driver is
 * mapped in this process already, under the same name. */
int hc_driver_open(HcDriver wanted, bool other, void **library);

/* hc_driver_explained - did the last call on this thread fail in the forwarder with this code, and
 * left the reason as the error? *status: the exit code to go with it. */
bool hc_driver_explained(int code, int *status);

/* Why the real driver cannot be had, by what this machine shows, with the remedy: its library was
 * not found (absent), was found but not loaded (reason is the loader's), or cuInit gave a code.
 *   returns  the exit code; the reason is the last error */
int hc_driver_absent(void);
int hc_driver_unloadable(const char *reason);
int hc_driver_fails(int code);

/* A layer between the program and the driver, as OpenCL's loader has them: a library named in
 * HC_CUDA_LAYERS (several split by ':'; the first is called first) that exports hc_cuda_layer. For each call
 * of the table, it gets the symbol ("cuMemAlloc_v2") and the function behind it, and returns what
 * the program shall call instead: next, or a function of its own with the same arguments. */
typedef void *HcCudaLayer(const char *symbol, void *next);

/* hc_driver_layered - function, with the layers of this process before it. NVRTC's calls go through
 * the same ones. */
void *hc_driver_layered(const char *symbol, void *function);

#endif
