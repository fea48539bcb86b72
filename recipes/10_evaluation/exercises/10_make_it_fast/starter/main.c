// SPDX-License-Identifier: MIT
/* The sum of n floats by reduction.cu on cusim, and what cusim counted meanwhile. Nothing here
 * needs to be changed. Without --in it adds the numbers 0 to 99,999 and shows the counts.
 *
 * cusim shows its counts when a process ends, so the kernel runs in a child; it is begun before the
 * first call of the driver, since a driver does not survive fork().
 */
#define _XOPEN_SOURCE 700
#include <cjson/cJSON.h>
#include <sys/wait.h>
#include <unistd.h>

#include "hc_cu.h"

enum { BLOCKS = 64, THREADS = 256 };
static const char *in, *out;
static const HcOption options[] = {HC_TEXT("in", &in, "FILE", "the numbers"),
                                   HC_TEXT("out", &out, "FILE", "where sum and counts go"),
                                   HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "10_make_it_fast",
                                .summary = "a sum, and what it costs in counts",
                                .apis = (const HcApi *const[]){&hc_sim_api, NULL},
                                .options = options};

static double sum_on_cusim(const float *x, size_t n) {
    HcDevice chosen;
    CUdevice device;
    CUcontext context;
    CUmodule module;
    CUfunction kernel;
    CUdeviceptr d_x, d_partial;
    char *source, *image;
    float partial[BLOCKS];
    double sum = 0;
    CHECK_HC(hc_select_device(recipe.apis, "sim", &chosen));
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, chosen.index));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    CHECK_HC(hc_load_kernel("reduction.cu", &source));
    CHECK_HC(hc_cu_compile(source, "reduction.cu", "-lineinfo", device, &image));
    CHECK_HC(hc_cu_load(image, &module));
    CHECK_HC(hc_cu_kernel(module, image, "reduction", &kernel));
    const size_t bytes = n * sizeof *x;
    CHECK_CU(cuMemAlloc(&d_x, bytes ? bytes : 1));
    CHECK_CU(cuMemAlloc(&d_partial, sizeof partial));
    if (n > 0) CHECK_CU(cuMemcpyHtoD(d_x, x, bytes));
    unsigned long long count = n;
    void *arguments[] = {&d_partial, &d_x, &count};
    CHECK_CU(cuLaunchKernel(kernel, BLOCKS, 1, 1, THREADS, 1, 1, 0, NULL, arguments, NULL));
    CHECK_CU(cuMemcpyDtoH(partial, d_partial, sizeof partial));
    for (int i = 0; i < BLOCKS; i++) sum += (double)partial[i];
    CHECK_CU(cuMemFree(d_partial));
    CHECK_CU(cuMemFree(d_x));
    CHECK_CU(cuModuleUnload(module));
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
    free(image), free(source);
    return sum;
}

/* The numbers, as many as the file has; without one, 0 to 99,999. */
static float *read_numbers(size_t *n) {
    uint64_t count = 100000;
    float *x;
    FILE *file = in ? fopen(in, "rb") : NULL;
    if (in && (!file || fread(&count, sizeof count, 1, file) != 1))
        CHECK_HC(hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot read %s", in));
    *n = (size_t)count;
    CHECK_HC(hc_alloc(*n, sizeof *x, &x));
    for (size_t i = 0; i < *n && !file; i++) x[i] = (float)i;
    if (file && fread(x, sizeof *x, *n, file) != *n)
        CHECK_HC(hc_set_error(HC_ERROR, 0, NULL, NULL, "%s is too short", in));
    if (file) fclose(file);
    return x;
}

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    char counts[4200], line[16384] = "";
    size_t n;
    float *x = read_numbers(&n);
    snprintf(counts, sizeof counts, "%s.counts", out ? out : "reduction");
    unlink(counts);
    FILE *result = out ? fopen(out, "w") : stdout;
    if (!result) CHECK_HC(hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot write %s", out));
    fflush(NULL);
    pid_t child = fork();
    if (child < 0) CHECK_HC(hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot start a process"));
    if (child == 0) {
        setenv("CUSIM_STATS", "json", 1);
        setenv("CUSIM_STATS_FILE", counts, 1);
        fprintf(result, "%.9g\n", sum_on_cusim(x, n));
        free(x);
        if (result != stdout) fclose(result);
        exit(hc_end()); /* cusim writes its counts now */
    }
    int status = 0;
    if (waitpid(child, &status, 0) != child || !WIFEXITED(status) || WEXITSTATUS(status) != 0)
        _exit(WIFEXITED(status) ? WEXITSTATUS(status) : HC_ERROR); /* the child has said why */
    if (result != stdout) fseek(result, 0, SEEK_END);
    FILE *file = fopen(counts, "r");
    if (!file || !fgets(line, sizeof line, file))
        CHECK_HC(hc_set_error(HC_ERROR, 0, NULL, NULL, "cusim left no counts in %s", counts));
    fclose(file);
    cJSON *json = cJSON_Parse(line), *total = cJSON_GetObjectItemCaseSensitive(json, "total");
    static const char *const keys[] = {"warp_instructions", "global_load_sectors",
                                       "shared_load_requests", "shared_load_conflicts",
                                       "shared_store_conflicts"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++)
        fprintf(result, "%s %.0f\n", keys[i],
                cJSON_GetNumberValue(cJSON_GetObjectItemCaseSensitive(total, keys[i])));
    cJSON_Delete(json);
    if (result != stdout && fclose(result) != 0)
        CHECK_HC(hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot write %s", out));
    unlink(counts);
    free(x);
    return hc_end();
}
