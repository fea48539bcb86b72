// SPDX-License-Identifier: MIT
/* driver.h - what the files of common/cuda share about the driver, and recipes do not see. */
#ifndef HC_CUDA_DRIVER_H
#define HC_CUDA_DRIVER_H
#include <stdbool.h>

typedef enum { DRIVER_NONE, DRIVER_REAL, DRIVER_SIM } HcDriver;

/* hc_driver_use - make this driver the process's and start it; NONE: the real one if it has a
 * device, else cusim. hc_driver_is - is it that now?
 *   errors  HC_SKIP: it is not there, has no device, or the process has the other one; HC_ERROR: it
 *           is there, and does not work */
int hc_driver_use(HcDriver wanted);
bool hc_driver_is(HcDriver driver);

void hc_driver_forget(void); /* in a child of fork(): begin anew, without a driver */

/* hc_driver_explained - did the last call on this thread fail with code before it got to a driver?
 * The reason is the last error then, and *status the exit code. */
bool hc_driver_explained(int code, int *status);

/* Why the real driver cannot be had, by what this machine shows, with the remedy: its library was
 * not found (absent), was found but not loaded (reason is the loader's), or cuInit gave a code.
 *   returns  the exit code; the reason is the last error */
int hc_driver_absent(void);
int hc_driver_unloadable(const char *reason);
int hc_driver_fails(int code);

/* A layer between program and driver, as OpenCL's loader has them: a library that exports this
 * function as hc_cuda_layer. It gets each call's symbol ("cuMemAlloc_v2") and function, and returns
 * what is to be called instead: next itself, or its own with the same arguments. HC_CUDA_LAYERS
 * names libraries, split by ':', the one next to the driver first. */
typedef void *HcCudaLayer(const char *symbol, void *next);

/* hc_driver_layered - function, with the layers of this process before it: NVRTC's calls go through
 * the same ones. */
void *hc_driver_layered(const char *symbol, void *function);

#endif
