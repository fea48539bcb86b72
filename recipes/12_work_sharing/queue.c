// SPDX-License-Identifier: MIT
/* The queue of tiles, and what a worker does with it: take one, compute it, take the next.
 *
 * A counter that everybody increases would do if nobody failed. But a device may fail with a tile
 * in its hands. So a tile is waiting, or in somebody's hands, or done; a failed one waits again.
 * And an empty queue is not the end: as long as others hold tiles, one of them may come back.
 */
#include "work.h"

//> queue
bool queue_take(Queue *queue, size_t *tile) {
    pthread_mutex_lock(&queue->lock);
    while (queue->waiting_count == 0 && queue->undone > 0)
        pthread_cond_wait(&queue->changed, &queue->lock);
    bool is_there = queue->waiting_count > 0;
    if (is_there) *tile = queue->waiting[--queue->waiting_count];
    pthread_mutex_unlock(&queue->lock);
    return is_there;
}

void queue_done(Queue *queue) {
    pthread_mutex_lock(&queue->lock);
    if (--queue->undone == 0) pthread_cond_broadcast(&queue->changed); /* nothing to wait for */
    pthread_mutex_unlock(&queue->lock);
}

void queue_give_back(Queue *queue, size_t tile) {
    pthread_mutex_lock(&queue->lock);
    queue->waiting[queue->waiting_count++] = tile;
    pthread_cond_signal(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}
//< queue

//> work
/* Compute one tile, on the device or right here. */
static int compute(Worker *worker, const Job *job, size_t tile) {
    size_t first = tile * job->tile_columns, columns = job->width - first;
    if (columns > job->tile_columns) columns = job->tile_columns;
    if (worker->backend) return worker->backend->compute(worker, job, first, columns);
    compute_columns(job, job->out, first, columns);
    return HC_OK;
}

static void *work(void *argument) {
    Worker *worker = argument;
    Share *share = worker->share;
    size_t tile;
    while (!worker->failed && queue_take(&share->queue, &tile)) {
        Span *span = &worker->spans[worker->span_count++];
        span->tile = tile;
        span->begin_ms = hc_now_ms() - share->begin_ms;
        span->failed = compute(worker, &share->job, tile) != HC_OK;
        span->end_ms = hc_now_ms() - share->begin_ms;
        if (span->failed) {
            char where[32];
            snprintf(where, sizeof where, "at tile %zu", tile);
            worker->lost_tile = tile;
            keep_failure(worker, where);
            queue_give_back(&share->queue, tile);
        } else {
            queue_done(&share->queue);
        }
    }
    return NULL;
}
//< work

void keep_failure(Worker *worker, const char *where) {
    const HcError *e = hc_last_error(); /* of this thread */
    worker->failed = true;
    worker->error = *e;
    worker->error.detail = NULL; /* that text is the thread's */
    fprintf(stderr, "%s failed %s: %s\n    %s (%d): %s\n    it takes no further part\n",
            worker->name, where, worker->call ? worker->call : "a step of the helper library",
            e->name, e->code, e->message);
}

/* Who computed a tile in this run; NULL: nobody. */
static const char *who_did(const Share *share, size_t tile) {
    for (size_t i = 0; i < share->count; i++)
        for (size_t k = 0; k < share->workers[i].span_count; k++)
            if (share->workers[i].spans[k].tile == tile && !share->workers[i].spans[k].failed)
                return share->workers[i].name;
    return NULL;
}

int run_share(Share *share) {
    Queue *queue = &share->queue;
    size_t tiles = share->job.tiles;
    pthread_t threads[MAX_WORKERS];
    bool started[MAX_WORKERS] = {false};
    for (size_t i = 0; i < tiles; i++) queue->waiting[i] = tiles - 1 - i; /* tile 0 comes first */
    queue->waiting_count = queue->undone = tiles;
    pthread_mutex_lock(&queue->lock); /* nobody takes a tile before everybody is there */
    for (size_t i = 0; i < share->count; i++) {
        Worker *worker = &share->workers[i];
        worker->share = share;
        worker->span_count = 0;
        if (!worker->resting) started[i] = pthread_create(&threads[i], NULL, work, worker) == 0;
    }
    share->begin_ms = hc_now_ms();
    pthread_mutex_unlock(&queue->lock);
    for (size_t i = 0; i < share->count; i++)
        if (started[i]) pthread_join(threads[i], NULL);
        else if (!share->workers[i].resting) work(&share->workers[i]); /* no thread could be made */
    share->ms = hc_now_ms() - share->begin_ms;
    for (size_t i = 0; i < share->count; i++) {
        Worker *worker = &share->workers[i];
        bool lost = worker->span_count > 0 && worker->spans[worker->span_count - 1].failed;
        if (lost) worker->done_by = who_did(share, worker->lost_tile);
    }
    if (queue->undone == 0) return HC_OK;
    const HcError *e = &(HcError){.message = "nobody takes part"};
    for (size_t i = 0; i < share->count; i++)
        if (share->workers[i].failed) e = &share->workers[i].error;
    return hc_set_error(HC_ERROR, e->code, e->name, e->hint,
                        "%zu of %zu tiles are left, since every worker has failed; the last: %s",
                        queue->undone, tiles, e->message);
}
