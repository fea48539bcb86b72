// SPDX-License-Identifier: MIT
/* load.c - a program that loads libcuda.so.1 when it runs, as many do, and prints the device's
 * name. */
#include <cuda.h>
#include <dlfcn.h>
#include <stdio.h>

typedef CUresult Init(unsigned flags);
typedef CUresult DeviceGet(CUdevice *device, int ordinal);
typedef CUresult DeviceGetName(char *name, int bytes, CUdevice device);

/* ISO C has no cast from void * to a function; POSIX promises that this works. */
#define LOAD(function, name) (*(void **)&(function) = dlsym(library, name))

int main(void) {
    void *library = dlopen("libcuda.so.1", RTLD_NOW);
    if (!library) {
        fprintf(stderr, "%s\n", dlerror());
        return 3;
    }
    Init *init;
    DeviceGet *get;
    DeviceGetName *get_name;
    LOAD(init, "cuInit");
    LOAD(get, "cuDeviceGet");
    LOAD(get_name, "cuDeviceGetName");
    CUdevice device;
    char name[256];
    if (!init || !get || !get_name || init(0) || get(&device, 0) ||
        get_name(name, sizeof name, device))
        return 3;
    puts(name);
    return 0;
}
