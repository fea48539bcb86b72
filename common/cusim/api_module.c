// SPDX-License-Identifier: MIT
/* api_module.c - modules: PTX loaded into a context, its kernels and variables.
 *
 * What a program loads may be PTX text, what cuLinkComplete returned, or machine code of a GPU,
 * which nothing here can execute. The text's version and target are looked at first, since "too
 * new" is something else than "wrong", and a reader needs to be told which. What went wrong goes
 * into the error log that the program gave; a program that gave none finds it on stderr. */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "image.h"
#include "stream.h"

enum { LOG_BYTES = 8192 };

/* ---- JIT options ---- */

bool cusim_jit_options_ok(const CusimJitOptions *o) {
    if (o->n && (!o->option || !o->value)) return false;
    for (unsigned i = 0; i < o->n; i++)
        if ((unsigned)o->option[i] > CU_JIT_SPLIT_COMPILE) return false;
    return true;
}

static void **jit_value(const CusimJitOptions *o, CUjit_option which) {
    for (unsigned i = 0; i < o->n; i++)
        if (o->option[i] == which) return &o->value[i];
    return NULL;
}

static bool write_log(const CusimJitOptions *o, CUjit_option buffer_option,
                      CUjit_option size_option, const char *text) {
    void **buffer = jit_value(o, buffer_option), **size = jit_value(o, size_option);
    if (!buffer || !*buffer || !size) return false;
    size_t room = (uint32_t)(uintptr_t)*size, n = strlen(text);
    if (!room) return false;
    if (n >= room) n = room - 1;
    memcpy(*buffer, text, n);
    ((char *)*buffer)[n] = 0;
    *size = (void *)(uintptr_t)n; /* how much is used */
    return true;
}

void cusim_jit_log(const CusimJitOptions *o, const char *text) {
    if (write_log(o, CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, text)) return;
    if (*text) cusim_report("%s", text);
}

static void jit_success(const CusimJitOptions *o, const CusimProgram *program, uint64_t ns) {
    char text[128] = "";
    void **verbose = jit_value(o, CU_JIT_LOG_VERBOSE), **wall = jit_value(o, CU_JIT_WALL_TIME);
    if (verbose && *verbose) {
        unsigned n = 0;
        for (CusimCode *code = program->codes; code; code = code->next) n++;
        (void)snprintf(text, sizeof text, "cusim: %u functions decoded in %.3f ms", n,
                       (double)ns / 1e6);
    }
    (void)write_log(o, CU_JIT_INFO_LOG_BUFFER, CU_JIT_INFO_LOG_BUFFER_SIZE_BYTES, text);
    (void)write_log(o, CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES, "");
    if (wall) {
        float ms = (float)((double)ns / 1e6);
        memcpy(wall, &ms, sizeof ms); /* a float in a pointer's place: so says the reference */
    }
}

/* ---- Images ---- */

CUresult cusim_read_file(const char *path, char **text, size_t *bytes) {
    FILE *file = path ? fopen(path, "rb") : NULL;
    if (!file) return path ? CUDA_ERROR_FILE_NOT_FOUND : CUDA_ERROR_INVALID_VALUE;
    char *data = NULL;
    size_t n = 0, room = 0;
    CUresult result = CUDA_SUCCESS;
    do {
        if (n + 1 >= room) {
            room = room ? 2 * room : 65536;
            char *larger = realloc(data, room);
            if (!larger) {
                result = CUDA_ERROR_OUT_OF_MEMORY;
                break;
            }
            data = larger;
        }
        n += fread(data + n, 1, room - n - 1, file);
    } while (!feof(file) && !ferror(file));
    if (ferror(file)) result = CUDA_ERROR_FILE_NOT_FOUND; /* a directory, for instance */
    (void)fclose(file);
    if (result == CUDA_SUCCESS) {
        data[n] = 0;
        *text = data;
        *bytes = n;
    } else {
        free(data);
    }
    return result;
}

CUresult cusim_module_load(CusimContext *context, const char *const *images, const size_t *bytes,
                           size_t n, const CusimJitOptions *options, CusimModule **module) {
    char log[LOG_BYTES] = "";
    uint64_t start = cusim_now_ns();
    CusimProgram *program = NULL;
    CUresult result = CUDA_SUCCESS;
    for (size_t i = 0; i < n && result == CUDA_SUCCESS; i++)
        result = cusim_image_check(images[i], bytes[i], log, sizeof log);
    if (result == CUDA_SUCCESS)
        result = cusim_program_load(images, bytes, n, context->device, context, log, sizeof log,
                                    &program);
    if (result != CUDA_SUCCESS) {
        cusim_jit_log(options, log);
        return result;
    }
    jit_success(options, program, cusim_now_ns() - start);
    CusimModule *new = calloc(1, sizeof *new);
    if (new) new->handle = cusim_handle_new(CUSIM_HANDLE_MODULE, new);
    if (!new || !new->handle) {
        free(new);
        cusim_program_free(program);
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    new->context = context;
    new->program = program;
    pthread_mutex_lock(&context->lock);
    new->next = context->modules;
    context->modules = new;
    pthread_mutex_unlock(&context->lock);
    *module = new;
    return CUDA_SUCCESS;
}

/* image: text that ends with a 0, or what the linker made. */
static CUresult load(CUmodule *handle, const void *image, const CusimJitOptions *options) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if (!handle || !image || !cusim_jit_options_ok(options)) return CUDA_ERROR_INVALID_VALUE;
    CusimImages images;
    CUSIM_TRY(cusim_image_open(image, &images));
    CusimModule *module = NULL;
    CUresult result =
        cusim_module_load(context, images.text, images.bytes, images.n, options, &module);
    cusim_image_close(&images);
    if (result == CUDA_SUCCESS) *handle = module->handle;
    return result;
}

CUSIM_EXPORT CUresult cuModuleLoadData(CUmodule *module, const void *image) {
    return load(module, image, &(CusimJitOptions){0, NULL, NULL});
}
// Arguments are as cuda.h has them. NOLINTBEGIN(readability-non-const-parameter)
CUSIM_EXPORT CUresult cuModuleLoadDataEx(CUmodule *module, const void *image,
                                         unsigned int n_options, CUjit_option *options,
                                         void **values) {
    return load(module, image, &(CusimJitOptions){n_options, options, values});
}
// NOLINTEND(readability-non-const-parameter)
CUSIM_EXPORT CUresult cuModuleLoadFatBinary(CUmodule *module, const void *image) {
    return load(module, image, &(CusimJitOptions){0, NULL, NULL});
}
CUSIM_EXPORT CUresult cuModuleLoad(CUmodule *module, const char *path) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    if (!module) return CUDA_ERROR_INVALID_VALUE;
    char *text;
    size_t bytes;
    CUSIM_TRY(cusim_read_file(path, &text, &bytes));
    CUresult result = load(module, text, &(CusimJitOptions){0, NULL, NULL});
    free(text);
    return result;
}

CUSIM_EXPORT CUresult cuModuleGetLoadingMode(CUmoduleLoadingMode *mode) {
    CUSIM_TRY(cusim_ready());
    if (!mode) return CUDA_ERROR_INVALID_VALUE;
    *mode = CU_MODULE_EAGER_LOADING;
    return CUDA_SUCCESS;
}

/* ---- Ending ---- */

void cusim_module_free(CusimModule *module) {
    for (CusimKernel *kernel = module->kernels, *next; kernel; kernel = next) {
        next = kernel->next;
        (void)cusim_handle_drop(CUSIM_HANDLE_KERNEL, kernel->handle);
        free(kernel->legacy_params);
        free(kernel);
    }
    cusim_program_free(module->program);
    free(module);
}

void cusim_modules_destroy(CusimContext *context) {
    pthread_mutex_lock(&context->lock);
    CusimModule *list = context->modules;
    context->modules = NULL;
    pthread_mutex_unlock(&context->lock);
    for (CusimModule *next; list; list = next) {
        next = list->next;
        if (cusim_handle_drop(CUSIM_HANDLE_MODULE, list->handle)) cusim_module_free(list);
    }
}

CUresult cusim_module_unload(CUmodule handle) {
    CusimModule *module = cusim_handle_drop(CUSIM_HANDLE_MODULE, handle);
    if (!module) return CUDA_ERROR_INVALID_HANDLE;
    CusimContext *context = module->context;
    CUresult result = cusim_context_wait(context); /* its kernels may be running */
    pthread_mutex_lock(&context->lock);
    for (CusimModule **m = &context->modules; *m; m = &(*m)->next)
        if (*m == module) {
            *m = module->next;
            break;
        }
    pthread_mutex_unlock(&context->lock);
    cusim_module_free(module);
    return result;
}

CUSIM_EXPORT CUresult cuModuleUnload(CUmodule handle) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    return cusim_module_unload(handle);
}

/* ---- Kernels and variables ---- */

/* How many 32-bit registers the PTX names. A compiler for a GPU would give most of them the same
 * few places, so that this is an upper bound; a thread has at most 255. */
static int count_registers(const CusimFunction *function) {
    uint64_t n = 0;
    for (uint32_t i = 0; i < function->n_regs; i++)
        n += (cusim_type_bytes(function->reg_type[i]) + 3) / 4;
    return n > 255 ? 255 : (int)n;
}

static CusimKernel *new_kernel(CusimModule *module, CusimCode *code) {
    CusimKernel *kernel = calloc(1, sizeof *kernel);
    if (!kernel) return NULL;
    kernel->handle = cusim_handle_new(CUSIM_HANDLE_KERNEL, kernel);
    if (!kernel->handle) {
        free(kernel);
        return NULL;
    }
    kernel->module = module;
    kernel->code = code;
    kernel->registers = count_registers(code->function);
    const CusimFunction *f = code->function;
    const uint32_t *shape = f->reqntid[0] ? f->reqntid : f->maxntid[0] ? f->maxntid : NULL;
    uint64_t most = CUSIM_MAX_THREADS;
    if (shape) {
        uint64_t n = 1;
        for (int d = 0; d < 3; d++) n *= shape[d] ? shape[d] : 1;
        if (n < most) most = n;
    }
    kernel->max_threads = (int)most;
    int limit = cusim_limits()->shared_per_block, fixed = (int)code->shared_bytes;
    kernel->max_dynamic = fixed < limit ? limit - fixed : 0;
    kernel->carveout = CU_SHAREDMEM_CARVEOUT_DEFAULT;
    for (int d = 0; d < 3; d++) kernel->legacy_block[d] = 1;
    kernel->next = module->kernels;
    module->kernels = kernel;
    return kernel;
}

CUresult cusim_module_kernel(CusimModule *module, const char *name, CusimKernel **kernel) {
    CusimCode *code = cusim_program_entry(module->program, name);
    if (!code) return CUDA_ERROR_NOT_FOUND;
    pthread_mutex_lock(&module->context->lock);
    CusimKernel *found = module->kernels;
    while (found && found->code != code) found = found->next;
    if (!found) found = new_kernel(module, code);
    pthread_mutex_unlock(&module->context->lock);
    *kernel = found;
    return found ? CUDA_SUCCESS : CUDA_ERROR_OUT_OF_MEMORY;
}

CUresult cusim_module_global(CusimModule *module, const char *name, CUdeviceptr *address,
                             size_t *bytes) {
    const CusimVariable *variable = cusim_program_global(module->program, name);
    if (!variable) return CUDA_ERROR_NOT_FOUND;
    if (address) *address = variable->address;
    if (bytes) *bytes = variable->bytes;
    return CUDA_SUCCESS;
}

static CUresult module_of(CUmodule handle, const char *name, CusimModule **module) {
    CusimContext *context;
    CUSIM_TRY(cusim_current(&context));
    *module = cusim_handle_get(CUSIM_HANDLE_MODULE, handle);
    if (!*module) return CUDA_ERROR_INVALID_HANDLE;
    return name ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

CUSIM_EXPORT CUresult cuModuleGetFunction(CUfunction *function, CUmodule handle, const char *name) {
    CusimModule *module;
    CUSIM_TRY(module_of(handle, name, &module));
    if (!function) return CUDA_ERROR_INVALID_VALUE;
    CusimKernel *kernel;
    CUSIM_TRY(cusim_module_kernel(module, name, &kernel));
    *function = kernel->handle;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuModuleGetGlobal_v2(CUdeviceptr *address, size_t *bytes, CUmodule handle,
                                           const char *name) {
    CusimModule *module;
    CUSIM_TRY(module_of(handle, name, &module));
    return cusim_module_global(module, name, address, bytes);
}

/* PTX of today has no texture or surface references, so that there is none of any name. */
CUSIM_EXPORT CUresult cuModuleGetTexRef(CUtexref *reference, CUmodule handle, const char *name) {
    CusimModule *module;
    CUSIM_TRY(module_of(handle, name, &module));
    return reference ? CUDA_ERROR_NOT_FOUND : CUDA_ERROR_INVALID_VALUE;
}
CUSIM_EXPORT CUresult cuModuleGetSurfRef(CUsurfref *reference, CUmodule handle, const char *name) {
    CusimModule *module;
    CUSIM_TRY(module_of(handle, name, &module));
    return reference ? CUDA_ERROR_NOT_FOUND : CUDA_ERROR_INVALID_VALUE;
}
