// SPDX-License-Identifier: MIT
/* The launches of reductions and scans: how a range is cut into parts for the groups, memory for
 * the partial results, and the kernels one after the other. Nothing waits in between: a back end
 * does its launches in order.
 */
#include "source_fold.h"

/* Groups for each unit. On a CPU some more than threads, so that one which is held up does not hold
 * up all. On a GPU 8 x 256 are all the threads that a multiprocessor holds. */
enum { CHUNK_GROUPS = 4, STRIDE_GROUPS = 8 };

EwCut ew_cut(const EwKernel *kernel, size_t items) {
    const EwDevice *device = kernel->device;
    bool chunks = device->shape == EW_CHUNKS;
    uint64_t tiles = items / EW_TILE + (items % EW_TILE != 0);
    uint64_t most = device->units * (chunks ? CHUNK_GROUPS : STRIDE_GROUPS);
    EwCut cut = {.tiles = 1, .group = chunks ? 1 : EW_LANES};
    if (!kernel->options.deterministic && tiles > most) cut.tiles = (tiles + most - 1) / most;
    cut.partials = (tiles + cut.tiles - 1) / cut.tiles;
    cut.groups = cut.partials < most ? cut.partials : most;
    return cut;
}

/* What a reduction or scan keeps between its runs. */
typedef struct Own {
    void *memory;
    uint64_t items;
} Own;

int ew_partials(EwKernel *kernel, uint64_t items, void **memory) {
    const EwBackend *backend = kernel->device->backend;
    uint64_t usual = kernel->device->units * STRIDE_GROUPS + 1; /* then it never has to grow */
    Own *own = kernel->own;
    if (items < usual) items = usual;
    if (!own) {
        int status = hc_alloc(1, sizeof *own, &own);
        if (status != HC_OK) return status;
        kernel->own = own;
    }
    if (own->items < items) {
        if (own->memory) backend->release(kernel->device, own->memory);
        *own = (Own){0};
        int status = backend->alloc(kernel->device, items * kernel->item_size, &own->memory);
        if (status != HC_OK) return status;
        own->items = items;
    }
    *memory = own->memory;
    return HC_OK;
}

void ew_drop_partials(EwKernel *kernel) {
    Own *own = kernel->own;
    if (own && own->memory) kernel->device->backend->release(kernel->device, own->memory);
    free(own);
    kernel->own = NULL;
}

/* Launch a kernel for the range of call, or, without one, the kernel of a single group for the
 * partial results. */
int ew_launch_fold(EwKernel *kernel, const char *entry, const EwCall *call, EwCut cut,
                   void *partials, bool first) {
    const EwBackend *backend = kernel->device->backend;
    EwParam params[sizeof call->params / sizeof *call->params];
    const uint64_t zero = 0, one = 1;
    size_t count = 0;
    if (call) {
        count = call->count;
        memcpy(params, call->params, count * sizeof *params);
    } else { /* n, start, step, count */
        const uint64_t *values[] = {&zero, &zero, &one, &cut.partials};
        for (; count < 4; count++)
            params[count] = (EwParam){.value = values[count], .size = sizeof(uint64_t)};
    }
    const uint64_t tiles = call ? cut.tiles : cut.partials / EW_TILE + 1;
    params[count++] = (EwParam){.memory = partials, .is_memory = true};
    params[count++] = (EwParam){.value = &tiles, .size = sizeof tiles};
    return backend->launch(kernel->device, kernel->module, entry, call ? cut.groups : 1, cut.group,
                           params, count, first);
}

int ew_run_reduction(EwKernel *kernel, EwCall *call, void *result) {
    EwCut cut = ew_cut(kernel, call->items);
    void *partials;
    int status = ew_partials(kernel, cut.partials + 1, &partials);
    if (status == HC_OK && cut.partials)
        status = ew_launch_fold(kernel, "ew_fold", call, cut, partials, true);
    if (status == HC_OK && cut.partials != 1) /* of none, too: the neutral element */
        status = ew_launch_fold(kernel, "ew_last", NULL, cut, partials, cut.partials == 0);
    if (status != HC_OK) return status;
    return kernel->device->backend->read(kernel->device, partials, 0, result, kernel->item_size);
}

int ew_run_scan(EwKernel *kernel, EwCall *call) {
    EwCut cut = ew_cut(kernel, call->items);
    void *partials;
    if (call->step != 1)
        return hc_set_error(HC_USAGE, 0, NULL, "EW_ALL is every i",
                            "%s: a scan goes through its range by steps of 1, not of %zu",
                            kernel->name, call->step);
    if (cut.partials == 0) return HC_OK; /* nothing to launch */
    int status = ew_partials(kernel, cut.partials + 1, &partials);
    if (status == HC_OK) status = ew_launch_fold(kernel, "ew_fold", call, cut, partials, true);
    if (status == HC_OK) status = ew_launch_fold(kernel, "ew_bases", NULL, cut, partials, false);
    if (status == HC_OK) status = ew_launch_fold(kernel, "ew_put_all", call, cut, partials, false);
    return status;
}
