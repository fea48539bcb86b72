// SPDX-License-Identifier: MIT
/* api_link.c - the linker: several PTX texts into one image. Each is checked when it is added, so
 * that its errors are told with its name; symbols find each other when the image is loaded. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"

// Arguments are as cuda.h has them. NOLINTBEGIN(readability-non-const-parameter)

typedef struct {
    CusimJitOptions options; /* copies of the arrays; the buffers in them are the program's */
    CUjit_option *option;
    char **text;
    size_t *bytes;
    size_t n;
    void *image;
} Link;

static CUresult link_of(CUlinkState handle, Link **link) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    *link = cusim_handle_get(CUSIM_HANDLE_LINK, handle);
    return *link ? CUDA_SUCCESS : CUDA_ERROR_INVALID_HANDLE;
}

static void free_link(Link *link) {
    for (size_t i = 0; i < link->n; i++) free(link->text[i]);
    free(link->text);
    free(link->bytes);
    free(link->option);
    free(link->image);
    free(link);
}

static CUresult create(unsigned n, CUjit_option *options, void **values, CUlinkState *handle) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    CusimJitOptions given = {n, options, values};
    if (!handle || !cusim_jit_options_ok(&given)) return CUDA_ERROR_INVALID_VALUE;
    Link *link = calloc(1, sizeof *link);
    if (!link) return CUDA_ERROR_OUT_OF_MEMORY;
    link->option = calloc(n + 1, sizeof *link->option);
    CUlinkState state = link->option ? cusim_handle_new(CUSIM_HANDLE_LINK, link) : NULL;
    if (!state) {
        free_link(link);
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    if (n) memcpy(link->option, options, n * sizeof *options);
    /* The reference: the values must live as long as the linker. */
    link->options = (CusimJitOptions){n, link->option, values};
    *handle = state;
    return CUDA_SUCCESS;
}
CUSIM_EXPORT CUresult cuLinkCreate_v2(unsigned int n, CUjit_option *options, void **values,
                                      CUlinkState *state) {
    return create(n, options, values, state);
}
CUSIM_EXPORT CUresult cuLinkCreate(unsigned int n, CUjit_option *options, void **values,
                                   CUlinkState *state) {
    return create(n, options, values, state);
}

static CUresult append(Link *link, const char *data, size_t bytes) {
    char *text = malloc(bytes + 1);
    char **texts = realloc(link->text, (link->n + 1) * sizeof *texts);
    if (texts) link->text = texts;
    size_t *sizes = realloc(link->bytes, (link->n + 1) * sizeof *sizes);
    if (sizes) link->bytes = sizes;
    if (!text || !texts || !sizes) {
        free(text);
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    memcpy(text, data, bytes);
    text[bytes] = 0;
    link->text[link->n] = text;
    link->bytes[link->n++] = bytes;
    return CUDA_SUCCESS;
}

/* The log of a piece begins with the piece's name. */
static CUresult refuse(Link *link, const char *name, const char *log, CUresult result) {
    char text[4096];
    (void)snprintf(text, sizeof text, "%s: %s", name && *name ? name : "<unknown>", log);
    cusim_jit_log(&link->options, text);
    return result;
}

static CUresult add(Link *link, CUjitInputType type, const char *data, size_t bytes,
                    const char *name) {
    if ((unsigned)type >= CU_JIT_NUM_INPUT_TYPES || !data || !bytes)
        return CUDA_ERROR_INVALID_VALUE;
    if (link->image) return CUDA_ERROR_INVALID_VALUE; /* already complete */
    char log[2048] = "";
    /* Libraries hand over PTX under other names; what counts is what it is. */
    size_t n = strnlen(data, bytes);
    CUresult result =
        cusim_image_check(data, n < 4 || data[0] == 0x7f ? bytes : n, log, sizeof log);
    if (result != CUDA_SUCCESS) return refuse(link, name, log, result);
    CusimPtxModule *module = cusim_ptx_parse(data, n, log, sizeof log);
    if (!module) return refuse(link, name, log, CUDA_ERROR_INVALID_PTX);
    cusim_ptx_free(module);
    return append(link, data, n);
}

static CUresult add_data(CUlinkState state, CUjitInputType type, const void *data, size_t bytes,
                         const char *name) {
    Link *link;
    CUSIM_TRY(link_of(state, &link));
    return add(link, type, data, bytes, name);
}
CUSIM_EXPORT CUresult cuLinkAddData_v2(CUlinkState state, CUjitInputType type, void *data,
                                       size_t bytes, const char *name, unsigned int n_options,
                                       CUjit_option *options, void **values) {
    CusimJitOptions given = {n_options, options, values};
    if (!cusim_jit_options_ok(&given)) return CUDA_ERROR_INVALID_VALUE;
    return add_data(state, type, data, bytes, name);
}
CUSIM_EXPORT CUresult cuLinkAddData(CUlinkState state, CUjitInputType type, void *data,
                                    size_t bytes, const char *name, unsigned int n_options,
                                    CUjit_option *options, void **values) {
    CusimJitOptions given = {n_options, options, values};
    if (!cusim_jit_options_ok(&given)) return CUDA_ERROR_INVALID_VALUE;
    return add_data(state, type, data, bytes, name);
}

static CUresult add_file(CUlinkState state, CUjitInputType type, const char *path) {
    Link *link;
    CUSIM_TRY(link_of(state, &link));
    char *data;
    size_t bytes;
    CUSIM_TRY(cusim_read_file(path, &data, &bytes));
    CUresult result = add(link, type, data, bytes, path);
    free(data);
    return result;
}
CUSIM_EXPORT CUresult cuLinkAddFile_v2(CUlinkState state, CUjitInputType type, const char *path,
                                       unsigned int n_options, CUjit_option *options,
                                       void **values) {
    CusimJitOptions given = {n_options, options, values};
    if (!cusim_jit_options_ok(&given)) return CUDA_ERROR_INVALID_VALUE;
    return add_file(state, type, path);
}
CUSIM_EXPORT CUresult cuLinkAddFile(CUlinkState state, CUjitInputType type, const char *path,
                                    unsigned int n_options, CUjit_option *options, void **values) {
    CusimJitOptions given = {n_options, options, values};
    if (!cusim_jit_options_ok(&given)) return CUDA_ERROR_INVALID_VALUE;
    return add_file(state, type, path);
}

CUSIM_EXPORT CUresult cuLinkComplete(CUlinkState state, void **image, size_t *bytes) {
    Link *link;
    CUSIM_TRY(link_of(state, &link));
    if (!image || !link->n) return CUDA_ERROR_INVALID_VALUE;
    size_t n = 0;
    if (link->image) return CUDA_ERROR_INVALID_VALUE;
    CUSIM_TRY(
        cusim_image_join((const char *const *)link->text, link->bytes, link->n, &link->image, &n));
    *image = link->image;
    if (bytes) *bytes = n;
    cusim_jit_log(&link->options, "");
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuLinkDestroy(CUlinkState state) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    Link *link = cusim_handle_drop(CUSIM_HANDLE_LINK, state);
    if (!link) return CUDA_ERROR_INVALID_HANDLE;
    free_link(link);
    return CUDA_SUCCESS;
}
// NOLINTEND(readability-non-const-parameter)
