// SPDX-License-Identifier: MIT
/* A queue of tiles that loses none: a tile waits, or is in somebody's hands, or is done. */
#include "queue.h"

#include <pthread.h>
#include <stdlib.h>

struct Queue {
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a tile came back, or the last one is done */
    size_t *waiting, waiting_count;
    size_t undone; /* waiting, or in somebody's hands */
};

Queue *queue_new(size_t tiles) {
    Queue *queue = calloc(1, sizeof *queue);
    if (!queue) return NULL;
    queue->waiting = calloc(tiles + 1, sizeof *queue->waiting);
    if (!queue->waiting) {
        free(queue);
        return NULL;
    }
    pthread_mutex_init(&queue->lock, NULL);
    pthread_cond_init(&queue->changed, NULL);
    for (size_t i = 0; i < tiles; i++) queue->waiting[i] = tiles - 1 - i;
    queue->waiting_count = queue->undone = tiles;
    return queue;
}

void queue_free(Queue *queue) {
    pthread_cond_destroy(&queue->changed);
    pthread_mutex_destroy(&queue->lock);
    free(queue->waiting);
    free(queue);
}

bool queue_take(Queue *queue, size_t *tile) {
    pthread_mutex_lock(&queue->lock);
    while (queue->waiting_count == 0 && queue->undone > 0)
        pthread_cond_wait(&queue->changed, &queue->lock);
    bool is_there = queue->waiting_count > 0;
    if (is_there) *tile = queue->waiting[--queue->waiting_count];
    pthread_mutex_unlock(&queue->lock);
    return is_there;
}

void queue_done(Queue *queue, size_t tile) {
    (void)tile;
    pthread_mutex_lock(&queue->lock);
    if (--queue->undone == 0) pthread_cond_broadcast(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}

void queue_give_back(Queue *queue, size_t tile) {
    pthread_mutex_lock(&queue->lock);
    queue->waiting[queue->waiting_count++] = tile;
    pthread_cond_signal(&queue->changed);
    pthread_mutex_unlock(&queue->lock);
}
