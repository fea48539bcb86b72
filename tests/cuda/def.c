// SPDX-License-Identifier: MIT
/* The tables of CUDA calls, hc_cuda_api.def and hc_nvrtc_api.def, agree with themselves and the
 * headers. Compiling this file is half of the test: it makes a forwarder from every entry, as the
 * loader does, so that an argument list with a name too few or of another type is a warning or an
 * error. The other half checks what a compiler cannot see. No toolkit and no driver are needed. */
#include <stdio.h>
#include <string.h>

/* What cuda.h turns each name into, written down before the plain names are declared below. */
#include <cuda.h>
#include <nvrtc.h>

#define QUOTE_AS_IS(text) #text
#define QUOTE(text) QUOTE_AS_IS(text)

typedef struct {
    const char *name;     /* as a program writes it */
    const char *symbol;   /* as the table says the library calls it */
    const char *expanded; /* as cuda.h makes it; NULL for other forms */
    int since;
    const char *form; /* "" for the first, "_v2" for the second */
} Entry;

static const Entry entries[] = {
#define HC_CU(name, suffix, since, parameters, arguments)                                          \
    {#name, #name #suffix, QUOTE(name), since, #suffix},
#define HC_CU_OTHER(name, suffix, since, parameters, arguments)                                    \
    {#name, #name #suffix, NULL, since, #suffix},
#include "hc_cuda_api.def"
};

/* Forwarders to a driver in a table, as the loader has them. */
typedef struct {
// NOLINTNEXTLINE(bugprone-macro-parentheses): a list of parameters has its own
#define HC_CU(name, suffix, since, parameters, arguments) CUresult(*call_##name##suffix) parameters;
#define HC_CU_OTHER HC_CU
#include "hc_cuda_api.def"
// NOLINTNEXTLINE(bugprone-macro-parentheses)
#define HC_NVRTC(name, parameters, arguments) nvrtcResult(*call_##name) parameters;
#include "hc_nvrtc_api.def"
} Driver;
static Driver driver;

#define HC_CU(name, suffix, since, parameters, arguments)                                          \
    static CUresult forward_##name##suffix parameters {                                            \
        return driver.call_##name##suffix arguments;                                               \
    }
#define HC_CU_OTHER HC_CU
#include "hc_cuda_api.def"
#define HC_NVRTC(name, parameters, arguments)                                                      \
    static nvrtcResult forward_##name parameters { return driver.call_##name arguments; }
#include "hc_nvrtc_api.def"

/* A table of the forwarders, so that each one is used. */
static const Driver forwarders = {
#define HC_CU(name, suffix, since, parameters, arguments) forward_##name##suffix,
#define HC_CU_OTHER HC_CU
#include "hc_cuda_api.def"
#define HC_NVRTC(name, parameters, arguments) forward_##name,
#include "hc_nvrtc_api.def"
};

static int wrong;
static void check(int good, const char *symbol, const char *what) {
    if (good) return;
    printf("FAILED: %s: %s\n", symbol, what);
    wrong++;
}

/* A driver of one call, to see that a forwarder passes its arguments on, in order. */
static CUdeviceptr seen_address;
static unsigned char seen_value;
static size_t seen_n;
static CUresult memset_d8(CUdeviceptr address, unsigned char value, size_t n) {
    seen_address = address;
    seen_value = value;
    seen_n = n;
    return CUDA_ERROR_NOT_READY;
}

int main(void) {
    size_t n = sizeof entries / sizeof *entries;
    size_t current = 0;
    for (size_t i = 0; i < n; i++) {
        const Entry *e = &entries[i];
        if (e->expanded) {
            current++;
            check(!strcmp(e->symbol, e->expanded), e->symbol,
                  "cuda.h maps its name to another form");
            check(e->since <= CUDA_VERSION, e->symbol, "came after the fixed ABI");
        }
        check(e->since >= 2000 && e->since % 10 == 0, e->symbol, "its version is none");
        size_t fixed = 0;
        for (size_t k = 0; k < n; k++) {
            if (k != i) check(strcmp(e->symbol, entries[k].symbol) != 0, e->symbol, "stands twice");
            if (strcmp(e->name, entries[k].name) != 0) continue;
            fixed += entries[k].expanded != NULL;
            check(strcmp(e->form, entries[k].form) >= 0 || e->since < entries[k].since, e->symbol,
                  "an earlier form came later");
        }
        check(fixed == 1, e->symbol, "needs one entry of the fixed ABI");
    }
    driver.call_cuMemsetD8_v2 = memset_d8;
    CUresult result = forwarders.call_cuMemsetD8_v2(0x123456789abcdef0ull, 0xfe, 4097);
    check(result == CUDA_ERROR_NOT_READY && seen_address == 0x123456789abcdef0ull &&
              seen_value == 0xfe && seen_n == 4097,
          "cuMemsetD8_v2", "its forwarder changed the arguments or the result");
    printf("%zu calls of the fixed ABI, %zu other forms, %d wrong\n", current, n - current, wrong);
    return wrong ? 1 : 0;
}
