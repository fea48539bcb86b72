// SPDX-License-Identifier: MIT
/* The picture: one character for each thread, made of what the threads wrote. Walls stand between
 * blocks. In one dimension each block has lines of its own; in two, the threads lie as x and y say;
 * three are slices of two. What does not fit on a screen is left out in the middle, since the last
 * block is the one to look at.
 */
#include <unistd.h>

#include "space.h"

enum { WIDTH = 64, ROWS = 20, HEAD_ROWS = 14, SLICES = 4 };

typedef struct Picture {
    const Space *space;
    const Who *who;
    const char *show;
    bool colour;
    int now; /* the colour that the terminal has been told; 0: its own */
} Picture;

static void paint(Picture *p, int colour) {
    if (!p->colour || p->now == colour) return;
    if (colour) hc_say("\033[%dm", colour);
    else hc_say("\033[0m");
    p->now = colour;
}

/* The character of one thread. Digits go on with letters: warp 10 is a. */
static void cell(Picture *p, size_t me) {
    static const char digits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
    const Space *s = p->space;
    const Who *w = &p->who[me];
    size_t block = (w->block[2] * (size_t)s->grid[1] + w->block[1]) * s->grid[0] + w->block[0];
    size_t in_block = (w->thread[2] * (size_t)s->block[1] + w->thread[1]) * s->block[0];
    size_t number = w->warp;
    if (strcmp(p->show, "lane") == 0) number = (in_block + w->thread[0]) % s->warp;
    if (strcmp(p->show, "block") == 0) number = block;
    paint(p, w->inside ? (int)(31 + (block + w->warp) % 6) : 2); /* six colours; 2: faint */
    hc_say("%c", w->inside ? digits[number % 36] : '.');
}

/* Which of total to show: all, or the first head and the last most - head. */
static bool is_shown(size_t i, size_t total, size_t head, size_t most) {
    return total <= most || i < head || i >= total - (most - head);
}

/* 1-D: a block has as many lines as its threads take. */
static void draw_lines(Picture *p) {
    const Space *s = p->space;
    size_t in_block = (s->in_block + WIDTH - 1) / WIDTH, lines = in_block * s->blocks;
    for (size_t line = 0; line < lines; line++) {
        if (!is_shown(line, lines, HEAD_ROWS, ROWS)) {
            hc_say("        ~\n");
            line = lines - (ROWS - HEAD_ROWS) - 1;
            continue;
        }
        size_t block = line / in_block, first = line % in_block * WIDTH;
        size_t count = s->in_block - first < WIDTH ? s->in_block - first : WIDTH;
        if (first == 0) hc_say("%9zu |", block);
        else hc_say("          |");
        for (size_t t = 0; t < count; t++) cell(p, block * s->in_block + first + t);
        paint(p, 0);
        hc_say("|\n");
    }
}

/* The columns of a 2-D picture: a thread's x, a wall, or a gap. */
enum { WALL = -1, GAP = -2 };
typedef struct Columns {
    int64_t at[3 * WIDTH];
    size_t count;
} Columns;

static Columns columns_of(const Space *s) {
    Columns c = {.count = 0};
    size_t total = (size_t)s->grid[0] * s->block[0], most = WIDTH, walls = 1;
    for (;; most--) { /* fewer threads, until they and their walls fit */
        walls = 1;
        c.count = 0;
        for (size_t x = 0; x < total; x++) {
            if (!is_shown(x, total, most * 3 / 4, most)) {
                c.at[c.count++] = GAP;
                x = total - (most - most * 3 / 4) - 1;
                continue;
            }
            if (x % s->block[0] == 0) c.at[c.count++] = WALL, walls++;
            c.at[c.count++] = (int64_t)x;
        }
        if (c.count + 1 <= WIDTH + 5) break;
    }
    c.at[c.count++] = WALL;
    return c;
}

static void draw_wall(const Columns *c) {
    hc_say("          ");
    for (size_t i = 0; i < c->count; i++)
        hc_say("%s", c->at[i] == WALL ? "+" : c->at[i] == GAP ? " ~ " : "-");
    hc_say("\n");
}

static void draw_slice(Picture *p, const Columns *c, size_t z) {
    const Space *s = p->space;
    size_t rows = (size_t)s->grid[1] * s->block[1];
    for (size_t y = 0; y < rows; y++) {
        if (!is_shown(y, rows, HEAD_ROWS, ROWS)) {
            hc_say("        ~\n");
            y = rows - (ROWS - HEAD_ROWS) - 1;
            continue;
        }
        if (y % s->block[1] == 0) draw_wall(c);
        hc_say("%9zu ", y);
        for (size_t i = 0; i < c->count; i++) {
            if (c->at[i] < 0) {
                paint(p, 0);
                hc_say("%s", c->at[i] == WALL ? "|" : " ~ ");
                continue;
            }
            size_t x = (size_t)c->at[i];
            size_t block = (z / s->block[2] * s->grid[1] + y / s->block[1]) * s->grid[0];
            size_t thread = (z % s->block[2] * s->block[1] + y % s->block[1]) * s->block[0];
            cell(p, (block + x / s->block[0]) * s->in_block + thread + x % s->block[0]);
        }
        paint(p, 0);
        hc_say("\n");
    }
    draw_wall(c);
}

void draw(const Space *space, const Who *who, const char *show) {
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    Picture p = {.space = space, .who = who, .show = show};
    p.colour =
        isatty(STDOUT_FILENO) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
    if (space->threads == 0) {
        hc_say("           nothing to launch: no element, so no thread\n");
        return;
    }
    hc_say("\n  a character is a thread: its %s%s; . is idle: it has no element\n\n", show,
           strcmp(show, "warp") == 0 ? " in the block" : "");
    if (space->grid[1] * space->block[1] * space->grid[2] * space->block[2] == 1) {
        hc_say("    block\n");
        draw_lines(&p);
    } else {
        Columns columns = columns_of(space);
        size_t slices = (size_t)space->grid[2] * space->block[2];
        for (size_t z = 0; z < slices; z++) {
            if (!is_shown(z, slices, SLICES - 1, SLICES)) {
                hc_say("        ~\n");
                z = slices - 2;
                continue;
            }
            if (slices > 1) hc_say("%s  z = %zu\n", z ? "\n" : "", z);
            hc_say("        y  x ->\n");
            draw_slice(&p, &columns, z);
        }
    }
    hc_say("\n");
}
