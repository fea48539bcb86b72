// SPDX-License-Identifier: MIT
/* counts.c - the numbers of CUSIM_STATS=json, for kernels of which they are known exactly.
 *
 * Each case runs in a process of its own, since numbers are shown when a process ends: the child
 * launches one kernel, and the parent reads what the device has written.
 *
 *   counts COUNTS.PTX            all cases
 *   counts COUNTS.PTX NAME...    launch the kernels of these cases in one process, nothing else */
#define _POSIX_C_SOURCE 200809L
#include <cuda.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the numbers of one launch must be, in the form "name value, name value". */
typedef struct {
    const char *name, *kernel;
    unsigned grid, block, a, b; /* parameters after x */
    const char *expected;
} Case;

static const Case cases[] = {
    {"coalesced", "load", 1, 32, 1, 0,
     "launches 1, blocks 1, warps 1, warp_instructions 9, lane_instructions 288, branches 0, "
     "divergent_branches 0, barriers 0, global_load_requests 1, global_store_requests 0, "
     "global_load_sectors 4, global_load_sectors_ideal 4, global_bytes_read 128, "
     "global_bytes_written 0, shared_load_requests 0, local_load_requests 0, "
     "global_atomic_requests 0, mean_active_lanes 32, lane_efficiency_percent 100"},
    {"stride_2", "load", 1, 32, 2, 0,
     "global_load_requests 1, global_load_sectors 8, global_load_sectors_ideal 4"},
    {"stride_32", "load", 1, 32, 32, 0,
     "global_load_requests 1, global_load_sectors 32, global_load_sectors_ideal 4, "
     "global_bytes_read 128"},
    {"same_address", "load", 1, 32, 0, 0,
     "global_load_sectors 1, global_load_sectors_ideal 1, global_bytes_read 128"},
    {"shifted_by_one", "load", 1, 32, 1, 1, "global_load_sectors 5, global_load_sectors_ideal 4"},
    {"backwards", "load", 1, 32, 0xffffffff, 31, "global_load_sectors 4"},
    /* 40 lanes are a whole warp and one of 8 lanes */
    {"tail", "load", 3, 40, 1, 0,
     "blocks 3, warps 6, warp_instructions 54, lane_instructions 1080, global_load_requests 6, "
     "global_load_sectors 15, mean_active_lanes 20, lane_efficiency_percent 62.5"},
    {"many_blocks", "load", 500, 64, 1, 0,
     "blocks 500, warps 1000, warp_instructions 9000, lane_instructions 288000, "
     "global_load_sectors 4000"},
    {"one_lane", "load", 1, 1, 1, 0,
     "warps 1, warp_instructions 9, lane_instructions 9, global_load_sectors 1, "
     "global_load_sectors_ideal 1, mean_active_lanes 1"},
    {"store", "store", 2, 64, 1, 0,
     "warps 4, global_store_requests 4, global_store_sectors 16, global_store_sectors_ideal 16, "
     "global_bytes_written 512, global_bytes_read 0, global_load_requests 0"},
    {"store_stride_8", "store", 1, 32, 8, 0,
     "global_store_sectors 32, global_store_sectors_ideal 4"},
    /* 1, 16 and (generic, every other 8 bytes) 8 bytes: 1 + 16 + 16 sectors */
    {"wide", "load_wide", 1, 32, 0, 0,
     "warp_instructions 9, global_load_requests 3, global_load_sectors 33, "
     "global_load_sectors_ideal 25, global_bytes_read 800"},

    {"banks_1_way", "shared_words", 1, 32, 1, 0,
     "shared_load_requests 1, shared_load_wavefronts 1, shared_load_conflicts 0, "
     "shared_store_requests 1, shared_store_wavefronts 1, shared_store_conflicts 0, "
     "shared_bytes_read 128, shared_bytes_written 128, global_load_requests 0"},
    {"banks_2_ways", "shared_words", 1, 32, 2, 0,
     "shared_load_wavefronts 2, shared_load_conflicts 1, shared_store_wavefronts 2, "
     "shared_store_conflicts 1"},
    {"banks_32_ways", "shared_words", 1, 32, 32, 0,
     "shared_load_wavefronts 32, shared_load_conflicts 31, shared_store_conflicts 31"},
    {"banks_padded", "shared_words", 1, 32, 33, 0,
     "shared_load_wavefronts 1, shared_load_conflicts 0"},
    {"banks_broadcast", "shared_words", 1, 32, 0, 5,
     "shared_load_wavefronts 1, shared_load_conflicts 0"},
    {"banks_of_two_warps", "shared_words", 1, 64, 2, 0,
     "shared_load_requests 2, shared_load_wavefronts 4, shared_load_conflicts 2"},
    /* 8 bytes: two halves of the warp; 16 bytes: four quarters */
    {"banks_wide", "shared_wide", 1, 32, 1, 0,
     "shared_load_requests 1, shared_load_wavefronts 2, shared_load_conflicts 0, "
     "shared_bytes_read 256, shared_store_requests 1, shared_store_wavefronts 4, "
     "shared_store_conflicts 0, shared_bytes_written 512"},
    /* every other 8 bytes: lanes i and i + 8 of a half meet */
    {"banks_wide_2_ways", "shared_wide", 1, 32, 2, 0,
     "shared_load_wavefronts 4, shared_load_conflicts 2"},
    /* 5 lanes: one half, one quarter */
    {"banks_wide_tail", "shared_wide", 1, 5, 1, 0,
     "shared_load_wavefronts 1, shared_load_conflicts 0, shared_store_wavefronts 1, "
     "shared_store_conflicts 0"},

    {"predicate_of_7", "predicated", 1, 32, 7, 0,
     "warp_instructions 6, lane_instructions 167, global_load_requests 1, global_load_sectors 1, "
     "global_bytes_read 28, branches 0"},
    {"predicate_of_none", "predicated", 1, 32, 0, 0,
     "warp_instructions 5, lane_instructions 160, global_load_requests 0, global_bytes_read 0"},
    {"predicate_of_all", "predicated", 1, 32, 32, 0,
     "warp_instructions 6, lane_instructions 192, global_bytes_read 128"},

    /* 3, the bra of 16 lanes, 2 of 16 (above), 1 of 16 (below), 2 of all 32 */
    {"divergent", "branches", 1, 32, 16, 0,
     "warp_instructions 9, lane_instructions 224, branches 2, divergent_branches 1"},
    {"all_jump", "branches", 1, 32, 32, 0,
     "warp_instructions 7, lane_instructions 224, branches 1, divergent_branches 0"},
    /* the guard is false in all lanes: a branch, but no warp instruction */
    {"none_jumps", "branches", 1, 32, 0, 0,
     "warp_instructions 7, lane_instructions 224, branches 2, divergent_branches 0"},
    /* the second warp has 8 lanes, all of them above 16 */
    {"divergent_tail", "branches", 1, 40, 16, 0, "branches 4, divergent_branches 1"},

    {"loop", "loop", 1, 32, 0, 9,
     "warp_instructions 34, lane_instructions 1088, branches 10, divergent_branches 0"},
    /* lane i goes round i + 1 times; each time but the last one lane leaves */
    {"uneven_loop", "loop", 1, 32, 1, 0, "branches 32, divergent_branches 31"},

    {"barriers", "barriers", 3, 96, 0, 0,
     "barriers 6, warp_instructions 36, lane_instructions 1152"},
    {"atomics", "atomics", 1, 32, 0, 0,
     "warp_instructions 9, global_atomic_requests 3, global_atomic_lanes 96, "
     "shared_atomic_requests 1, shared_atomic_lanes 32, global_bytes_read 0, "
     "global_bytes_written 0, shared_bytes_read 0"},
    {"others", "others", 2, 32, 0, 0,
     "local_load_requests 2, local_store_requests 2, const_load_requests 2, "
     "global_load_requests 0, global_store_requests 0"},
};
enum { N_CASES = sizeof cases / sizeof cases[0], BUFFER_BYTES = 1 << 16 };

/* NOLINTNEXTLINE(bugprone-macro-parentheses): a call, quoted */
#define CHECK_CU(call)                                                                             \
    do {                                                                                           \
        CUresult result_ = (call);                                                                 \
        if (result_ != CUDA_SUCCESS) {                                                             \
            fprintf(stderr, "%s:%d: %s = %d\n", __FILE__, __LINE__, #call, (int)result_);          \
            exit(3);                                                                               \
        }                                                                                          \
    } while (0)

static void launch(CUmodule module, const Case *c) {
    CUfunction function;
    CUdeviceptr x;
    CHECK_CU(cuModuleGetFunction(&function, module, c->kernel));
    CHECK_CU(cuMemAlloc(&x, BUFFER_BYTES));
    CHECK_CU(cuMemsetD8(x, 0, BUFFER_BYTES));
    unsigned a = c->a, b = c->b;
    void *params[] = {&x, &a, &b};
    CHECK_CU(cuLaunchKernel(function, c->grid, 1, 1, c->block, 1, 1, 0, NULL, params, NULL));
    CHECK_CU(cuCtxSynchronize());
    CHECK_CU(cuMemFree(x));
}

/* Run the kernels of the cases with these names and end the process, which shows the counts. */
static void run(const char *ptx, char **names, int n) {
    CUdevice device;
    CUcontext context;
    CUmodule module;
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, 0));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    CHECK_CU(cuModuleLoad(&module, ptx));
    for (int i = 0; i < n; i++) {
        int at = 0;
        while (at < N_CASES && strcmp(cases[at].name, names[i]) != 0) at++;
        if (at == N_CASES) {
            fprintf(stderr, "no case is called '%s'\n", names[i]);
            exit(2);
        }
        launch(module, &cases[at]);
    }
    CHECK_CU(cuModuleUnload(module));
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
    exit(0);
}

/* The number called name in text, a flat object from at on; false if it is not there. */
static bool number(const char *at, const char *name, double *value) {
    char key[80];
    snprintf(key, sizeof key, "\"%s\": ", name);
    const char *found = strstr(at, key);
    if (!found) return false;
    *value = strtod(found + strlen(key), NULL);
    return true;
}

/* Compare; returns how many are wrong. */
static int compare(const Case *c, const char *json) {
    char list[1024], name_key[80];
    int wrong = 0;
    snprintf(name_key, sizeof name_key, "{\"name\": \"%s\"", c->kernel);
    const char *kernel = strstr(json, name_key), *total = strstr(json, "\"total\": {");
    if (strncmp(json, "{\"schema\": 1, ", 14) != 0 || !kernel || !total) {
        printf("%s: unexpected text: %.200s\n", c->name, json);
        return 1;
    }
    snprintf(list, sizeof list, "%s", c->expected);
    char *rest = list;
    for (char *item = strtok_r(list, ",", &rest); item; item = strtok_r(NULL, ",", &rest)) {
        char name[64];
        double want = 0, got = -1, sum = -1;
        if (sscanf(item, " %63s %lf", name, &want) != 2) exit(3);
        number(kernel, name, &got);
        number(total, name, &sum);
        if (!(got == want)) printf("%s: %s is %g, not %g\n", c->name, name, got, want), wrong++;
        if (!(sum == want))
            printf("%s: total %s is %g, not %g\n", c->name, name, sum, want), wrong++;
    }
    return wrong;
}

/* Returns how many numbers are wrong. */
static int check(const char *ptx, const Case *c) {
    char *name = strdup(c->name);
    char path[] = "/tmp/cusim_counts_XXXXXX", json[16384];
    int file = mkstemp(path), status = 0;
    if (file < 0) exit(3);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        setenv("CUSIM_STATS", "json", 1);
        setenv("CUSIM_STATS_FILE", path, 1);
        run(ptx, &name, 1);
    }
    if (child < 0 || waitpid(child, &status, 0) != child) exit(3);
    ssize_t n = read(file, json, sizeof json - 1);
    json[n < 0 ? 0 : n] = '\0';
    close(file);
    unlink(path);
    free(name);
    if (status != 0) {
        printf("%s: the launch ended with status %#x\n", c->name, (unsigned)status);
        return 1;
    }
    return compare(c, json);
}

int main(int argc, char **argv) {
    if (argc < 2) {
        fprintf(stderr, "usage: counts COUNTS.PTX [CASE...]\n");
        return 2;
    }
    if (argc > 2) run(argv[1], argv + 2, argc - 2);
    int wrong = 0;
    for (int i = 0; i < N_CASES; i++) wrong += check(argv[1], &cases[i]);
    printf("%d cases, %d numbers wrong\n", N_CASES, wrong);
    return wrong != 0;
}
