// SPDX-License-Identifier: MIT
/* Who am I? Each thread of a launch writes which block, thread and warp it is, and takes its
 * element; the picture that is printed is made of what they wrote.
 *
 * Run:        ./cook run 3          or a space of your own, in 1, 2 or 3 dimensions:
 *             ./cook run 3 -n 1000 --block 256        ./cook run 3 -n 21x10x3 --block 8x4x2
 * Shapes:     who: 8 numbers for each thread launched; owner: one for each element
 * Tolerance:  none. All of it are whole numbers.
 */
#include "space.h"
#ifndef HC_NO_CUDA
#include "hc_cu.h"
#endif
#ifndef HC_NO_OPENCL
#include "hc_cl.h"
#endif

//> reference
/* The reference: from a thread's number alone, in plain C, who it must be. */
static Who expected(const Space *s, size_t me) {
    Who w = {.warp = (uint32_t)(me % s->in_block) / s->warp, .inside = 1};
    size_t block = me / s->in_block, in_block = me % s->in_block;
    for (int d = 0; d < 3; d++) {
        w.block[d] = (uint32_t)(block % s->grid[d]), block /= s->grid[d];
        w.thread[d] = (uint32_t)(in_block % s->block[d]), in_block /= s->block[d];
        w.inside &= (size_t)w.block[d] * s->block[d] + w.thread[d] < s->n[d];
    }
    return w;
}
//< reference

static void run(const HcDevice *device, const Space *space, Who *who, uint32_t *owner) {
    memset(owner, 0xff, space->elements * sizeof *owner); /* NO_OWNER */
    memset(who, 0, space->threads * sizeof *who);
    if (space->threads == 0) return; /* no API launches nothing */
    hc_step("running on the device");
    if (strcmp(device->api, "cpu") == 0) run_host(space, who, owner);
#ifndef HC_NO_OPENCL
    else if (strcmp(device->api, "opencl") == 0) run_opencl(device, space, who, owner);
#endif
#ifndef HC_NO_CUDA
    else run_cuda(device, space, who, owner);
#endif
    hc_step(NULL);
}

static void say_shape(const char *what, const Space *space, const uint32_t shape[3]) {
    hc_say("%s%u", what, shape[0]);
    for (int d = 1; d < space_rank(space); d++) hc_say(" x %u", shape[d]);
    hc_say("%s\n", shape == space->block ? " threads" : "");
}

static const HcApi *const apis[] = {
#ifndef HC_NO_CUDA
    &hc_cu_api, &hc_sim_api,
#endif
#ifndef HC_NO_OPENCL
    &hc_cl_api,
#endif
    &hc_host_api, NULL};

/* The same by another device, or by the host's loops, and is it the same? */
static void compare(const HcDevice *device, const Space *space, const Who *who,
                    const uint32_t *owner) {
    Who *other;
    uint32_t *other_owner;
    char what[64];
    CHECK_HC(hc_alloc(space->threads, sizeof *other, &other));
    CHECK_HC(hc_alloc(space->elements, sizeof *other_owner, &other_owner));
    run(device, space, other, other_owner);
    hc_say("also       %s  %s\n", device->api, device->name);
    snprintf(what, sizeof what, "who as by %s", device->api);
    hc_verify(what, hc_compare(HC_U32, who, other, space->threads * 8, HC_EXACT));
    snprintf(what, sizeof what, "owner as by %s", device->api);
    hc_verify(what, hc_compare(HC_U32, owner, other_owner, space->elements, HC_EXACT));
    free(other_owner), free(other);
}

/* The first device of each other kind: CUDA (a GPU, else the software device), OpenCL, the host. */
static void compare_all(const HcDevice *device, const Space *space, const Who *who,
                        const uint32_t *owner) {
    static const char *const kinds[] = {"cuda sim", "opencl", "cpu"};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        const HcApi *these[3] = {NULL};
        int count = 0;
        for (const HcApi *const *api = apis; *api; api++)
            if (strstr(kinds[k], (*api)->name)) these[count++] = *api;
        HcDevice other;
        if (count == 0 || strstr(kinds[k], device->api)) continue; /* not in this build, or done */
        CHECK_HC(hc_select_device(these, NULL, &other));
        compare(&other, space, who, owner);
    }
}

static const char *block, *grid, *element, *show = "warp";
static size_t warp = 32;
static bool all;
static const HcOption options[] = {
    HC_TEXT("block", &block, "XxYxZ", "threads of a block; usually 64, 16x4 or 8x4x2"),
    HC_TEXT("grid", &grid, "XxYxZ", "blocks; usually as many as cover all elements"),
    HC_COUNT("warp", &warp, "threads of a warp; usually 32, as on every NVIDIA GPU"),
    HC_CHOICE("show", &show, "warp|lane|block", "what stands for a thread in the picture"),
    HC_TEXT("element", &element, "XxYxZ", "whose thread to ask; usually the last element's"),
    HC_FLAG("all", &all, "run it in CUDA, in OpenCL and in plain C, and compare"),
    HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "03_gpu_programming",
                                .summary = "which thread computes which element, as a picture",
                                .apis = apis,
                                .options = options,
                                .size = {100, 1, 1},
                                .rank = -1};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    HcDevice device;
    Space space;
    Who *who, *want;
    uint32_t *owner, asked[3];
    CHECK_HC(hc_choose_device(&device));
    CHECK_HC(space_make(args.size, block, grid, warp, &space));
    CHECK_HC(space_element(&space, element, asked));
    CHECK_HC(hc_alloc(space.threads, sizeof *who, &who));
    CHECK_HC(hc_alloc(space.threads, sizeof *want, &want));
    CHECK_HC(hc_alloc(space.elements, sizeof *owner, &owner));
    say_shape("elements   ", &space, space.n);
    say_shape("a block    ", &space, space.block);
    run(&device, &space, who, owner);

    //> verify
    for (size_t me = 0; me < space.threads; me++) want[me] = expected(&space, me);
    draw(&space, who, show);
    bool right = hc_verify("who", hc_compare(HC_U32, who, want, space.threads * 8, HC_EXACT));
    right = hc_verify("owner", space_owners(&space, want, owner)) && right;
    //< verify
    if (right) count(&space, who);
    if (right) ask(&space, who, owner, asked);

    if (all) compare_all(&device, &space, who, owner);
    free(owner), free(want), free(who);
    return hc_end();
}
