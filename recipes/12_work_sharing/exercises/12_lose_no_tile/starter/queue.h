// SPDX-License-Identifier: MIT
/* queue.h - a queue of tiles, by their numbers. Nothing here needs to be changed: what a queue has
 * in it, queue.c alone knows.
 */
#ifndef QUEUE_H
#define QUEUE_H
#include <stdbool.h>
#include <stddef.h>

typedef struct Queue Queue;

Queue *queue_new(size_t tiles); /* the tiles 0 .. tiles - 1; NULL if memory ran out */
void queue_free(Queue *queue);

/* A worker takes a tile, and then says either that it is done or that it failed with it. Many
 * workers call these at the same time. queue_take returns false when there will never be a tile
 * again. */
bool queue_take(Queue *queue, size_t *tile);
void queue_done(Queue *queue, size_t tile);
void queue_give_back(Queue *queue, size_t tile);

#endif
