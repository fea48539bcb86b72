// SPDX-License-Identifier: MIT
/* Jobs that the bench measures on the host: the loops of kernels.c, spread over the threads of
 * team.c.
 */
#include "hc.h"
#include "host.h"

typedef struct Running {
    HostData *data;
    HostJob job;
    const HostKernels *kernels;
    double partial[HOST_PARTS]; /* sums of the pieces; each is written by one thread */
} Running;

bool host_has(HostJob job) {
    bool streams = job == HOST_COPY_NT || job == HOST_ADD_NT || job == HOST_TRIAD_NT;
    return !streams || host_kernels()->copy_nt;
}

static void piece(size_t part, size_t begin, size_t end, void *context) {
    Running *r = context;
    const HostKernels *k = r->kernels;
    HostData *d = r->data;
    switch (r->job) {
    case HOST_COPY: k->copy(d->z, d->x, begin, end); break;
    case HOST_COPY_NT: k->copy_nt(d->z, d->x, begin, end); break;
    case HOST_ADD: k->add(d->z, d->x, d->y, begin, end); break;
    case HOST_ADD_NT: k->add_nt(d->z, d->x, d->y, begin, end); break;
    case HOST_TRIAD: k->triad(d->z, d->x, d->y, d->a, begin, end); break;
    case HOST_TRIAD_NT: k->triad_nt(d->z, d->x, d->y, d->a, begin, end); break;
    case HOST_SUM: r->partial[part] = (double)k->sum(d->x, begin, end); break;
    case HOST_MAP: k->map(d->z, d->x, begin, end); break;
    case HOST_STENCIL: k->stencil(d->z, d->x, d->n / d->cols, d->cols, begin, end); break;
    case HOST_PRODUCT: k->product(d->z, d->x, d->y, d->cols, begin, end); break;
    case HOST_FMA:
        r->partial[part] = 0;
        for (size_t i = begin; i < end; i++)
            r->partial[part] += (double)k->fma(HOST_FMA_STEPS, HOST_FMA_FACTOR, HOST_FMA_SUMMAND);
        break;
    }
}

double host_job(HostData *d, HostJob job, unsigned threads) {
    static Running r; /* 32 KiB; one job runs at a time */
    bool counts = job == HOST_SUM || job == HOST_FMA;
    double start_ms = hc_now_ms();
    r.data = d;
    r.job = job;
    r.kernels = host_kernels();
    if (counts) memset(r.partial, 0, sizeof r.partial);
    if (job == HOST_STENCIL || job == HOST_PRODUCT)
        host_for(d->n / d->cols, job == HOST_PRODUCT ? 4 : 1, threads, piece, &r);
    else host_for(d->n, job == HOST_FMA ? 1 : HOST_GRAIN, threads, piece, &r);
    if (counts) {
        d->sum = 0;
        for (size_t i = 0; i < HOST_PARTS; i++) d->sum += r.partial[i];
    }
    return hc_now_ms() - start_ms;
}
