// SPDX-License-Identifier: MIT
/* A kernel from the reader's texts to its launch: the phases one after the other. Arguments are
 * read, the source is made, the back end compiles it; later, each call is checked and launched.
 */
#include <math.h>

#include "internal.h"

int ew_start(EwDevice *device, EwKind kind, const char *name, const char *declarations,
             const EwOptions *options, EwKernel **kernel) {
    *kernel = NULL;
    if (!ew_is_name(name) || strlen(name) >= EW_NAME)
        return hc_set_error(HC_USAGE, 0, NULL, "letters, digits and _, at most 31 of them",
                            "'%s' cannot be the name of a kernel", name);
    int status = hc_alloc(1, sizeof **kernel, kernel);
    if (status != HC_OK) return status;
    EwKernel *k = *kernel;
    k->device = device;
    k->kind = kind;
    if (options) k->options = *options;
    snprintf(k->name, sizeof k->name, "%.31s", name);
    if (k->options.preamble) status = ew_check_preamble(k->options.preamble);
    if (status == HC_OK) status = ew_parse_args(declarations, "argument", k->args, &k->arg_count);
    for (size_t a = 0; status == HC_OK && a < k->arg_count; a++)
        if (!ew_device_has(device, k->args[a].type))
            status = hc_set_error(HC_USAGE, 0, NULL, "choose another type, or another device",
                                  "argument %zu '%s': %s has no %s", a + 1, k->args[a].name,
                                  device->name, ew_type_name(k->args[a].type));
    if (status == HC_OK) return HC_OK;
    ew_free(k);
    *kernel = NULL;
    return status;
}

int ew_build(EwKernel *kernel) {
    const EwBackend *backend = kernel->device->backend;
    int status = ew_finish(kernel);
    if (status != HC_OK) return status;
    status = backend->build(kernel->device, kernel->name, kernel->source, &kernel->options,
                            &kernel->module, &kernel->from_cache);
    if (status == HC_BUILD) ew_explain(kernel->source);
    return status;
}

int ew_map(EwDevice *device, const char *name, const char *declarations, const char *statement,
           const EwOptions *options, EwKernel **kernel) {
    int status = ew_start(device, EW_MAP, name, declarations, options, kernel);
    EwKernel *k = *kernel;
    if (status != HC_OK || !k) return status;
    k->run = ew_run_map;
    status = ew_source_map(k, statement);
    if (status == HC_OK) status = ew_build(k);
    if (status == HC_BUILD && k->vectors) { /* the reader's mistake, or the generator's? */
        device->backend->unload(device, k->module);
        k->module = NULL;
        k->no_vectors = true;
        status = ew_source_map(k, statement);
        if (status == HC_OK) status = ew_build(k);
    }
    if (status == HC_OK) return HC_OK;
    ew_free(k);
    *kernel = NULL;
    return status;
}

int ew_run(EwKernel *kernel, EwRange range, const EwValue *values, size_t count) {
    EwCall call;
    if (!kernel->run)
        return hc_set_error(HC_USAGE, 0, NULL, "call ew_reduce, which gives the result",
                            "%s is a reduction", kernel->name);
    int status = ew_check_call(kernel, range, values, count, &call);
    if (status == HC_OK) {
        kernel->ran = call.items != 0;
        status = kernel->run(kernel, &call);
    }
    return status;
}

const char *ew_source(const EwKernel *kernel) { return kernel->source; }
bool ew_from_cache(const EwKernel *kernel) { return kernel->from_cache; }

double ew_time_ms(const EwKernel *kernel) {
    if (!kernel->ran) return (double)NAN;
    return kernel->device->backend->time_ms(kernel->device, kernel->module);
}

void ew_free(EwKernel *kernel) {
    if (!kernel) return;
    if (kernel->module) kernel->device->backend->unload(kernel->device, kernel->module);
    ew_drop_partials(kernel);
    free(kernel->source);
    free(kernel);
}
