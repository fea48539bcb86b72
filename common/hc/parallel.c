// SPDX-License-Identifier: MIT
/* The host as a device, and parallel_for on its threads: the range is cut into one contiguous piece
 * per thread, since a core that reads memory in order is served by its prefetcher.
 */
#define _XOPEN_SOURCE 700
#include <pthread.h>
#include <unistd.h>

#include "hc.h"

enum { MAX_THREADS = 256, MIN_PIECE = 1024 }; /* for less, a thread costs more than it saves */

typedef struct Piece {
    size_t begin, end;
    HcBody *body;
    void *context;
    pthread_t thread;
    bool started;
} Piece;

static void *run_piece(void *argument) {
    Piece *p = argument;
    p->body(p->begin, p->end, p->context);
    return NULL;
}

unsigned hc_cores(void) {
    long cores = sysconf(_SC_NPROCESSORS_ONLN);
    return cores < 1 ? 1 : cores > MAX_THREADS ? MAX_THREADS : (unsigned)cores;
}

void hc_parallel_for(size_t n, unsigned threads, HcBody *body, void *context) {
    Piece pieces[MAX_THREADS];
    if (threads == 0) {
        threads = hc_cores();
        if (threads > n / MIN_PIECE + 1) threads = (unsigned)(n / MIN_PIECE + 1);
    }
    if (threads > MAX_THREADS) threads = MAX_THREADS;
    if (threads > n) threads = (unsigned)n;
    for (unsigned t = 0; t < threads; t++) {
        size_t rest = n % threads, share = n / threads; /* the first rest pieces get one more */
        size_t begin = t * share + (t < rest ? t : rest);
        pieces[t] = (Piece){
            .begin = begin, .end = begin + share + (t < rest), .body = body, .context = context};
        if (t > 0)
            pieces[t].started = pthread_create(&pieces[t].thread, NULL, run_piece, &pieces[t]) == 0;
    }
    for (unsigned t = 0; t < threads; t++)
        if (!pieces[t].started) run_piece(&pieces[t]);
    for (unsigned t = 1; t < threads; t++)
        if (pieces[t].started) pthread_join(pieces[t].thread, NULL);
}

static int list_host(HcDevice *devices, size_t max, size_t *count) {
    char line[256];
    *count = 1;
    if (max == 0) return HC_OK;
    devices[0] = (HcDevice){.api = "cpu", .is_cpu = true, .name = "this computer's CPU"};
    snprintf(devices[0].detail, sizeof devices[0].detail, "host threads, up to %u", hc_cores());
    FILE *file = fopen("/proc/cpuinfo", "r");
    while (file && fgets(line, sizeof line, file)) /* not all kinds of CPU have a name there */
        if (sscanf(line, "model name : %255[^\n]", devices[0].name) == 1) break;
    if (file) fclose(file);
    return HC_OK;
}

const HcApi hc_host_api = {.name = "cpu", .list = list_host};
