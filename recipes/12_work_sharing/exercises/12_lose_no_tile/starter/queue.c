// SPDX-License-Identifier: MIT
/* A queue of tiles for workers that never fail: a number that goes up. Make of it one that loses no
 * tile when a worker fails.
 */
#include "queue.h"

#include <pthread.h>
#include <stdlib.h>

struct Queue {
    pthread_mutex_t lock;
    size_t next, tiles;
};

Queue *queue_new(size_t tiles) {
    Queue *queue = calloc(1, sizeof *queue);
    if (!queue) return NULL;
    pthread_mutex_init(&queue->lock, NULL);
    queue->tiles = tiles;
    return queue;
}

void queue_free(Queue *queue) {
    pthread_mutex_destroy(&queue->lock);
    free(queue);
}

bool queue_take(Queue *queue, size_t *tile) {
    pthread_mutex_lock(&queue->lock);
    bool is_there = queue->next < queue->tiles;
    if (is_there) *tile = queue->next++;
    pthread_mutex_unlock(&queue->lock);
    return is_there;
}

void queue_done(Queue *queue, size_t tile) {
    (void)queue, (void)tile; /* TODO: does anybody have to know? */
}

void queue_give_back(Queue *queue, size_t tile) {
    (void)queue, (void)tile; /* TODO: somebody else must get it */
}
