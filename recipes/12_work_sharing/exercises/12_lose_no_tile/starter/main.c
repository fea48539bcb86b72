// SPDX-License-Identifier: MIT
/* Four workers share the tiles of a queue. Some of them fail, each with the first tile that it
 * takes. If it is one, it fails late: after the others have done whatever else there is, since that
 * is when a queue can lose a tile. If they are two, both fail early, before the others come. A
 * failed worker gives its tile back and ends. Nothing here needs to be changed: edit queue.c.
 *
 * Without --in there are 8 tiles and one worker that fails; what became of each tile is printed.
 */
#define _XOPEN_SOURCE 700
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#include "hc.h"
#include "queue.h"

enum { WORKERS = 4 };

static Queue *queue;
static uint64_t tiles = 8, failing = 1;
static _Atomic uint32_t *times_done;     /* of each tile */
static _Atomic uint64_t all_done, taken; /* tiles done; failing workers that have theirs */

static void sleep_ms(long ms) { nanosleep(&(struct timespec){.tv_nsec = ms * 1000000}, NULL); }

/* Wait, but not for ever, until the others have nothing left to do but this. */
static void wait_for_others(void) {
    for (int i = 0; i < 200 && all_done + failing < tiles; i++) sleep_ms(1);
    sleep_ms(20);
}

/* Wait until so many of the failing workers have their tile. */
static void wait_for_taken(uint64_t count) {
    for (int i = 0; i < 1000 && taken < count && taken < tiles; i++) sleep_ms(1);
}

static void *work(void *argument) {
    bool fails = *(const size_t *)argument < failing;
    size_t tile;
    while (queue_take(queue, &tile)) {
        if (tile >= tiles) break; /* no such tile */
        if (fails) {
            atomic_fetch_add(&taken, 1);
            if (failing == 1) wait_for_others();
            else wait_for_taken(failing);
            queue_give_back(queue, tile);
            return NULL;
        }
        atomic_fetch_add(&times_done[tile], 1);
        atomic_fetch_add(&all_done, 1);
        queue_done(queue, tile);
    }
    return NULL;
}

static const char *in, *out;
static const HcOption options[] = {
    HC_TEXT("in", &in, "FILE", "how many tiles, and how many workers fail"),
    HC_TEXT("out", &out, "FILE", "how often each tile was done"), HC_OPTIONS_END};
static const HcRecipe recipe = {
    .name = "12_lose_no_tile", .summary = "a queue that loses no tile", .options = options};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    FILE *file = in ? fopen(in, "rb") : NULL;
    if (in && (!file || fread(&tiles, sizeof tiles, 1, file) != 1 ||
               fread(&failing, sizeof failing, 1, file) != 1))
        CHECK_HC(hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot read %s", in));
    if (file) fclose(file);
    CHECK_HC(hc_alloc((size_t)tiles, sizeof *times_done, &times_done));
    queue = queue_new((size_t)tiles);
    if (!queue) CHECK_HC(hc_set_error(HC_ERROR, 0, NULL, NULL, "queue_new gave no queue"));

    pthread_t threads[WORKERS];
    size_t numbers[WORKERS];
    for (size_t i = 0; i < WORKERS; i++) {
        numbers[i] = i;
        if (pthread_create(&threads[i], NULL, work, &numbers[i]) != 0)
            CHECK_HC(hc_set_error(HC_ERROR, 0, NULL, NULL, "no thread could be made"));
        if (i < failing) wait_for_taken(i + 1); /* those who fail take their tiles first */
        for (size_t k = 0; failing > 1 && i + 1 == failing && k <= i; k++)
            pthread_join(threads[k], NULL);
    }
    for (size_t i = failing > 1 ? failing : 0; i < WORKERS; i++) pthread_join(threads[i], NULL);

    file = out ? fopen(out, "wb") : stdout;
    for (uint64_t i = 0; i < tiles && file; i++) {
        uint32_t times = times_done[i];
        if (!out) printf("tile %u was done %u times\n", (unsigned)i, times);
        else if (fwrite(&times, sizeof times, 1, file) != 1) break;
    }
    if (!file || (out && fclose(file) != 0))
        CHECK_HC(hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot write %s", out));
    queue_free(queue);
    free((void *)times_done);
    return hc_end();
}
