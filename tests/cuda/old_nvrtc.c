// SPDX-License-Identifier: MIT
/* A stand-in for an older NVRTC beside a newer one: it says that it is 12.0, or 12.OLD_NVRTC_MINOR,
 * and its PTX is of that time. compile.sh looks whether it is taken where the driver is too old for
 * the newer one, and what it is asked for where the driver is too old even for this one.
 */
#include <nvrtc.h>
#include <stdlib.h>
#include <string.h>

static const char ptx[] = "// made by the old one\n.version 8.0\n.target sm_60\n.address_size 64\n"
                          ".visible .entry vector_sum()\n{\n  ret;\n}\n";
static const char cubin[] = "\177ELF of sm_80";
static int program_there, for_gpu;

nvrtcResult nvrtcVersion(int *major, int *minor) {
    *major = 12;
    const char *text = getenv("OLD_NVRTC_MINOR");
    *minor = text ? atoi(text) : 0; // NOLINT(cert-err34-c): the test's own text
    return NVRTC_SUCCESS;
}
nvrtcResult nvrtcGetNumSupportedArchs(int *n) {
    *n = 2;
    return NVRTC_SUCCESS;
}
nvrtcResult nvrtcGetSupportedArchs(int *archs) {
    archs[0] = 60;
    archs[1] = 80;
    return NVRTC_SUCCESS;
}
nvrtcResult nvrtcCreateProgram(nvrtcProgram *program, const char *source, const char *name,
                               int n_headers, const char *const *headers,
                               const char *const *header_names) {
    (void)source, (void)name, (void)n_headers, (void)headers, (void)header_names;
    *program = (nvrtcProgram)(void *)&program_there;
    return NVRTC_SUCCESS;
}
nvrtcResult nvrtcDestroyProgram(nvrtcProgram *program) {
    *program = NULL;
    return NVRTC_SUCCESS;
}
nvrtcResult nvrtcCompileProgram(nvrtcProgram program, int n_options, const char *const *options) {
    (void)program;
    if (n_options != 1) return NVRTC_ERROR_INVALID_OPTION;
    for_gpu = strcmp(options[0], "--gpu-architecture=sm_80") == 0;
    return for_gpu || strcmp(options[0], "--gpu-architecture=compute_80") == 0
               ? NVRTC_SUCCESS
               : NVRTC_ERROR_INVALID_OPTION;
}
nvrtcResult nvrtcGetPTXSize(nvrtcProgram program, size_t *bytes) {
    (void)program;
    *bytes = sizeof ptx;
    return NVRTC_SUCCESS;
}
nvrtcResult nvrtcGetPTX(nvrtcProgram program, char *text) {
    (void)program;
    memcpy(text, ptx, sizeof ptx);
    return NVRTC_SUCCESS;
}
nvrtcResult nvrtcGetProgramLogSize(nvrtcProgram program, size_t *bytes) {
    (void)program;
    *bytes = 0;
    return NVRTC_SUCCESS;
}
nvrtcResult nvrtcGetProgramLog(nvrtcProgram program, char *log) {
    (void)program;
    *log = '\0';
    return NVRTC_SUCCESS;
}
nvrtcResult nvrtcGetCUBINSize(nvrtcProgram program, size_t *bytes) {
    (void)program;
    *bytes = for_gpu ? sizeof cubin : 0;
    return NVRTC_SUCCESS;
}
nvrtcResult nvrtcGetCUBIN(nvrtcProgram program, char *image) {
    (void)program;
    memcpy(image, cubin, for_gpu ? sizeof cubin : 0);
    return NVRTC_SUCCESS;
}
nvrtcResult nvrtcAddNameExpression(nvrtcProgram program, const char *expression) {
    (void)program, (void)expression;
    return NVRTC_SUCCESS;
}
nvrtcResult nvrtcGetLoweredName(nvrtcProgram program, const char *expression,
                                const char **lowered) {
    (void)program;
    *lowered = expression;
    return NVRTC_SUCCESS;
}
const char *nvrtcGetErrorString(nvrtcResult result) { return result ? "an error" : "success"; }
