// SPDX-License-Identifier: MIT
/* A plan: one problem, the sizes to compute, the ways to compute it, and its arrays; and whether
 * the answers are right, which comes before any time.
 */
#include <math.h>

#include "evaluation.h"

void one_each(const Shape *s, Launch *launch) {
    size_t x = s->down > 1 ? 16 : 256, y = s->down > 1 ? 16 : 1;
    *launch = (Launch){.global = {(s->along + x - 1) / x * x, (s->down + y - 1) / y * y},
                       .local = {x, y}};
}

void chunks(const Shape *s, Launch *launch) {
    (void)s;
    *launch = (Launch){.global = {256, 1}, .local = {1, 1}};
}

void parts(const Shape *s, Launch *launch) {
    *launch = (Launch){.global = {s->out_n, 1}, .local = {1, 1}};
}

static void add_row(Plan *plan, const Wish *wish, const Backend *backend, const HcDevice *device,
                    Form form, const char *name) {
    if (plan->rows == MOST_ROWS || !backend) return;
    Row *row = &plan->row[plan->rows];
    *row = (Row){.backend = backend,
                 .problem = plan->problem,
                 .device = device,
                 .form = form,
                 .threads = plan->threads,
                 .build_ms = NAN};
    if (wish->devices > 1 && device)
        snprintf(row->name, sizeof row->name, "%s %d:%d", name, device->platform, device->index);
    else snprintf(row->name, sizeof row->name, "%s", name);
    if (!*wish->only || strcmp(wish->only, name) == 0) plan->rows++;
}

static void add_rows(Plan *plan, const Wish *wish) {
    const Problem *p = plan->problem;
    add_row(plan, wish, &serial_backend, NULL, PLAIN, "serial");
    add_row(plan, wish, &simd_backend, NULL, PLAIN, "SIMD");
    add_row(plan, wish, &threads_backend, NULL, PLAIN, "threads");
    if (p->has_blas) add_row(plan, wish, &openblas_backend, NULL, PLAIN, "OpenBLAS");
    for (size_t d = 0; d < wish->devices; d++) {
        const HcDevice *device = &wish->device[d];
        bool is_cl = strcmp(device->api, "opencl") == 0;
        for (Form form = PLAIN; form < FORMS; form++)
            if ((is_cl ? p->cl : p->cu)[form].file)
                add_row(plan, wish, backend_for(device), device, form,
                        is_cl           ? form == PLAIN ? "OpenCL plain" : "OpenCL tuned"
                        : form == PLAIN ? "CUDA plain"
                                        : "CUDA tuned");
#ifndef HC_NO_OPENCL
        if (p->has_blas && is_cl) add_row(plan, wish, &clblast_backend, device, PLAIN, "CLBlast");
#endif
#ifndef HC_NO_CUDA
        if (p->has_blas && strcmp(device->api, "cuda") == 0)
            add_row(plan, wish, &cublas_backend, device, PLAIN, "cuBLAS");
#endif
    }
}

/* Room for n floats at a multiple of 64 bytes, as the arrays of a device have it. */
static int aligned(size_t n, void **memory, float **array) {
    int status = hc_alloc(n < SIZE_MAX - 16 ? n + 16 : n, sizeof(float), memory);
    if (status == HC_OK) *array = (float *)(((uintptr_t)*memory + 63) / 64 * 64);
    return status;
}

/* Is there room on the devices? That is asked before the host's arrays are filled. */
static int try_devices(Plan *plan, const Shape *largest) {
    int status = HC_OK;
    for (size_t r = 0; r < plan->rows && (status == HC_OK || status == HC_SKIP); r++) {
        Row *row = &plan->row[r];
        if (!row->device) continue;
        status = row->backend->prepare(row, largest);
        if (status == HC_OK) row->backend->finish(row);
    }
    return status == HC_SKIP ? HC_OK : status;
}

int make_plan(Plan *plan, const Problem *problem, const Wish *wish, size_t sizes) {
    *plan = (Plan){.problem = problem,
                   .threads = wish->threads ? (unsigned)wish->threads : hc_cores(),
                   .rounds = wish->rounds};
    for (size_t n = wish->n; plan->sizes < sizes && (n || !plan->sizes); n /= 4) plan->sizes++;
    size_t n = wish->n;
    for (size_t i = plan->sizes; i-- > 0; n /= 4) {
        plan->n[i] = n;
        problem->shape(n, &plan->shape[i]);
    }
    add_rows(plan, wish);
    const Shape *largest = &plan->shape[plan->sizes - 1];
    int status = try_devices(plan, largest);
    if (status == HC_OK) status = aligned(largest->out_n, &plan->memory[0], &plan->out);
    if (status == HC_OK) status = aligned(largest->out_n, &plan->memory[1], &plan->want);
    for (int k = 0; k < 2 && status == HC_OK; k++) {
        status = aligned(largest->in_n[k], &plan->memory[2 + k], &plan->in[k]);
        if (status != HC_OK) break;
        hc_fill(HC_F32, plan->in[k], largest->in_n[k], wish->seed, (uint32_t)k);
        for (size_t i = 0; i < largest->in_n[k]; i++) plan->in[k][i] *= problem->scale;
    }
    for (size_t r = 0; r < plan->rows; r++)
        for (size_t i = 0; i < plan->sizes && status == HC_OK; i++)
            status = hc_alloc(plan->rounds, sizeof(Times), &plan->row[r].sample[i]);
    return status;
}

/* One row at one size: is its answer right? The sum of all verdicts goes into *all. */
static int check(Plan *plan, Row *row, size_t i, HcVerdict *all) {
    const Shape *s = &plan->shape[i];
    Times times;
    size_t n = plan->problem->partial && s->out_n ? 1 : s->out_n;
    memset(plan->out, 0xff, s->out_n * sizeof *plan->out); /* NaN: an element left out is seen */
    int status = row->backend->prepare(row, s);
    if (status != HC_OK) return status;
    run_row(row, s, plan->out, (const float *const *)plan->in, &times);
    row->backend->finish(row);
    HcVerdict one = hc_compare(HC_F32, plan->out, plan->want, n, plan->problem->tolerance(s));
    HcVerdict sum = all->wrong ? *all : one; /* the first differences of all, in words */
    sum.n = all->n + one.n;
    sum.wrong = all->wrong + one.wrong;
    if (!(sum.max_error >= one.max_error)) sum.max_error = one.max_error;
    if (!(sum.max_error >= all->max_error)) sum.max_error = all->max_error;
    *all = sum;
    return HC_OK;
}

bool check_answers(Plan *plan, int *status) {
    HcVerdict all = {0};
    *status = HC_OK;
    for (size_t i = 0; i < plan->sizes; i++) {
        const Shape *s = &plan->shape[i];
        plan->problem->reference(s, plan->want, (const float *const *)plan->in);
        for (size_t r = 0; r < plan->rows && *status == HC_OK; r++) {
            Row *row = &plan->row[r];
            size_t wrong = all.wrong;
            if (*row->why_not) continue;
            *status = check(plan, row, i, &all);
            if (*status == HC_SKIP) {
                snprintf(row->why_not, sizeof row->why_not, "%.250s", hc_last_error()->message);
                *status = HC_OK;
            } else if (all.wrong > wrong) {
                fprintf(stderr, "WRONG: %s by %s, n = %zu\n", plan->problem->name, row->name,
                        plan->n[i]);
            }
        }
    }
    free(plan->memory[1]); /* what is wanted is not needed any more */
    plan->memory[1] = plan->want = NULL;
    bool computed = false;
    for (size_t r = 0; r < plan->rows; r++) computed |= !is_left_out(&plan->row[r]);
    return *status == HC_OK && (!computed || hc_verify(plan->problem->name, all));
}

int check_only(const char *only, size_t rows, const Plan *plan, size_t plans) {
    if (!*only) return HC_OK;
    if (rows == 0)
        return hc_set_error(HC_USAGE, 0, NULL,
                            "serial, SIMD, threads, OpenBLAS; by device: OpenCL plain, OpenCL "
                            "tuned, CLBlast, CUDA plain, CUDA tuned, cuBLAS",
                            "--only: nothing here is computed by '%s'", only);
    for (size_t i = 0; i < plans; i++)
        if (plan[i].rows && is_left_out(&plan[i].row[0]))
            return hc_set_error(HC_SKIP, 0, NULL, NULL, "%s by %s: %s", plan[i].problem->name, only,
                                plan[i].row[0].why_not);
    return HC_OK;
}

void free_plan(Plan *plan) {
    for (size_t r = 0; r < plan->rows; r++)
        for (size_t i = 0; i < plan->sizes; i++) free(plan->row[r].sample[i]);
    for (int i = 3; i >= 0; i--) free(plan->memory[i]);
}
