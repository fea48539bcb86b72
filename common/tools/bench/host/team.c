// SPDX-License-Identifier: MIT
/* Threads that wait for work, so that a short loop is not timed together with their creation; and
 * the choice of the loops for this processor.
 */
#define _XOPEN_SOURCE 700
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "hc.h"
#include "host.h"

enum { PIECES = 32 /* for each thread */, MOST_THREADS = 256 };

const HostKernels *host_kernels(void) {
#ifdef HOST_HAS_v3
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512cd"))
        return &host_kernels_v4;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("bmi2"))
        return &host_kernels_v3;
#endif
    return &host_kernels_plain;
}

float *host_aligned(size_t n) {
    size_t bytes = n <= SIZE_MAX / sizeof(float) - 64 ? n * sizeof(float) : 0;
    void *memory = NULL;
    if (bytes == 0 || posix_memalign(&memory, 64, bytes) != 0) return NULL;
    return memset(memory, 0, bytes);
}

static struct {
    pthread_mutex_t lock;
    pthread_cond_t work, done;
    unsigned threads, wanted, busy; /* that wait, that take part, that have not finished */
    size_t job;                     /* counts the calls */
    size_t n, piece;
    atomic_size_t next;
    HostBody *body;
    void *context;
} team = {.lock = PTHREAD_MUTEX_INITIALIZER,
          .work = PTHREAD_COND_INITIALIZER,
          .done = PTHREAD_COND_INITIALIZER};

static void take_pieces(void) {
    for (;;) {
        size_t part = atomic_fetch_add(&team.next, 1), begin = part * team.piece;
        if (begin >= team.n) return;
        size_t end = team.n - begin < team.piece ? team.n : begin + team.piece;
        team.body(part, begin, end, team.context);
    }
}

static void *serve(void *number) {
    unsigned mine = (unsigned)(uintptr_t)number;
    size_t seen = 0;
    for (;;) {
        pthread_mutex_lock(&team.lock);
        while (team.job == seen) pthread_cond_wait(&team.work, &team.lock);
        seen = team.job;
        bool wanted = mine < team.wanted;
        pthread_mutex_unlock(&team.lock);
        if (!wanted) continue;
        take_pieces();
        pthread_mutex_lock(&team.lock);
        if (--team.busy == 0) pthread_cond_signal(&team.done);
        pthread_mutex_unlock(&team.lock);
    }
    return NULL;
}

/* The caller is thread 0. The threads stay until the process ends. */
static void grow(unsigned threads) {
    while (team.threads < threads) {
        pthread_t thread;
        unsigned number = team.threads ? team.threads : 1;
        if (number == threads ||
            pthread_create(&thread, NULL, serve, (void *)(uintptr_t)number) != 0)
            break;
        pthread_detach(thread);
        team.threads = number + 1;
    }
}

void host_for(size_t n, size_t grain, unsigned threads, HostBody *body, void *context) {
    if (threads == 0) threads = hc_cores();
    if (threads > MOST_THREADS) threads = MOST_THREADS;
    if (team.threads == 0) team.threads = 1;
    size_t pieces = (size_t)threads * PIECES, grains = (n + grain - 1) / grain;
    pthread_mutex_lock(&team.lock);
    grow(threads);
    team.n = n;
    team.piece = (grains + pieces - 1) / pieces * grain;
    if (team.piece * HOST_PARTS < n) team.piece = (n / HOST_PARTS / grain + 1) * grain;
    atomic_store(&team.next, 0);
    team.body = body;
    team.context = context;
    team.wanted = team.threads < threads ? team.threads : threads;
    team.busy = team.wanted - 1;
    team.job++;
    if (team.busy) pthread_cond_broadcast(&team.work);
    pthread_mutex_unlock(&team.lock);
    take_pieces();
    pthread_mutex_lock(&team.lock);
    while (team.busy) pthread_cond_wait(&team.done, &team.lock);
    pthread_mutex_unlock(&team.lock);
}
