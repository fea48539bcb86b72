// SPDX-License-Identifier: MIT
/* cfg.c - where lanes that a branch has parted meet again: at its immediate post-dominator, the
 * first place that all ways from the branch to the function's end lead through.
 *
 * The function is cut into basic blocks; a virtual block stands for its end. Post-dominators are
 * dominators of the reversed graph, found by the iteration of Cooper, Harvey and Kennedy ("A
 * Simple, Fast Dominance Algorithm", 2001). Two things differ from the textbook:
 *
 *   - Lanes that end early, by a return in the middle or a trap, are not waited for. So the ways
 *     that lead nowhere but to an early end do not count for the lanes that go on.
 *   - A loop without an end has no way to the virtual block: its last block is given one, which
 *     only makes lanes meet later than they could. */
#include "cfg.h"

#include <stdlib.h>

typedef struct {
    const CusimCode *code;
    uint32_t n;        /* blocks; block n is the virtual end */
    uint32_t *first;   /* of each block, its first instruction; first[n] = n_insts */
    uint32_t *block;   /* of each instruction that begins a block, its number */
    uint32_t *succ_at; /* successors of b: succ[succ_at[b]] to succ[succ_at[b + 1]] */
    uint32_t *succ;
    uint32_t *pred_at;
    uint32_t *pred;
    uint32_t *order; /* blocks in reverse postorder of the reversed graph, the end first */
    uint32_t *rank;  /* of a block in order */
    uint32_t n_order;
    uint32_t *idom; /* by rank */
    bool *endless;  /* blocks that were given a way to the end */
} Graph;

static bool ends_lane(const CusimInst *inst) {
    return inst->op == CUSIM_OP_ret || inst->op == CUSIM_OP_exit || inst->op == CUSIM_OP_trap;
}

static bool is_branch(const CusimInst *inst) {
    return inst->op == CUSIM_OP_bra || inst->op == CUSIM_OP_brx_idx;
}

/* Calls visit with each instruction that may follow instruction i, the last of its block; n_insts
 * is the end of the function. */
typedef void Visit(void *data, uint32_t next);

static void successors(const CusimCode *code, uint32_t i, Visit *visit, void *data) {
    const CusimInst *inst = &code->inst[i];
    bool may_pass = inst->flags & CUSIM_FLAG_GUARD;
    if (inst->op == CUSIM_OP_bra) {
        visit(data, inst->target);
    } else if (inst->op == CUSIM_OP_brx_idx) {
        for (uint32_t k = 0; k < code->table_n[inst->target]; k++)
            visit(data, code->table[inst->target][k]);
    } else if (ends_lane(inst)) {
        visit(data, code->n_insts);
    } else {
        may_pass = true;
    }
    if (may_pass) visit(data, i + 1);
}

static void mark(void *data, uint32_t next) { ((uint32_t *)data)[next] = 1; }

typedef struct {
    Graph *g;
    uint32_t n;
} Edges;

static void count_edge(void *data, uint32_t next) {
    (void)next;
    ((Edges *)data)->n++;
}

static void store_edge(void *data, uint32_t next) {
    Edges *e = data;
    Graph *g = e->g;
    g->succ[e->n++] = next >= g->code->n_insts ? g->n : g->block[next];
}

/* Cuts the code into blocks. */
static bool find_blocks(Graph *g) {
    const CusimCode *code = g->code;
    uint32_t n_insts = code->n_insts, b = 0;
    g->block = calloc((size_t)n_insts + 1, sizeof *g->block);
    if (!g->block) return false;
    g->block[0] = 1;
    for (uint32_t i = 0; i < n_insts; i++) {
        if (!is_branch(&code->inst[i]) && !ends_lane(&code->inst[i])) continue;
        successors(code, i, mark, g->block);
        g->block[i + 1] = 1;
    }
    for (uint32_t i = 0; i < n_insts; i++) g->n += g->block[i];
    g->first = calloc((size_t)g->n + 1, sizeof *g->first);
    if (!g->first) return false;
    for (uint32_t i = 0; i < n_insts; i++) {
        if (!g->block[i]) continue;
        g->first[b] = i;
        g->block[i] = b++;
    }
    g->first[g->n] = n_insts;
    return true;
}

static bool find_successors(Graph *g) {
    g->succ_at = calloc((size_t)g->n + 2, sizeof *g->succ_at);
    Edges edges = {.g = g};
    for (uint32_t b = 0; b < g->n; b++)
        successors(g->code, g->first[b + 1] - 1, count_edge, &edges);
    g->succ = calloc((size_t)edges.n + 1, sizeof *g->succ);
    if (!g->succ_at || !g->succ) return false;
    edges.n = 0;
    for (uint32_t b = 0; b < g->n; b++) {
        g->succ_at[b] = edges.n;
        successors(g->code, g->first[b + 1] - 1, store_edge, &edges);
    }
    g->succ_at[g->n] = g->succ_at[g->n + 1] = edges.n;
    return true;
}

static bool find_predecessors(Graph *g) {
    free(g->pred_at);
    free(g->pred);
    g->pred_at = calloc((size_t)g->n + 2, sizeof *g->pred_at);
    g->pred = calloc((size_t)g->succ_at[g->n] + 1, sizeof *g->pred);
    uint32_t *at = calloc((size_t)g->n + 2, sizeof *at);
    if (!g->pred_at || !g->pred || !at) {
        free(at);
        return false;
    }
    for (uint32_t k = 0; k < g->succ_at[g->n]; k++) g->pred_at[g->succ[k] + 1]++;
    for (uint32_t b = 0; b <= g->n; b++) g->pred_at[b + 1] += g->pred_at[b];
    for (uint32_t b = 0; b < g->n; b++)
        for (uint32_t k = g->succ_at[b]; k < g->succ_at[b + 1]; k++) {
            uint32_t to = g->succ[k];
            g->pred[g->pred_at[to] + at[to]++] = b;
        }
    free(at);
    return true;
}

/* Marks what is reached from a block along edges: successors or predecessors. */
static void reach(uint32_t from, const uint32_t *edge_at, const uint32_t *edge, uint32_t end,
                  bool *seen, uint32_t *stack) {
    uint32_t depth = 0;
    seen[from] = true;
    stack[depth++] = from;
    while (depth) {
        uint32_t b = stack[--depth];
        for (uint32_t k = edge_at[b]; k < edge_at[b + 1]; k++) {
            if (edge[k] == end || seen[edge[k]]) continue;
            seen[edge[k]] = true;
            stack[depth++] = edge[k];
        }
    }
}

/* The main end is the last return of the text that can be reached. Blocks from which it can be
 * reached forget their ways to where it cannot. */
static bool forget_early_ends(Graph *g) {
    bool *used = calloc((size_t)g->n + 1, sizeof *used);
    bool *goes_on = calloc((size_t)g->n + 1, sizeof *goes_on);
    uint32_t *stack = calloc((size_t)g->n + 1, sizeof *stack);
    bool ok = used && goes_on && stack;
    uint32_t end = g->n, n = 0;
    if (ok) {
        reach(0, g->succ_at, g->succ, g->n, used, stack);
        for (uint32_t b = 0; b < g->n; b++) {
            const CusimInst *last = &g->code->inst[g->first[b + 1] - 1];
            if (used[b] && ends_lane(last) && last->op != CUSIM_OP_trap) end = b;
        }
    }
    if (ok && end != g->n) {
        reach(end, g->pred_at, g->pred, g->n, goes_on, stack);
        for (uint32_t b = 0, k = 0; b < g->n; b++) {
            uint32_t stop = g->succ_at[b + 1];
            g->succ_at[b] = n;
            for (; k < stop; k++) {
                uint32_t to = g->succ[k];
                bool main_way = to == g->n ? b == end : goes_on[to];
                if (!goes_on[b] || main_way) g->succ[n++] = to;
            }
        }
        g->succ_at[g->n] = g->succ_at[g->n + 1] = n;
        ok = find_predecessors(g);
    }
    free(used);
    free(goes_on);
    free(stack);
    return ok;
}

static bool build(Graph *g) {
    return find_blocks(g) && find_successors(g) && find_predecessors(g) && forget_early_ends(g);
}

/* Depth first over the reversed graph; what the end does not reach is visited from its last block,
 * as if that led to the end. Fills order backwards: a postorder from the right. */
static bool number(Graph *g) {
    uint32_t n = g->n + 1;
    uint32_t *stack = calloc(n, sizeof *stack), *next = calloc(n, sizeof *next);
    g->order = calloc(n, sizeof *g->order);
    g->rank = calloc(n, sizeof *g->rank);
    bool *seen = calloc(n, sizeof *seen);
    g->endless = calloc(n, sizeof *g->endless);
    bool ok = stack && next && g->order && g->rank && seen && g->endless;
    uint32_t left = n, candidate = g->n;
    if (ok) seen[g->n] = true;
    uint32_t depth = 0;
    if (ok) stack[depth++] = g->n;
    while (ok && depth) {
        uint32_t b = stack[depth - 1], to = n;
        if (next[b] < g->pred_at[b + 1] - g->pred_at[b]) {
            to = g->pred[g->pred_at[b] + next[b]++];
        } else if (b == g->n) { /* the end: blocks of loops without one follow */
            while (candidate > 0 && seen[candidate - 1]) candidate--;
            if (candidate > 0) {
                to = candidate - 1;
                g->endless[to] = true;
            }
        }
        if (to == n) {
            g->order[--left] = b;
            depth--;
        } else if (!seen[to]) {
            seen[to] = true;
            stack[depth++] = to;
        }
    }
    for (uint32_t i = 0; ok && i < n; i++) g->rank[g->order[i]] = i;
    g->n_order = n;
    free(stack);
    free(next);
    free(seen);
    return ok;
}

#define UNKNOWN 0xffffffffu

static uint32_t meet(const Graph *g, uint32_t a, uint32_t b) {
    while (a != b) {
        while (a > b) a = g->idom[a];
        while (b > a) b = g->idom[b];
    }
    return a;
}

static bool dominators(Graph *g) {
    g->idom = malloc(g->n_order * sizeof *g->idom);
    if (!g->idom) return false;
    for (uint32_t i = 0; i < g->n_order; i++) g->idom[i] = UNKNOWN;
    g->idom[0] = 0; /* the end */
    for (bool changed = true; changed;) {
        changed = false;
        for (uint32_t r = 1; r < g->n_order; r++) {
            uint32_t b = g->order[r], best = UNKNOWN; /* an ancestor is known: it came first */
            for (uint32_t k = g->succ_at[b]; k < g->succ_at[b + 1]; k++) {
                uint32_t s = g->rank[g->succ[k]];
                if (g->idom[s] == UNKNOWN) continue;
                best = best == UNKNOWN ? s : meet(g, best, s);
            }
            if (g->endless[b]) best = 0;
            if (g->idom[r] == best) continue;
            g->idom[r] = best;
            changed = true;
        }
    }
    return true;
}

bool cusim_cfg_joins(CusimCode *code) {
    Graph g = {.code = code};
    bool ok = build(&g) && number(&g) && dominators(&g);
    for (uint32_t b = 0; ok && b < g.n; b++) {
        CusimInst *last = &code->inst[g.first[b + 1] - 1];
        if (!is_branch(last)) continue;
        uint32_t meeting = g.order[g.idom[g.rank[b]]];
        last->join = meeting == g.n ? CUSIM_NO_JOIN : g.first[meeting];
        if (meeting != g.n) code->inst[last->join].flags |= CUSIM_FLAG_JOIN;
    }
    /* Lanes that call different functions meet after the call. */
    for (uint32_t i = 0; ok && i + 1 < code->n_insts; i++)
        if (code->inst[i].op == CUSIM_OP_call_indirect) code->inst[i + 1].flags |= CUSIM_FLAG_JOIN;
    free(g.first);
    free(g.block);
    free(g.succ_at);
    free(g.succ);
    free(g.pred_at);
    free(g.pred);
    free(g.order);
    free(g.rank);
    free(g.idom);
    free(g.endless);
    return ok;
}
