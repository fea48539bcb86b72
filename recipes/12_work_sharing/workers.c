// SPDX-License-Identifier: MIT
/* Who works: threads of the host, and devices. Without a word from the reader these are all that
 * are found, but cusim, which is this CPU once more: it would take the cores from the others, and
 * its times are no device's. A GPU that both OpenCL and CUDA show under one name is taken once.
 */
#include "work.h"
#ifndef HC_NO_OPENCL
#include "hc_cl.h"
#endif
#ifndef HC_NO_CUDA
#include "hc_cu.h"
#endif

const HcApi *const device_apis[] = {
#ifndef HC_NO_OPENCL
    &hc_cl_api,
#endif
#ifndef HC_NO_CUDA
    &hc_cu_api, &hc_sim_api,
#endif
    &hc_host_api, NULL};

static const Backend *backend_for(const HcDevice *device) {
#ifndef HC_NO_OPENCL
    if (strcmp(device->api, "opencl") == 0) return &opencl_backend;
#endif
#ifndef HC_NO_CUDA
    if (strcmp(device->api, "cpu") != 0) return &cuda_backend; /* "cuda" or "sim" */
#endif
    return NULL;
}

/* Every device but the host: CUDA's first, since a driver must be there before OpenCL is asked. */
static size_t find_devices(bool sim, HcDevice *devices, size_t max) {
    size_t count = 0, found = 0;
    for (int pass = 0; pass < 2; pass++)
        for (const HcApi *const *api = device_apis; *api; api++) {
            bool is_cuda = (*api)->use != NULL, is_sim = strcmp((*api)->name, "sim") == 0;
            if (*api == &hc_host_api || is_cuda != (pass == 0) || (is_cuda && is_sim != sim))
                continue;
            int status = is_cuda ? (*api)->use() : HC_OK;
            if (status == HC_OK) status = (*api)->list(devices + count, max - count, &found);
            if (status != HC_OK && status != HC_SKIP) /* broken, not merely absent */
                fprintf(stderr, "%s left out: %s\n    hint: %s\n", (*api)->name,
                        hc_last_error()->message, hc_last_error()->hint);
            if (status != HC_OK) continue; /* others do the work */
            size_t last = count + (found < max - count ? found : max - count);
            for (size_t i = count; i < last; i++) {
                bool is_known = false;
                for (size_t k = 0; k < count && devices[i].is_gpu; k++)
                    is_known |= strcmp(devices[k].name, devices[i].name) == 0 &&
                                strcmp(devices[k].api, devices[i].api) != 0;
                if (!is_known) devices[count++] = devices[i];
            }
        }
    return count;
}

/* Shades of blue for the host's threads, and a colour of its own for each device. */
static void choose_colour(Worker *w, size_t index, size_t host_threads) {
    static const unsigned char devices[][3] = {{226, 100, 24}, {30, 150, 70}, {170, 40, 160},
                                               {190, 150, 0},  {200, 30, 50}, {0, 140, 150}};
    size_t others = sizeof devices / sizeof devices[0];
    if (w->party > 0) memcpy(w->colour, devices[(w->party - 1) % others], 3);
    double part = host_threads > 1 ? (double)index / (double)(host_threads - 1) : 0;
    for (int c = 0; c < 3 && w->party == 0; c++)
        w->colour[c] =
            (unsigned char)((double[]){20, 80, 190}[c] + part * (double[]){80, 90, 55}[c]);
}

static void add(Share *share, const HcDevice *device, size_t party) {
    Worker *w = &share->workers[share->count++];
    *w = (Worker){.device = *device, .backend = backend_for(device), .party = party};
    if (!w->backend) snprintf(w->name, sizeof w->name, "host %zu", share->count);
    else if (strcmp(device->api, "opencl") == 0)
        snprintf(w->name, sizeof w->name, "opencl:%d:%d", device->platform, device->index);
    else snprintf(w->name, sizeof w->name, "%s:%d", device->api, device->index);
}

int find_workers(const HcArgs *args, size_t host_threads, bool sim, Share *share) {
    HcDevice host, devices[MAX_DEVICES];
    size_t count = 0, hosts = 0;
    const char *wish = getenv("HC_DEVICE");
    bool is_told = false; /* that the host takes part */
    if (host_threads > MAX_HOST_THREADS)
        return hc_set_error(HC_USAGE, 0, NULL, NULL, "--host: %d threads are the most",
                            MAX_HOST_THREADS);
    int status = hc_alloc(MAX_WORKERS, sizeof *share->workers, &share->workers);
    if (status != HC_OK) return status;
    hc_host_api.list(&host, 1, &hosts);
    if (args->device || (wish && *wish)) { /* the host, and the one that is asked for */
        status = hc_choose_device(&devices[0]);
        if (status != HC_OK) return status;
        count = backend_for(&devices[0]) != NULL;
        is_told = count == 0;
    } else {
        hc_step("looking for devices");
        count = find_devices(sim, devices, MAX_DEVICES);
        hc_step(NULL);
        for (size_t i = 0; i < count; i++) hc_add_device(&devices[i]);
    }
    if (host_threads > 0 && !is_told) hc_add_device(&host);
    for (size_t i = 0; i < host_threads; i++) add(share, &host, 0);
    for (size_t i = 0; i < count; i++) add(share, &devices[i], i + 1);
    for (size_t i = 0; i < share->count; i++) choose_colour(&share->workers[i], i, host_threads);
    share->parties = count + 1;
    if (share->count > 0) return HC_OK;
    return hc_set_error(
        HC_USAGE, 0, NULL, "write --host 1, or see ./cook run 12 --list-devices",
        "nobody is there to work: no host thread was wanted, and no device is here");
}

int open_workers(Share *share, const Share *from, bool strict) {
    size_t usable = 0;
    int status = hc_alloc(from->count, sizeof *share->workers, &share->workers);
    if (status == HC_OK)
        status = hc_alloc(share->job.tiles, sizeof *share->queue.waiting, &share->queue.waiting);
    if (status != HC_OK) return status;
    pthread_mutex_init(&share->queue.lock, NULL);
    pthread_cond_init(&share->queue.changed, NULL);
    share->count = from->count;
    share->parties = from->parties;
    memcpy(share->workers, from->workers, from->count * sizeof *share->workers);
    for (size_t i = 0; i < share->count && share->job.tiles > 0; i++) {
        Worker *w = &share->workers[i];
        status = hc_alloc(share->job.tiles, sizeof *w->spans, &w->spans);
        if (status == HC_OK && w->backend) {
            status = w->backend->open(w, &share->job);
            if (status == HC_OK) /* a first launch may compile; nobody is to wait for that later */
                status = w->backend->compute(w, &share->job, 0, 1);
        }
        if (status == HC_BUILD || (status != HC_OK && strict)) return status;
        if (status != HC_OK) keep_failure(w, "before it began");
        usable += status == HC_OK;
    }
    if (usable > 0 || share->job.tiles == 0) return HC_OK;
    return hc_set_error(HC_ERROR, 0, NULL, "let the host work as well: --host 1",
                        "none of the devices can be used");
}

void close_workers(Share *share) {
    for (size_t i = 0; i < share->count; i++) {
        Worker *w = &share->workers[i];
        if (w->state) w->backend->close(w);
        free(w->state), free(w->spans);
    }
    free(share->workers), free(share->queue.waiting);
    pthread_cond_destroy(&share->queue.changed);
    pthread_mutex_destroy(&share->queue.lock);
}
