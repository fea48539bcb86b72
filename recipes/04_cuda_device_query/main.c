// SPDX-License-Identifier: MIT
/* Device query: every CUDA device of this machine, and what each can do.
 *
 * Run:    ./cook run 4          a tree of what is worth knowing; --table, --json, --all: the rest
 * Shapes: none: nothing is computed, so nothing is verified
 * Files:  this file has how to ask; attributes.def what to ask, one line each; answer.c what an
 *         answer means; derived.c what follows from several; tree.c, table.c, json.c show it
 */
#include "query.h"

static bool table, raw, meanings;
static const HcOption options[] = {
    HC_FLAG("table", &table, "every attribute, with the devices side by side"),
    HC_FLAG("all", &raw, "every number that the driver answers to, known here or not"),
    HC_FLAG("meanings", &meanings, "what each attribute means, from the table that is asked by"),
    HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "04_cuda_device_query",
                                .summary = "CUDA devices, and what each can do",
                                .apis = (const HcApi *const[]){&hc_cu_api, &hc_sim_api, NULL},
                                .options = options};

//> memory
/* What is free changes all the time. A context is asked: the driver's state on a device. */
static CUresult ask_free_memory(CUdevice handle, size_t *free_bytes) {
    CUcontext context;
    size_t total;
    CUresult code = cuDevicePrimaryCtxRetain(&context, handle);
    if (code != CUDA_SUCCESS) return code; /* another process may have the device for itself */
    code = cuCtxSetCurrent(context);
    if (code == CUDA_SUCCESS) code = cuMemGetInfo(free_bytes, &total);
    cuCtxSetCurrent(NULL);
    cuDevicePrimaryCtxRelease(handle);
    return code;
}
//< memory

static void ask_attribute(Device *device, int what) {
    Answer *answer = &device->answers[what];
    answer->code = cuDeviceGetAttribute(&answer->value, (CUdevice_attribute)what, device->handle);
}

static void ask(Device *device) {
    CUuuid uuid;
    //> attributes
    /* 4. One call for all attributes. A driver that does not know one says so by its code, and a
     * question that fails is part of the report, not its end. */
    for (size_t i = 0; i < attribute_count; i++)
        if (attributes[i].kind != KIND_HEADING) ask_attribute(device, attributes[i].what);
    //< attributes
    for (int what = 1; raw && what < RAW; what++) ask_attribute(device, what);
    device->pci_code = cuDeviceGetPCIBusId(device->pci, sizeof device->pci, device->handle);
    device->uuid_code = cuDeviceGetUuid(&uuid, device->handle);
    if (device->uuid_code == CUDA_SUCCESS) { /* as nvidia-smi and CUDA_VISIBLE_DEVICES have it */
        char *text = device->uuid + sprintf(device->uuid, "GPU");
        for (int i = 0; i < 16; i++) {
            bool dash = i == 0 || i == 4 || i == 6 || i == 8 || i == 10;
            text += sprintf(text, "%s%02x", dash ? "-" : "", (unsigned char)uuid.bytes[i]);
        }
    }
    device->free_code = ask_free_memory(device->handle, &device->free_bytes);
}

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    if (meanings) { /* needs no device */
        if (args.json) json_meanings();
        else if (!args.quiet) show_meanings(stdout);
        return hc_end();
    }

    /* 1. A process has one CUDA driver: a GPU's, or cusim's if there is no GPU. One device of it
     * if the reader named one, else all. */
    Machine machine = {.count = 0};
    HcDevice chosen;
    const char *wish = getenv("HC_DEVICE");
    CHECK_HC(hc_choose_device(&chosen));
    machine.software = strcmp(chosen.api, hc_sim_api.name) == 0;
    bool only_one = args.device || (wish && *wish);

    //> start
    /* 2. The driver must be started before anything else is asked, but for its version: that of
     * the newest CUDA it speaks, as 1000 * major + 10 * minor. */
    CHECK_CU(cuInit(0));
    CHECK_CU(cuDriverGetVersion(&machine.driver_version));
    int major, minor;
    nvrtcResult compiler = nvrtcVersion(&major, &minor); /* another library, which may be absent */
    //< start
    if (compiler == NVRTC_SUCCESS) {
        snprintf(machine.nvrtc, sizeof machine.nvrtc, "%d.%d", major, minor);
    } else {
        hc_nvrtc_set_error(compiler);
        snprintf(machine.no_nvrtc, sizeof machine.no_nvrtc, "%s", hc_last_error()->message);
    }

    //> devices
    /* 3. How many devices? They have plain numbers from 0; a handle is what all calls take. */
    int found;
    CHECK_CU(cuDeviceGetCount(&found));
    CHECK_HC(hc_alloc((size_t)found, sizeof(Device), &machine.devices));
    for (int i = 0; i < found; i++) {
        if (only_one && i != chosen.index) continue;
        Device *device = &machine.devices[machine.count++];
        snprintf(device->spec, sizeof device->spec, "%s:%d", chosen.api, i);
        CHECK_CU(cuDeviceGet(&device->handle, i));
        CHECK_CU(cuDeviceGetName(device->name, sizeof device->name, device->handle));
        device->total_code = cuDeviceTotalMem(&device->total_bytes, device->handle);
        ask(device);
    }
    //< devices

    //> peers
    /* 5. Can a kernel on one device read the memory of another, without the host in between? */
    size_t n = (size_t)machine.count;
    CHECK_HC(hc_alloc(n * n, sizeof(bool), &machine.peers));
    for (size_t i = 0; i < n * n; i++) {
        CUdevice from = machine.devices[i / n].handle, to = machine.devices[i % n].handle;
        int can = 0;
        if (from != to) CHECK_CU(cuDeviceCanAccessPeer(&can, from, to));
        machine.peers[i] = can != 0;
    }
    //< peers

    /* 6. Software in place of a GPU: say what a GPU would need here. */
    size_t gpus;
    if (machine.software && hc_cu_api.list(NULL, 0, &gpus) != HC_OK) {
        snprintf(machine.no_gpu, sizeof machine.no_gpu, "%s", hc_last_error()->message);
        snprintf(machine.no_gpu_hint, sizeof machine.no_gpu_hint, "%s", hc_last_error()->hint);
    }
    if (args.json) json_machine(&machine, raw);
    else if (!args.quiet) (raw ? show_raw : table ? show_table : show_tree)(&machine);
    free(machine.peers), free(machine.devices);
    return hc_end();
}
