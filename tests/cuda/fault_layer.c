// SPDX-License-Identifier: MIT
/* fault_layer.c - a library between a program and its CUDA driver (HC_CUDA_LAYERS) that makes one
 * chosen call fail, so that every error can be had on any machine.
 *   FAULT_CALL=cuMemAlloc_v2:2:2         the second cuMemAlloc_v2 returns 2, out of memory
 *   FAULT_CALL=cuCtxSynchronize:1:exit   the first one calls exit(1)
 *   FAULT_CALL=count                     nothing fails
 * At the end it prints on stderr how often each call was made.
 */
#define __CUDA_API_VERSION_INTERNAL
#include <cuda.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "driver.h"

enum {
#define HC_CU(name, suffix, since, parameters, arguments) CALL_##name##suffix,
#define HC_CU_OTHER HC_CU
#include <hc_cuda_api.def>
    CALLS
};
static const char *const symbols[CALLS] = {
#define HC_CU(name, suffix, since, parameters, arguments) #name #suffix,
#define HC_CU_OTHER HC_CU
#include <hc_cuda_api.def>
};
static void *next[CALLS];
static unsigned counts[CALLS];

/* Does call number i end here? Then *code is what it returns. */
static int fails(int i, CUresult *code) {
    const char *wish = getenv("FAULT_CALL");
    size_t length = strlen(symbols[i]);
    unsigned turn = __atomic_add_fetch(&counts[i], 1, __ATOMIC_RELAXED);
    if (!wish || strncmp(wish, symbols[i], length) != 0 || wish[length] != ':') return 0;
    char *end;
    if (strtoul(wish + length + 1, &end, 10) != turn || *end != ':') return 0;
    if (strcmp(end, ":exit") == 0) exit(1);
    *code = (CUresult)strtol(end + 1, NULL, 10);
    return 1;
}

// NOLINTBEGIN(bugprone-macro-parentheses): a list of parameters has its own
#define HC_CU(name, suffix, since, parameters, arguments)                                          \
    static CUresult own_##name##suffix parameters {                                                \
        CUresult(*next_) parameters, code_;                                                        \
        memcpy(&next_, &next[CALL_##name##suffix], sizeof next_);                                  \
        return fails(CALL_##name##suffix, &code_) ? code_ : next_ arguments;                       \
    }
#define HC_CU_OTHER HC_CU
#include <hc_cuda_api.def>

HcCudaLayer hc_cuda_layer;
void *hc_cuda_layer(const char *symbol, void *function) {
    void *own = function;
#define HC_CU(name, suffix, since, parameters, arguments)                                          \
    if (strcmp(symbol, #name #suffix) == 0) {                                                      \
        CUresult(*own_) parameters = own_##name##suffix;                                           \
        next[CALL_##name##suffix] = function;                                                      \
        memcpy(&own, &own_, sizeof own);                                                           \
    }
#define HC_CU_OTHER HC_CU
#include <hc_cuda_api.def>
    return own;
}
// NOLINTEND(bugprone-macro-parentheses)

__attribute__((destructor)) static void print_counts(void) {
    fprintf(stderr, "fault layer: loaded\n");
    for (int i = 0; i < CALLS; i++)
        if (counts[i]) fprintf(stderr, "fault layer: %s %u\n", symbols[i], counts[i]);
}
