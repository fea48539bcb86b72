// SPDX-License-Identifier: MIT
/* Devices and the arrays on them, whatever the back end: an array is a type, a length, and memory
 * that the back end has; a view is the same memory from a later element on.
 */
#include "internal.h"

int ew_open(const HcDevice *chosen, EwDevice **device) {
    const char *api = chosen ? chosen->api : "cpu";
    const EwBackend *backend = NULL;
    *device = NULL;
    if (strcmp(api, "cpu") == 0) backend = &ew_host;
#ifndef HC_NO_OPENCL
    if (strcmp(api, "opencl") == 0) backend = &ew_opencl;
#endif
#ifndef HC_NO_CUDA
    if (strcmp(api, "cuda") == 0 || strcmp(api, "sim") == 0) backend = &ew_cuda;
#endif
    if (!backend)
        return hc_set_error(HC_SKIP, 0, NULL, NULL, "this program was built without %s", api);
    int status = hc_alloc(1, sizeof **device, device);
    if (status != HC_OK) return status;
    (*device)->backend = backend;
    (*device)->units = 1;
    snprintf((*device)->name, sizeof(*device)->name, "%s, %s", backend->name,
             chosen ? chosen->name : "threads");
    status = backend->open(*device, chosen);
    if (status == HC_OK) return HC_OK;
    ew_close(*device);
    *device = NULL;
    return status;
}

void ew_close(EwDevice *device) {
    if (!device) return;
    if (device->state) device->backend->close(device);
    free(device);
}

const char *ew_device_name(const EwDevice *device) { return device->name; }

bool ew_device_has(const EwDevice *device, EwType type) {
    if (type == EW_F16) return device->has_f16;
    return (type != EW_F64 && type != EW_C64) || device->has_f64;
}

int ew_array(EwDevice *device, EwType type, size_t n, const void *host, EwArray *array) {
    size_t bytes;
    *array = (EwArray){.device = device, .type = type, .n = n};
    if (type <= EW_NONE || type >= EW_TYPES)
        return hc_set_error(HC_USAGE, 0, NULL, NULL, "%d is no type of elements", (int)type);
    if (!ew_device_has(device, type))
        return hc_set_error(HC_USAGE, 0, NULL, "choose another type, or another device",
                            "%s has no %s", device->name, ew_type_name(type));
    if (n == 0) return HC_OK; /* no API allocates nothing */
    if (__builtin_mul_overflow(n, ew_type_size(type), &bytes))
        return hc_set_error(HC_ERROR, 0, NULL, "take fewer elements",
                            "%zu elements of %s are more than memory can hold", n,
                            ew_type_name(type));
    int status = device->backend->alloc(device, bytes, &array->memory);
    if (status == HC_OK && host) status = ew_write(array, host);
    if (status != HC_OK) ew_array_free(array);
    return status;
}

int ew_view(const EwArray *array, size_t first, size_t n, EwArray *view) {
    *view = (EwArray){.device = array->device, .type = array->type};
    if (first > array->n || n > array->n - first)
        return hc_set_error(HC_USAGE, 0, NULL, NULL,
                            "%zu elements from element %zu on: the array has only %zu", n, first,
                            array->n);
    *view = *array;
    view->first += first;
    view->n = n;
    return HC_OK;
}

int ew_read(const EwArray *array, void *host) {
    size_t size = ew_type_size(array->type);
    if (array->n == 0) return HC_OK;
    return array->device->backend->read(array->device, array->memory, array->first * size, host,
                                        array->n * size);
}

int ew_write(const EwArray *array, const void *host) {
    size_t size = ew_type_size(array->type);
    if (array->n == 0) return HC_OK;
    return array->device->backend->write(array->device, array->memory, array->first * size, host,
                                         array->n * size);
}

void ew_array_free(EwArray *array) {
    if (array->memory) array->device->backend->release(array->device, array->memory);
    *array = (EwArray){.device = array->device, .type = array->type};
}
