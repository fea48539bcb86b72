// SPDX-License-Identifier: MIT
/* api_error.c - names and meanings of error codes, from errors.def. Both work before cuInit. */
#include "api.h"

static const struct {
    CUresult code;
    const char *name, *text;
} errors[] = {
#define CUSIM_ERROR(name, text) {CUDA_##name, "CUDA_" #name, text},
#include "errors.def"
#undef CUSIM_ERROR
};

CUSIM_EXPORT CUresult cuGetErrorName(CUresult error, const char **name) {
    if (!name) return CUDA_ERROR_INVALID_VALUE;
    *name = NULL;
    for (size_t i = 0; i < CUSIM_COUNT(errors) && !*name; i++)
        if (errors[i].code == error) *name = errors[i].name;
    return *name ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUSIM_EXPORT CUresult cuGetErrorString(CUresult error, const char **text) {
    if (!text) return CUDA_ERROR_INVALID_VALUE;
    *text = NULL;
    for (size_t i = 0; i < CUSIM_COUNT(errors) && !*text; i++)
        if (errors[i].code == error) *text = errors[i].text;
    return *text ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
