// SPDX-License-Identifier: MIT
/* CUDA C to PTX by NVRTC's own calls: what hc_cu_compile does where NVRTC is there, without its
 * cache and without the other compilers. NVRTC is NVIDIA's compiler for CUDA C as a library; it
 * needs neither nvcc nor a GPU.
 */
#include "program.h"

int compile_by_nvrtc(const char *source, const char *file, CUdevice device, char **ptx) {
    double start_ms = hc_now_ms();
    //> options
    /* PTX for the compute capability of this device: 8.6 is compute_86. */
    int major, minor;
    char arch[32];
    CHECK_CU(cuDeviceGetAttribute(&major, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, device));
    CHECK_CU(cuDeviceGetAttribute(&minor, CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR, device));
    snprintf(arch, sizeof arch, "--gpu-architecture=compute_%d%d", major, minor);
    const char *const options[] = {arch, "-lineinfo"};
    //< options

    //> compile
    /* The source is a text in memory; file is only the name in messages. */
    nvrtcProgram program;
    CHECK_NVRTC(nvrtcCreateProgram(&program, source, file, 0, NULL, NULL));
    nvrtcResult result = nvrtcCompileProgram(program, 2, options);
    //< compile

    //> log
    /* The log may have warnings, so it is there even if all went well. */
    size_t size;
    char *log;
    CHECK_NVRTC(nvrtcGetProgramLogSize(program, &size)); /* with the final 0 */
    CHECK_HC(hc_alloc(size + 1, 1, &log));
    CHECK_NVRTC(nvrtcGetProgramLog(program, log));
    //< log
    if (result != NVRTC_SUCCESS) {
        CHECK_NVRTC(nvrtcDestroyProgram(&program));
        if (result != NVRTC_ERROR_COMPILATION) CHECK_NVRTC(result);
        hc_set_error(HC_BUILD, (int)result, "NVRTC_ERROR_COMPILATION", NULL,
                     "%s does not compile, with options %s %s", file, options[0], options[1]);
        hc_set_error_detail(log);
        return HC_BUILD;
    }
    if (log[0] && log[1]) hc_say("%s\n", log);
    free(log);

    //> ptx
    /* The result is text, too: PTX, a machine language for GPUs in general. */
    CHECK_NVRTC(nvrtcGetPTXSize(program, &size)); /* with the final 0 */
    CHECK_HC(hc_alloc(size, 1, ptx));
    CHECK_NVRTC(nvrtcGetPTX(program, *ptx));
    CHECK_NVRTC(nvrtcDestroyProgram(&program));
    //< ptx
    hc_note_time(HC_TIME_BUILD, hc_now_ms() - start_ms);
    return HC_OK;
}
