// SPDX-License-Identifier: MIT
/* The five problems as a C programmer would first write them: one loop, one element after the
 * other. The compiler may do with it what it does for any computer of this kind, and no more. On
 * units begin .. end - 1, so that a part can be asked for.
 */
#include <math.h>

#include "evaluation.h"

//> serial
void serial_vector_sum(const Shape *s, float *out, const float *const *in, size_t begin,
                       size_t end) {
    (void)s;
    for (size_t i = begin; i < end; i++) out[i] = in[0][i] + in[1][i];
}

void serial_map(const Shape *s, float *out, const float *const *in, size_t begin, size_t end) {
    (void)s;
    for (size_t i = begin; i < end; i++) out[i] = sinf(in[0][i]) + cosf(in[0][i]) + expf(-in[0][i]);
}

void serial_reduction(const Shape *s, float *out, const float *const *in, size_t begin,
                      size_t end) {
    size_t n = s->in_n[0], each = s->out_n ? (n + s->out_n - 1) / s->out_n : 0;
    for (size_t part = begin; part < end; part++) {
        float sum = 0;
        for (size_t i = part * each; i < n && i < (part + 1) * each; i++) sum += in[0][i];
        out[part] = sum;
    }
}
//< serial

void serial_stencil(const Shape *s, float *out, const float *const *in, size_t begin, size_t end) {
    size_t m = s->size[0], n = s->size[1];
    const float *x = in[0];
    for (size_t i = begin; i < end; i++)
        for (size_t j = 0; j < n; j++) {
            size_t at = i * n + j;
            if (i == 0 || j == 0 || i == m - 1 || j == n - 1) out[at] = x[at];
            else out[at] = 0.25f * ((x[at - n] + x[at + n]) + (x[at - 1] + x[at + 1]));
        }
}

void serial_matmul(const Shape *s, float *out, const float *const *in, size_t begin, size_t end) {
    size_t n = s->size[0];
    for (size_t i = begin; i < end; i++)
        for (size_t j = 0; j < n; j++) {
            float sum = 0;
            for (size_t l = 0; l < n; l++) sum += in[0][i * n + l] * in[1][l * n + j];
            out[i * n + j] = sum;
        }
}

/* The yardsticks of limits.c. */
void serial_copy(const Shape *s, float *out, const float *const *in, size_t begin, size_t end) {
    (void)s;
    for (size_t i = begin; i < end; i++) out[i] = in[0][i];
}

void serial_multiply_add(const Shape *s, float *out, const float *const *in, size_t begin,
                         size_t end) {
    for (size_t i = begin; i < end; i++) {
        float v[8], sum = 0;
        for (int c = 0; c < 8; c++) v[c] = in[0][i] + (float)c;
        for (size_t k = 0; k < s->size[1]; k++)
            for (int c = 0; c < 8; c++) v[c] = v[c] * 0.5f + 1;
        for (int c = 0; c < 8; c++) sum += v[c];
        out[i] = sum;
    }
}

static int prepare(Row *row, const Shape *s) {
    (void)row, (void)s;
    return HC_OK;
}

static void run(Row *row, const Shape *s, float *out, const float *const *in, Times *times) {
    double start_ms = hc_now_ms();
    row->problem->serial(s, out, in, 0, s->units);
    times->total = times->kernel = hc_now_ms() - start_ms;
}

static void finish(Row *row) { (void)row; }

const Backend serial_backend = {"serial", prepare, run, finish};
