// SPDX-License-Identifier: MIT
/* How many bank conflicts each kernel of conflicts.cu has: run once on cusim, the software CUDA
 * device, which counts. It shows its counts when a process ends, so this program starts itself
 * again for that. Which elements a question is about stands in conflicts.cu; no answer does.
 */
#define _XOPEN_SOURCE 700
#include <cjson/cJSON.h>
#include <limits.h>
#include <unistd.h>

#include "hc_cu.h"
#include "hc_files.h"

enum { LANES = 32 };
static const char *const questions[] = {
    "stride_5",       "stride_6",     "stride_20",     "column_of_32",        "column_of_36",
    "diagonal_of_32", "same_for_all", "two_of_a_bank", "half_a_column_of_32", "doubles_in_a_row"};
enum { QUESTIONS = sizeof questions / sizeof questions[0] };

static bool launch_all;
static const HcOption options[] = {
    HC_FLAG("launch", &launch_all, "launch every kernel once, and say nothing"), HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "13_predict_the_conflicts",
                                .summary = "counts what the exercise asks for",
                                .options = options,
                                .apis = (const HcApi *const[]){&hc_sim_api, NULL}};

static void launch(int index) {
    CUdevice device;
    CUcontext context;
    CUmodule module;
    CUdeviceptr d_y;
    char *source, *image;
    void *arguments[] = {&d_y};
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDeviceGet(&device, index));
    CHECK_CU(cuDevicePrimaryCtxRetain(&context, device));
    CHECK_CU(cuCtxSetCurrent(context));
    CHECK_HC(hc_load_kernel("conflicts.cu", &source));
    CHECK_HC(hc_cu_compile(source, "conflicts.cu", NULL, device, &image));
    CHECK_HC(hc_cu_load(image, &module));
    CHECK_CU(cuMemAlloc(&d_y, LANES * sizeof(double)));
    for (int q = 0; q < QUESTIONS; q++) {
        CUfunction kernel;
        CHECK_HC(hc_cu_kernel(module, image, questions[q], &kernel));
        CHECK_CU(cuLaunchKernel(kernel, 1, 1, 1, LANES, 1, 1, 0, NULL, arguments, NULL));
    }
    CHECK_CU(cuCtxSynchronize());
    CHECK_CU(cuMemFree(d_y));
    CHECK_CU(cuModuleUnload(module));
    CHECK_CU(cuDevicePrimaryCtxRelease(device));
    free(image), free(source);
}

/* What the counts say, one JSON object, to be deleted; NULL if the other run failed: its code. */
static cJSON *count(const HcArgs *args, int *code) {
    char self[PATH_MAX], env[PATH_MAX], file[] = "/tmp/conflicts.XXXXXX", setting[64];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    int made = mkstemp(file);
    *code = HC_ERROR;
    if (length < 0 || made < 0 || !hc_find_program("env", env, sizeof env)) return NULL;
    self[length] = '\0';
    snprintf(setting, sizeof setting, "CUSIM_STATS_FILE=%s", file);
    const char *const command[] = {"env",          "CUSIM_STATS=json", setting,   self, "--launch",
                                   "--kernel-dir", args->kernel_dir,   "--quiet", NULL};
    char *out, *err, text[32768];
    size_t bytes;
    *code = hc_run_program(env, command, "", &out, &bytes, &err);
    ssize_t read_bytes = *code == 0 ? read(made, text, sizeof text - 1) : 0;
    if (*code != 0) fputs(err ? err : "", stderr);
    close(made), unlink(file);
    free(out), free(err);
    text[read_bytes > 0 ? read_bytes : 0] = '\0';
    return cJSON_Parse(text);
}

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    HcDevice chosen;
    CHECK_HC(hc_choose_device(&chosen));
    if (launch_all) {
        launch(chosen.index);
        return hc_end();
    }
    int code;
    cJSON *root = count(&args, &code);
    const cJSON *kernel;
    if (!root) /* without a CUDA compiler, for example */
        CHECK_HC(hc_set_error(code == HC_SKIP ? HC_SKIP : HC_ERROR, 0, NULL, NULL, "no counts"));
    cJSON_ArrayForEach(kernel, cJSON_GetObjectItemCaseSensitive(root, "kernels")) {
        const char *name = cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(kernel, "name"));
        const cJSON *conflicts = cJSON_GetObjectItemCaseSensitive(kernel, "shared_load_conflicts");
        if (name && cJSON_IsNumber(conflicts))
            hc_json_u64(hc_results(), name, (uint64_t)conflicts->valuedouble);
    }
    cJSON_Delete(root);
    return hc_end();
}
