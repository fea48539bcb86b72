// SPDX-License-Identifier: MIT
/* Is what one device gave what another gave? Both ran the same text, on data that is the same bit
 * for bit. Where the text has only + - * / and functions that are correctly rounded, so must be the
 * results: the tolerance is 0. sin, exp and their like are rounded in each library's own way, and
 * what follows may magnify that, so the tolerance is 64 units in the last place of the largest
 * value.
 */
#include <float.h>
#include <math.h>

#include "play.h"

enum { ULPS = 64 }; /* OpenCL allows its functions up to 16 in the full profile */

/* hc_compare knows types of 4 and 8 bytes, and no NaN that is right. So small integers are widened,
 * and where both have a NaN, both get a 0. */
static HcVerdict compare(EwType type, const void *got, const void *want, size_t n,
                         HcTolerance tolerance) {
    static const HcType types[EW_TYPES] = {[EW_I32] = HC_I32, [EW_U32] = HC_U32, [EW_I64] = HC_I64,
                                           [EW_U64] = HC_U64, [EW_F32] = HC_F32, [EW_F64] = HC_F64};
    HcVerdict v = {.n = n, .wrong = n, .max_error = (double)NAN};
    bool small = ew_type_size(type) < 4;
    if (!small && !type_is_real(type)) return hc_compare(types[type], got, want, n, tolerance);
    EwType wide = small ? EW_I32 : type;
    size_t size = ew_type_size(wide);
    char *g = NULL, *w = NULL;
    if (hc_alloc(n, size, &g) == HC_OK && hc_alloc(n, size, &w) == HC_OK) {
        for (size_t i = 0; i < n; i++) {
            Number a = number_get(type, got, i), b = number_get(type, want, i);
            if (a.kind == 'f' && isnan(a.f) && isnan(b.f)) continue; /* 0 and 0 */
            number_put(wide, g, i, a), number_put(wide, w, i, b);
        }
        v = hc_compare(types[wide], g, w, n, tolerance);
    }
    free(g), free(w);
    return v;
}

static double largest(EwType type, const void *data, size_t n) {
    double most = 0;
    for (size_t i = 0; i < n; i++) {
        double size = fabs(number_real(number_get(type, data, i)));
        if (isfinite(size) && size > most) most = size;
    }
    return most;
}

static HcTolerance allowed(const Job *job, EwType type, double scale, size_t n) {
    if (!job->words.functions) return HC_EXACT;
    if (!type_is_real(type)) /* a comparison or a conversion on the edge, once in a million */
        return (HcTolerance){.abs = 1 + (job->kind == JOB_MAP ? 0 : 1e-6 * (double)n)};
    double epsilon = type == EW_F32 ? FLT_EPSILON : DBL_EPSILON;
    if (job->multiplies) return HC_REL(ULPS * epsilon * (double)(n + 1));
    return (HcTolerance){.ulp = ULPS, .abs = ULPS * epsilon * scale};
}

bool check_job(const Job *job, const Outcome *got, const Outcome *want, double scale,
               const char *places) {
    const Columns *columns = job->words.columns;
    bool right = true;
    char what[128];
    for (size_t c = 0; c < columns->count; c++) {
        if (!job->words.writes[c]) continue;
        const Column *column = &columns->column[c];
        double most = job->adds && job->words.functions
                          ? scale
                          : largest(column->type, want->column[c], columns->n);
        HcVerdict v = compare(column->type, got->column[c], want->column[c], columns->n,
                              allowed(job, column->type, most, columns->n));
        snprintf(what, sizeof what, "%s by %s", column->name, places);
        right = hc_verify(what, v) && right;
    }
    if (job->kind == JOB_REDUCE) {
        double most = job->adds ? scale : largest(job->item_type, &want->item, 1);
        HcVerdict v = compare(job->item_type, &got->item, &want->item, 1,
                              allowed(job, job->item_type, most, columns->n));
        snprintf(what, sizeof what, "%.32s by %s", job->shown, places);
        right = hc_verify(what, v) && right;
        if (job->has_index && !job->words.functions) {
            v = compare(EW_U64, got->item.bytes + 8, want->item.bytes + 8, 1, HC_EXACT);
            snprintf(what, sizeof what, "index by %s", places);
            right = hc_verify(what, v) && right;
        }
    }
    return right;
}

int check_scale(const Job *job, EwDevice *device, const HcArgs *args, double *scale) {
    *scale = 0;
    if (!job->adds || !job->words.functions || !type_is_real(job->item_type)) return HC_OK;
    Job sizes = *job;
    Outcome outcome = {0};
    char *map;
    size_t room = strlen(job->map) + 16;
    int status = hc_alloc(room, 1, &map);
    if (status != HC_OK) return status;
    snprintf(map, room, "fabs(%s)", job->map);
    sizes.kind = JOB_REDUCE;
    sizes.map = map;
    memset(sizes.words.writes, 0, sizeof sizes.words.writes); /* a reduction has no outputs */
    sizes.declarations = NULL;
    status = words_declare(&sizes.words, &sizes.declarations);
    if (status == HC_OK) status = job_run(&sizes, device, args, &outcome);
    if (status == HC_OK) *scale = number_real(number_get(job->item_type, &outcome.item, 0));
    outcome_free(&outcome);
    free(sizes.declarations);
    free(map);
    return status;
}
