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

/* The first device of the other language. */
static int other_language(const HcDevice *device, HcDevice *twin) {
    bool is_cl = strcmp(device->api, "opencl") == 0;
    const HcApi *others[3] = {NULL};
    int count = 0;
    for (const HcApi *const *api = apis; *api != &hc_host_api; api++)
        if ((strcmp((*api)->name, "opencl") == 0) != is_cl) others[count++] = *api;
    if (count) return hc_select_device(others, NULL, twin);
    return hc_set_error(HC_SKIP, 0, NULL, NULL, "this program was built with one language only");
}

static const char *block, *grid, *element, *show = "warp";
static size_t warp = 32;
static bool both;
static const HcOption options[] = {
    HC_TEXT("block", &block, "XxYxZ", "threads of a block; usually 64, 16x4 or 8x4x2"),
    HC_TEXT("grid", &grid, "XxYxZ", "blocks; usually as many as cover all elements"),
    HC_COUNT("warp", &warp, "threads of a warp; usually 32, as on every NVIDIA GPU"),
    HC_CHOICE("show", &show, "warp|lane|block", "what stands for a thread in the picture"),
    HC_TEXT("element", &element, "XxYxZ", "whose thread to ask; usually the last element's"),
    HC_FLAG("both", &both, "run the twin in the other language, too, and compare"),
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
    Who *who, *want, *other;
    uint32_t *owner, *other_owner, asked[3];
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

    if (both) {
        /* The twin: the other language, on the first device that it has here. */
        HcDevice twin;
        CHECK_HC(other_language(&device, &twin));
        CHECK_HC(hc_alloc(space.threads, sizeof *other, &other));
        CHECK_HC(hc_alloc(space.elements, sizeof *other_owner, &other_owner));
        run(&twin, &space, other, other_owner);
        hc_say("twin       %s  %s\n", twin.api, twin.name);
        hc_verify("who of both", hc_compare(HC_U32, who, other, space.threads * 8, HC_EXACT));
        hc_verify("owner of both",
                  hc_compare(HC_U32, owner, other_owner, space.elements, HC_EXACT));
        free(other_owner), free(other);
    }
    free(owner), free(want), free(who);
    return hc_end();
}
