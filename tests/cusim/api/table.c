// SPDX-License-Identifier: MIT
/* table.c - every call of hc_cuda_api.def is exported, and cuGetProcAddress finds the right form.
 *   table PATH_OF_LIBCUDA */
#define __CUDA_API_VERSION_INTERNAL /* the names as the library has them */
#include <cuda.h>
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

typedef CUresult GetProcAddress(const char *, void **, int, cuuint64_t,
                                CUdriverProcAddressQueryResult *);
static GetProcAddress *look_up;
static void *library;
static int failures;

static const struct {
    const char *name, *symbol;
    int since;
} calls[] = {
#define HC_CU(name, suffix, since, parameters, arguments) {#name, #name #suffix, since},
#define HC_CU_OTHER HC_CU
#include <hc_cuda_api.def>
};
enum { N = sizeof calls / sizeof calls[0] };

static void fail(const char *what, const char *name, int version) {
    fprintf(stderr, "%s: %s at %d\n", what, name, version);
    failures++;
}

/* What a program of a version must get: the newest form that is not newer. */
static const char *form_of(const char *name, int version) {
    const char *symbol = NULL;
    int newest = 0;
    for (int i = 0; i < N; i++)
        if (!strcmp(calls[i].name, name) && calls[i].since <= version && calls[i].since >= newest) {
            newest = calls[i].since;
            symbol = calls[i].symbol;
        }
    return symbol;
}

int main(int argc, char **argv) {
    library = argc > 1 ? dlopen(argv[1], RTLD_NOW | RTLD_LOCAL) : NULL;
    if (!library) {
        fprintf(stderr, "%s\n", argc > 1 ? dlerror() : "usage: table PATH_OF_LIBCUDA");
        return 2;
    }
    for (int i = 0; i < N; i++)
        if (!dlsym(library, calls[i].symbol)) fail("not exported", calls[i].symbol, 0);
    void *symbol = dlsym(library, "cuGetProcAddress_v2");
    void *get_version = dlsym(library, "cuDriverGetVersion");
    if (!symbol || !get_version) return 1;
    memcpy(&look_up, &symbol, sizeof symbol);
    CUresult (*version_of)(int *);
    memcpy(&version_of, &get_version, sizeof get_version);
    int driver = 0;
    if (version_of(&driver) != CUDA_SUCCESS) return 1;

    for (int i = 0; i < N; i++) {
        int versions[] = {calls[i].since - 10, calls[i].since, calls[i].since + 10, 12000, driver};
        for (unsigned v = 0; v < sizeof versions / sizeof versions[0]; v++) {
            int version = versions[v];
            if (version > driver) continue;
            void *got = (void *)1;
            CUdriverProcAddressQueryResult why = (CUdriverProcAddressQueryResult)9;
            const char *want = form_of(calls[i].name, version);
            if (look_up(calls[i].name, &got, version, CU_GET_PROC_ADDRESS_DEFAULT, &why))
                fail("an error", calls[i].name, version);
            if (got != (want ? dlsym(library, want) : NULL))
                fail("wrong form", calls[i].name, version);
            if (why !=
                (want ? CU_GET_PROC_ADDRESS_SUCCESS : CU_GET_PROC_ADDRESS_VERSION_NOT_SUFFICIENT))
                fail("wrong reason", calls[i].name, version);
        }
    }
    void *got = (void *)1;
    CUdriverProcAddressQueryResult why;
    if (look_up("cuNoSuchCall", &got, 12000, 0, &why) || got ||
        why != CU_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND)
        fail("invented name", "cuNoSuchCall", 12000);
    if (look_up("cuMemAlloc_v2", &got, 12000, 0, &why) || got) /* names are given without suffix */
        fail("name with suffix", "cuMemAlloc_v2", 12000);
    if (look_up("cuInit", &got, 12000, 0, NULL) || got != dlsym(library, "cuInit"))
        fail("without reason", "cuInit", 12000);
    if (look_up("cuInit", &got, 12000, 4, NULL) != CUDA_ERROR_INVALID_VALUE ||
        look_up(NULL, &got, 12000, 0, NULL) != CUDA_ERROR_INVALID_VALUE ||
        look_up("cuInit", NULL, 12000, 0, NULL) != CUDA_ERROR_INVALID_VALUE ||
        look_up("cuInit", &got, driver + 10, 0, NULL) != CUDA_ERROR_INVALID_VALUE)
        fail("bad arguments", "cuInit", 12000);
    printf("%d calls\n", N);
    return failures != 0;
}
