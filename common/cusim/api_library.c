// SPDX-License-Identifier: MIT
/* api_library.c - libraries: device code that belongs to no context. A library keeps the image, and
 * becomes a module of each context in which it is used first. Modules are remembered by handle,
 * since they end with their context. */
#include <stdlib.h>
#include <string.h>

#include "image.h"

// Arguments are as cuda.h has them. NOLINTBEGIN(readability-non-const-parameter)

typedef struct Library Library;
typedef struct LibraryKernel LibraryKernel;
typedef struct {
    uint64_t context; /* id */
    CUmodule module;
} Loaded;

struct LibraryKernel {
    CUkernel handle;
    Library *library;
    char *name;
    LibraryKernel *next;
};

struct Library {
    CUlibrary handle;
    char *image;
    CusimImages images;
    Loaded *loaded;
    size_t n_loaded;
    LibraryKernel *kernels;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* of what libraries list */
static const CusimJitOptions no_options;

static void free_library(Library *library) {
    for (LibraryKernel *k = library->kernels, *next; k; k = next) {
        next = k->next;
        (void)cusim_handle_drop(CUSIM_HANDLE_LIBRARY_KERNEL, k->handle);
        free(k->name);
        free(k);
    }
    cusim_image_close(&library->images);
    free(library->loaded);
    free(library->image);
    free(library);
}

/* Takes image, which is malloc'd. Its text is parsed, so that errors come now. */
static CUresult load(CUlibrary *handle, char *image, const CusimJitOptions *options) {
    Library *library = calloc(1, sizeof *library);
    if (!library) {
        free(image);
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    library->image = image;
    CUresult result = cusim_image_open(image, &library->images);
    char log[4096] = "";
    for (size_t i = 0; i < library->images.n && result == CUDA_SUCCESS; i++) {
        const char *text = library->images.text[i];
        size_t bytes = library->images.bytes[i];
        result = cusim_image_check(text, bytes, log, sizeof log);
        if (result != CUDA_SUCCESS) break;
        CusimPtxModule *module = cusim_ptx_parse(text, bytes, log, sizeof log);
        if (!module) result = CUDA_ERROR_INVALID_PTX;
        cusim_ptx_free(module);
    }
    if (result != CUDA_SUCCESS) cusim_jit_log(options, log);
    if (result == CUDA_SUCCESS) {
        library->handle = cusim_handle_new(CUSIM_HANDLE_LIBRARY, library);
        if (!library->handle) result = CUDA_ERROR_OUT_OF_MEMORY;
    }
    if (result == CUDA_SUCCESS) *handle = library->handle;
    else free_library(library);
    return result;
}

CUSIM_EXPORT CUresult cuLibraryLoadData(CUlibrary *library, const void *image,
                                        CUjit_option *jit_options, void **jit_values,
                                        unsigned int n_jit, CUlibraryOption *options, void **values,
                                        unsigned int n_options) {
    CUSIM_TRY(cusim_ready());
    CusimJitOptions given = {n_jit, jit_options, jit_values};
    if (!library || !image || !cusim_jit_options_ok(&given) || (n_options && !options))
        return CUDA_ERROR_INVALID_VALUE;
    (void)values;
    CusimImages images;
    CUSIM_TRY(cusim_image_open(image, &images));
    /* The whole extent of the image: its last text ends it. */
    const char *end = images.text[images.n - 1] + images.bytes[images.n - 1];
    size_t bytes = (size_t)(end - (const char *)image);
    cusim_image_close(&images);
    char *copy = malloc(bytes + 1);
    if (!copy) return CUDA_ERROR_OUT_OF_MEMORY;
    memcpy(copy, image, bytes);
    copy[bytes] = 0;
    return load(library, copy, &given);
}

CUSIM_EXPORT CUresult cuLibraryLoadFromFile(CUlibrary *library, const char *path,
                                            CUjit_option *jit_options, void **jit_values,
                                            unsigned int n_jit, CUlibraryOption *options,
                                            void **values, unsigned int n_options) {
    CUSIM_TRY(cusim_ready());
    CusimJitOptions given = {n_jit, jit_options, jit_values};
    if (!library || !cusim_jit_options_ok(&given) || (n_options && !options))
        return CUDA_ERROR_INVALID_VALUE;
    (void)values;
    char *text;
    size_t bytes;
    CUSIM_TRY(cusim_read_file(path, &text, &bytes));
    return load(library, text, &given);
}

CUSIM_EXPORT CUresult cuLibraryUnload(CUlibrary handle) {
    CUSIM_TRY(cusim_ready());
    Library *library = cusim_handle_drop(CUSIM_HANDLE_LIBRARY, handle);
    if (!library) return CUDA_ERROR_INVALID_HANDLE;
    for (size_t i = 0; i < library->n_loaded; i++) cusim_module_unload(library->loaded[i].module);
    free_library(library);
    return CUDA_SUCCESS;
}

static CUresult library_of(CUlibrary handle, const void *out, Library **library) {
    CUSIM_TRY(cusim_ready());
    *library = cusim_handle_get(CUSIM_HANDLE_LIBRARY, handle);
    if (!*library) return CUDA_ERROR_INVALID_HANDLE;
    return out ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

/* The library as a module of a context; loaded if it is not. */
static CUresult module_in(Library *library, CusimContext *context, CusimModule **module) {
    pthread_mutex_lock(&lock);
    CUresult result = CUDA_SUCCESS;
    *module = NULL;
    for (size_t i = 0; i < library->n_loaded && !*module; i++)
        if (library->loaded[i].context == context->id)
            *module = cusim_handle_get(CUSIM_HANDLE_MODULE, library->loaded[i].module);
    if (!*module) {
        Loaded *larger = realloc(library->loaded, (library->n_loaded + 1) * sizeof *larger);
        if (larger) library->loaded = larger;
        result = larger ? cusim_module_load(context, library->images.text, library->images.bytes,
                                            library->images.n, &no_options, module)
                        : CUDA_ERROR_OUT_OF_MEMORY;
        if (result == CUDA_SUCCESS)
            library->loaded[library->n_loaded++] = (Loaded){context->id, (*module)->handle};
    }
    pthread_mutex_unlock(&lock);
    return result;
}

CUSIM_EXPORT CUresult cuLibraryGetModule(CUmodule *module, CUlibrary handle) {
    Library *library;
    CusimContext *context;
    CusimModule *found;
    CUSIM_TRY(library_of(handle, module, &library));
    CUSIM_TRY(cusim_current(&context));
    CUSIM_TRY(module_in(library, context, &found));
    *module = found->handle;
    return CUDA_SUCCESS;
}

CUSIM_EXPORT CUresult cuLibraryGetGlobal(CUdeviceptr *address, size_t *bytes, CUlibrary handle,
                                         const char *name) {
    Library *library;
    CusimContext *context;
    CusimModule *module;
    CUSIM_TRY(library_of(handle, name, &library));
    CUSIM_TRY(cusim_current(&context));
    CUSIM_TRY(module_in(library, context, &module));
    return cusim_module_global(module, name, address, bytes);
}

/* PTX that is loaded here has no managed variables, nor functions that are the same everywhere. */
CUSIM_EXPORT CUresult cuLibraryGetManaged(CUdeviceptr *address, size_t *bytes, CUlibrary handle,
                                          const char *name) {
    Library *library;
    CUSIM_TRY(library_of(handle, name, &library));
    return address || bytes ? CUDA_ERROR_NOT_FOUND : CUDA_ERROR_INVALID_VALUE;
}
CUSIM_EXPORT CUresult cuLibraryGetUnifiedFunction(void **function, CUlibrary handle,
                                                  const char *name) {
    Library *library;
    CUSIM_TRY(library_of(handle, name, &library));
    return function ? CUDA_ERROR_NOT_FOUND : CUDA_ERROR_INVALID_VALUE;
}

/* ---- Kernels ---- */

static bool has_entry(const Library *library, const char *name) {
    bool found = false;
    for (size_t i = 0; i < library->images.n && !found; i++) {
        CusimPtxModule *module =
            cusim_ptx_parse(library->images.text[i], library->images.bytes[i], NULL, 0);
        for (const CusimFunction *f = module ? module->functions : NULL; f && !found; f = f->next)
            found = f->is_entry && f->has_body && strcmp(f->name, name) == 0;
        cusim_ptx_free(module);
    }
    return found;
}

static LibraryKernel *add_kernel(Library *library, const char *name) {
    LibraryKernel *kernel = calloc(1, sizeof *kernel);
    if (kernel) kernel->name = strdup(name);
    if (kernel && kernel->name)
        kernel->handle = cusim_handle_new(CUSIM_HANDLE_LIBRARY_KERNEL, kernel);
    if (!kernel || !kernel->handle) {
        if (kernel) free(kernel->name);
        free(kernel);
        return NULL;
    }
    kernel->library = library;
    kernel->next = library->kernels;
    library->kernels = kernel;
    return kernel;
}

CUSIM_EXPORT CUresult cuLibraryGetKernel(CUkernel *handle, CUlibrary library_handle,
                                         const char *name) {
    Library *library;
    CUSIM_TRY(library_of(library_handle, name, &library));
    if (!handle) return CUDA_ERROR_INVALID_VALUE;
    pthread_mutex_lock(&lock);
    LibraryKernel *kernel = library->kernels;
    while (kernel && strcmp(kernel->name, name) != 0) kernel = kernel->next;
    CUresult result = CUDA_SUCCESS;
    if (!kernel && !has_entry(library, name)) result = CUDA_ERROR_NOT_FOUND;
    else if (!kernel && !(kernel = add_kernel(library, name))) result = CUDA_ERROR_OUT_OF_MEMORY;
    else *handle = kernel->handle;
    pthread_mutex_unlock(&lock);
    return result;
}

static CUresult in_context(const LibraryKernel *kernel, CusimContext *context,
                           CusimKernel **found) {
    CusimModule *module;
    CUSIM_TRY(module_in(kernel->library, context, &module));
    return cusim_module_kernel(module, kernel->name, found);
}

CUresult cusim_kernel_of(CusimContext *context, CUfunction function, CusimKernel **kernel) {
    *kernel = cusim_handle_get(CUSIM_HANDLE_KERNEL, function);
    if (*kernel) return CUDA_SUCCESS;
    LibraryKernel *k = cusim_handle_get(CUSIM_HANDLE_LIBRARY_KERNEL, function);
    return k ? in_context(k, context, kernel) : CUDA_ERROR_INVALID_HANDLE;
}

CUSIM_EXPORT CUresult cuKernelGetFunction(CUfunction *function, CUkernel handle) {
    CusimContext *context;
    CusimKernel *found;
    CUSIM_TRY(cusim_current(&context));
    if (!function) return CUDA_ERROR_INVALID_VALUE;
    LibraryKernel *kernel = cusim_handle_get(CUSIM_HANDLE_LIBRARY_KERNEL, handle);
    if (!kernel) return CUDA_ERROR_INVALID_HANDLE;
    CUSIM_TRY(in_context(kernel, context, &found));
    *function = found->handle;
    return CUDA_SUCCESS;
}

/* The kernel on a device: in the current context if it is there, else in the primary one. */
static CUresult on_device(CUkernel handle, CUdevice device, CusimKernel **found) {
    CUSIM_TRY(cusim_ready());
    if (!cusim_device_exists(device)) return CUDA_ERROR_INVALID_DEVICE;
    LibraryKernel *kernel = cusim_handle_get(CUSIM_HANDLE_LIBRARY_KERNEL, handle);
    if (!kernel) return CUDA_ERROR_INVALID_HANDLE;
    CusimContext *context;
    if (cusim_current(&context) != CUDA_SUCCESS || context->device != device)
        context = cusim_context_primary(device);
    return context ? in_context(kernel, context, found) : CUDA_ERROR_INVALID_CONTEXT;
}

CUSIM_EXPORT CUresult cuKernelGetAttribute(int *value, CUfunction_attribute attribute,
                                           CUkernel handle, CUdevice device) {
    CusimKernel *kernel;
    CUSIM_TRY(on_device(handle, device, &kernel));
    return value ? cusim_kernel_attribute(kernel, attribute, value) : CUDA_ERROR_INVALID_VALUE;
}

CUSIM_EXPORT CUresult cuKernelSetAttribute(CUfunction_attribute attribute, int value,
                                           CUkernel handle, CUdevice device) {
    CusimKernel *kernel;
    CUSIM_TRY(on_device(handle, device, &kernel));
    return cusim_kernel_set_attribute(kernel, attribute, value);
}

CUSIM_EXPORT CUresult cuKernelSetCacheConfig(CUkernel handle, CUfunc_cache config,
                                             CUdevice device) {
    CusimKernel *kernel;
    CUSIM_TRY(on_device(handle, device, &kernel));
    return (unsigned)config <= CU_FUNC_CACHE_PREFER_EQUAL ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}
// NOLINTEND(readability-non-const-parameter)
