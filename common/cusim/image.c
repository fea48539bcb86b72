// SPDX-License-Identifier: MIT
/* image.c - the outside of device code: is it PTX, for which version and device, one text or
 * several?
 *
 * The linker (cuLinkComplete) hands out one image that a program loads, or keeps in a file, without
 * looking into it. On a GPU that is machine code; here it is the texts one after the other behind a
 * head of our own, and linking proper happens when it is loaded. */
#include "image.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The head: these 16 bytes, the size of all, the number of texts, their sizes; all 8 bytes wide. */
static const char linked[16] = "//cusim linked\n";
enum { HEAD = 32 };

static uint64_t number_at(const char *at) {
    uint64_t n;
    memcpy(&n, at, sizeof n);
    return n;
}

static const unsigned char fat_wrapper[] = {0xb1, 0x43, 0x62, 0x46}, /* 0x466243b1 */
    fat_binary[] = {0x50, 0xed, 0x55, 0xba}, elf[] = {0x7f, 'E', 'L', 'F'};

/* Why it cannot be executed, or NULL if it is not machine code. */
static const char *machine_code(const char *image) {
    if (!memcmp(image, elf, sizeof elf)) return "a cubin, machine code of a GPU";
    if (!memcmp(image, fat_binary, sizeof fat_binary) ||
        !memcmp(image, fat_wrapper, sizeof fat_wrapper))
        return "a fat binary";
    return NULL;
}

/* Read the first 16 bytes, but not past a final 0. */
static void first_bytes(const char *image, char first[16]) {
    memset(first, 0, 16);
    for (int i = 0; i < 16; i++)
        if (!(first[i] = image[i])) return;
}

static CUresult open_linked(const char *image, CusimImages *images) {
    uint64_t all = number_at(image + 16), n = number_at(image + 24);
    if (!n || n > all / 8 || all < HEAD + 8 * n) return CUDA_ERROR_INVALID_IMAGE;
    images->text = calloc(n, sizeof *images->text);
    images->bytes = calloc(n, sizeof *images->bytes);
    if (!images->text || !images->bytes) return CUDA_ERROR_OUT_OF_MEMORY;
    uint64_t at = HEAD + 8 * n;
    for (uint64_t i = 0; i < n; i++) {
        uint64_t bytes = number_at(image + HEAD + 8 * i);
        if (bytes >= all - at) return CUDA_ERROR_INVALID_IMAGE;
        images->text[i] = image + at;
        images->bytes[i] = (size_t)bytes;
        at += bytes + 1;
    }
    images->n = (size_t)n;
    return CUDA_SUCCESS;
}

CUresult cusim_image_open(const void *data, CusimImages *images) {
    const char *image = data;
    char first[16];
    *images = (CusimImages){NULL, NULL, 0};
    first_bytes(image, first);
    if (!memcmp(first, linked, sizeof linked)) {
        CUresult result = open_linked(image, images);
        if (result != CUDA_SUCCESS) cusim_image_close(images);
        return result;
    }
    images->text = calloc(1, sizeof *images->text);
    images->bytes = calloc(1, sizeof *images->bytes);
    if (!images->text || !images->bytes) {
        cusim_image_close(images);
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    images->text[0] = image;
    images->bytes[0] = machine_code(first) ? 16 : strlen(image);
    images->n = 1;
    return CUDA_SUCCESS;
}

void cusim_image_close(CusimImages *images) {
    free(images->text);
    free(images->bytes);
    *images = (CusimImages){NULL, NULL, 0};
}

CUresult cusim_image_join(const char *const *text, const size_t *bytes, size_t n, void **image,
                          size_t *image_bytes) {
    size_t all = HEAD + 8 * n;
    for (size_t i = 0; i < n; i++) all += bytes[i] + 1;
    char *out = calloc(1, all);
    if (!out) return CUDA_ERROR_OUT_OF_MEMORY;
    uint64_t head[2] = {all, n};
    memcpy(out, linked, sizeof linked);
    memcpy(out + 16, head, sizeof head);
    size_t at = HEAD + 8 * n;
    for (size_t i = 0; i < n; i++) {
        uint64_t size = bytes[i];
        memcpy(out + HEAD + 8 * i, &size, sizeof size);
        memcpy(out + at, text[i], bytes[i]);
        at += bytes[i] + 1;
    }
    *image = out;
    *image_bytes = all;
    return CUDA_SUCCESS;
}

/* ---- The head of a PTX text ---- */

/* Past white space and comments. */
static const char *skip(const char *at, const char *end) {
    while (at < end) {
        if (isspace((unsigned char)*at)) {
            at++;
        } else if (end - at > 1 && at[0] == '/' && at[1] == '/') {
            while (at < end && *at != '\n') at++;
        } else if (end - at > 1 && at[0] == '/' && at[1] == '*') {
            at += 2;
            while (at < end && !(end - at > 1 && at[0] == '*' && at[1] == '/')) at++;
            at = end - at > 1 ? at + 2 : end;
        } else {
            break;
        }
    }
    return at;
}

/* The directive's argument, past it; NULL: something else stands there. */
static const char *after(const char *at, const char *end, const char *directive) {
    at = skip(at, end);
    size_t n = strlen(directive);
    if ((size_t)(end - at) < n || memcmp(at, directive, n) != 0) return NULL;
    return skip(at + n, end);
}

/* The CUDA version that brought a PTX version, 1000 * major + 10 * minor. From the table "PTX
 * Release History" of the PTX ISA. */
static int cuda_of_ptx(int major, int minor) {
    switch (major) {
    case 5: return 8000;
    case 6: return minor < 3 ? 9000 + 10 * minor : 10000 + 10 * (minor - 3);
    case 7: return 11000 + 10 * minor;
    case 8: return 12000 + 10 * (minor < 6 ? minor : minor + 1);
    default: return major < 5 ? 0 : 13000 + 1000 * (major - 9) + 10 * minor;
    }
}

CUresult cusim_image_check(const char *text, size_t bytes, char *log, size_t log_bytes) {
    const char *end = text + bytes;
    const char *kind = bytes >= 4 ? machine_code(text) : NULL;
    if (kind) {
        (void)snprintf(log, log_bytes,
                       "this image is %s, which a software device cannot execute: load PTX instead "
                       "(nvcc --ptx, nvrtcGetPTX, clang -S). Where nvcc is called by a library, as "
                       "by PyCUDA, put a wrapper first on PATH that says --ptx for --cubin",
                       kind);
        return CUDA_ERROR_NO_BINARY_FOR_GPU;
    }
    const char *at = after(text, end, ".version");
    int major = 0, minor = 0, n = 0, target = 0;
    char digits[32] = "";
    if (at) (void)snprintf(digits, sizeof digits, "%.*s", (int)(end - at < 31 ? end - at : 31), at);
    if (!at || sscanf(digits, "%3d.%3d%n", &major, &minor, &n) != 2) {
        (void)snprintf(log, log_bytes,
                       "this image is neither PTX nor a binary: PTX begins with .version");
        return CUDA_ERROR_INVALID_IMAGE;
    }
    int driver = cusim_settings()->driver_version, needs = cuda_of_ptx(major, minor);
    if (major * 10 + minor > CUSIM_NEWEST_PTX || minor > 9) {
        (void)snprintf(
            log, log_bytes,
            "PTX .version %d.%d is too new for this driver of CUDA %d.%d: cusim reads PTX "
            "%d.%d to %d.%d; ask the compiler for one of these",
            major, minor, driver / 1000, driver % 1000 / 10, CUSIM_OLDEST_PTX / 10,
            CUSIM_OLDEST_PTX % 10, CUSIM_NEWEST_PTX / 10, CUSIM_NEWEST_PTX % 10);
        return CUDA_ERROR_UNSUPPORTED_PTX_VERSION;
    }
    if (needs > driver) {
        (void)snprintf(log, log_bytes,
                       "PTX .version %d.%d came with CUDA %d.%d, but this driver is of CUDA %d.%d: "
                       "compile with an older toolkit, or set CUSIM_DRIVER_VERSION=%d.%d",
                       major, minor, needs / 1000, needs % 1000 / 10, driver / 1000,
                       driver % 1000 / 10, needs / 1000, needs % 1000 / 10);
        return CUDA_ERROR_UNSUPPORTED_PTX_VERSION;
    }
    at = after(at + n, end, ".target");
    if (at) {
        (void)snprintf(digits, sizeof digits, "%.*s", (int)(end - at < 31 ? end - at : 31), at);
        if (sscanf(digits, "sm_%3d", &target) == 1 && target > cusim_settings()->cc) {
            int cc = cusim_settings()->cc;
            (void)snprintf(log, log_bytes,
                           "PTX .target sm_%d is newer than this device, which is of compute "
                           "capability %d.%d: compile for compute_%d, or set CUSIM_CC=%d.%d",
                           target, cc / 10, cc % 10, cc, target / 10, target % 10);
            return CUDA_ERROR_INVALID_PTX;
        }
    }
    return CUDA_SUCCESS;
}
