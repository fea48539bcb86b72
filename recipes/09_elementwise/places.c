// SPDX-License-Identifier: MIT
/* The devices that one text runs on: the one that was chosen, the threads of the host with C, and
 * the other API's. What is absent is named with its reason; it is never passed over in silence.
 */
#include "play.h"

#ifndef HC_NO_OPENCL
#include "hc_cl.h"
#endif
#ifndef HC_NO_CUDA
#include "hc_cu.h"
#endif

const HcApi *const play_apis[] = {
#ifndef HC_NO_OPENCL
    &hc_cl_api,
#endif
#ifndef HC_NO_CUDA
    &hc_cu_api, &hc_sim_api,
#endif
    NULL};

static const char *word(const HcDevice *device) {
    return strcmp(device->api, "opencl") == 0 ? "OpenCL"
           : strcmp(device->api, "cuda") == 0 ? "CUDA"
                                              : "CUDA (cusim)";
}

static void give_reason(Place *place) {
    const HcError *e = hc_last_error();
    snprintf(place->why, sizeof place->why, "%.300s", e->message);
    place->device = NULL;
}

/* C on the threads of the host. */
static void open_host(Place *place) {
    place->what = "C";
    if (ew_open(NULL, &place->device) != HC_OK) give_reason(place);
}

/* A device of the API that was not chosen: OpenCL beside CUDA, a GPU or cusim beside OpenCL. */
static void open_other(Place *place, const HcDevice *chosen) {
    HcDevice other;
    bool cl = strcmp(chosen->api, "opencl") == 0;
    place->what = cl ? "CUDA" : "OpenCL";
    int status = hc_select_device(play_apis, cl ? "cuda" : "opencl", &other);
    if (status == HC_SKIP && cl) status = hc_select_device(play_apis, "sim", &other);
    if (status == HC_OK) {
        place->what = word(&other);
        status = ew_open(&other, &place->device);
    }
    if (status == HC_USAGE)
        snprintf(place->why, sizeof place->why, "this program was built without %s", place->what);
    else if (status != HC_OK) give_reason(place);
}

int places_open(Place places[PLACES], const HcDevice *chosen, bool all) {
    memset(places, 0, PLACES * sizeof *places);
    Place *device = &places[play_as_c ? 1 : 0], *host = &places[play_as_c ? 0 : 1];
    open_host(host);
    if (play_as_c && !host->device) return HC_SKIP; /* the error says why */
    device->what = word(chosen);
    int status = ew_open(chosen, &device->device);
    if (status != HC_OK) return status;
    if (all || !host->device) open_other(&places[2], chosen);
    if (!host->device && places[2].device) { /* compared with that, then */
        Place swap = places[1];
        places[1] = places[2], places[2] = swap;
    }
    return HC_OK;
}

void places_close(Place places[PLACES]) {
    for (int p = PLACES - 1; p >= 0; p--) ew_close(places[p].device);
}
