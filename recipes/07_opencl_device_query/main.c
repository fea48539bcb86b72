// SPDX-License-Identifier: MIT
/* Device query: every OpenCL platform and device of this machine, and what each can do.
 *
 * Run:    ./cook run 7          the full report; add -l for a tree of names, --json for programs
 * Shapes: none: nothing is computed, so nothing is verified
 * Files:  attributes.c has what to ask, as one table; this file has how to ask; query.c judges the
 *         answer; text.c and json.c show it; probe.c asks what only a built kernel knows
 */
#include "query.h"

//> two_calls
/* Every query of OpenCL is made twice: first for the size of the answer, then for the answer. */
static cl_int get_info(const Target *target, cl_uint what, size_t room, void *data, size_t *size) {
    if (target->device) return clGetDeviceInfo(target->device, what, room, data, size);
    return clGetPlatformInfo(target->platform, what, room, data, size);
}

Value ask(const Target *target, cl_uint what) {
    Value value = {.what = what};
    value.code = get_info(target, what, 0, NULL, &value.size);
    if (value.code == CL_SUCCESS) {
        CHECK_HC(hc_alloc(value.size + 1, 1, &value.data)); /* zeroed: a text surely ends */
        value.code = get_info(target, what, value.size, value.data, NULL);
    }
    value.state = value.code == CL_SUCCESS ? KNOWN : FAILED;
    return value;
}
//< two_calls

static bool tree, meanings;
static const HcOption options[] = {
    HC_FLAG("tree", &tree, "names only, as a tree (also -l)"),
    HC_FLAG("meanings", &meanings, "what each attribute means, from the table that is asked by"),
    HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "07_opencl_device_query",
                                .summary = "OpenCL platforms and devices, and what each can do",
                                .apis = (const HcApi *const[]){&hc_cl_api, NULL},
                                .options = options};

int main(int argc, char **argv) {
    for (int i = 1; i < argc; i++) /* -l, as clinfo has it */
        if (strcmp(argv[i], "-l") == 0) argv[i] = (char *)"--tree";
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    if (meanings) { /* needs no device */
        if (args.json) json_meanings();
        else if (!args.quiet) text_meanings(stdout);
        return hc_end();
    }

    /* 1. One device if the reader named one, else all. Having none is an exit code of its own. */
    HcDevice chosen = {.handle = NULL};
    size_t found;
    const char *wish = getenv("HC_DEVICE");
    if (args.device || (wish && *wish)) CHECK_HC(hc_choose_device(&chosen));
    else CHECK_HC(hc_cl_api.list(NULL, 0, &found));

    /* 2. A view to show them with, and a kernel, since some questions only a kernel can answer. */
    const View *view = args.json ? &json_view : args.quiet ? NULL : tree ? &tree_view : &text_view;
    char *source = NULL, loader[256];
    if (!view) return hc_end();
    if (view != &tree_view) CHECK_HC(hc_load_kernel("vector_copy.cl", &source));
    loader_text(loader, sizeof loader);
    view->begin(loader);

    //> platforms
    /* 3. The platforms: each is one installed driver. How many? Then: which? */
    cl_uint platform_count;
    cl_platform_id *platforms;
    CHECK_CL(clGetPlatformIDs(0, NULL, &platform_count));
    CHECK_HC(hc_alloc(platform_count, sizeof *platforms, &platforms));
    CHECK_CL(clGetPlatformIDs(platform_count, platforms, NULL));
    //< platforms

    for (cl_uint p = 0; p < platform_count; p++) {
        if (chosen.handle && chosen.platform != (int)p) continue;
        //> devices
        /* 4. The devices of this platform. A driver without hardware answers "not found". */
        cl_uint device_count = 0;
        cl_device_id *devices;
        cl_int code = clGetDeviceIDs(platforms[p], CL_DEVICE_TYPE_ALL, 0, NULL, &device_count);
        if (code != CL_SUCCESS) device_count = 0;
        CHECK_HC(hc_alloc(device_count, sizeof *devices, &devices));
        if (device_count)
            CHECK_CL(clGetDeviceIDs(platforms[p], CL_DEVICE_TYPE_ALL, device_count, devices, NULL));
        //< devices

        //> show
        /* 5. Ask the platform, then each device, for every attribute in the table. */
        Target platform = {.platform = platforms[p], .p = p};
        target_open(&platform);
        view->platform(&platform, device_count, code);
        target_close(&platform);
        for (cl_uint d = 0; d < device_count; d++) {
            if (chosen.handle && chosen.handle != devices[d]) continue;
            Target device = {platforms[p], devices[d], p, d, .source = source};
            device.is_last = chosen.handle || d + 1 == device_count;
            target_open(&device);
            view->device(&device);
            target_close(&device);
        }
        //< show
        free(devices);
    }
    free(platforms), free(source);
    return hc_end();
}
