// SPDX-License-Identifier: MIT
/* From samples to findings: a column for each curve, how far samples lie apart, and whether a
 * difference is more than noise.
 */
#include <stdarg.h>

#include "bench.h"

void column(Findings *f, const char *heading, const char *key, int digits) {
    f->heading[f->columns] = heading;
    f->key[f->columns] = key;
    f->digits[f->columns++] = digits;
}

void table_of(const Experiment *e, const Series *s, Findings *f, const char *unit, int digits) {
    f->rows = s->points;
    column(f, e->heading, "point", 0);
    for (unsigned c = 0; e->curve[c]; c++) column(f, e->curve[c], e->curve[c], digits);
    f->plotted = f->columns - 1;
    f->y_label = unit;
    size_t spread = f->columns;
    column(f, "spread %", "spread_percent", 0);
    for (size_t p = 0; p < s->points; p++) {
        f->value[p][0] = s->point[p];
        for (unsigned c = 0; e->curve[c]; c++) {
            const HcStats *t = &s->stats[p][c];
            double apart = 100 * (t->q3 - t->q1) / t->median;
            f->value[p][1 + c] = t->median;
            if (apart > f->value[p][spread]) f->value[p][spread] = apart;
        }
    }
}

void say(Findings *f, const char *format, ...) {
    size_t length = strlen(f->sentence);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(f->sentence + length, sizeof f->sentence - length, format, arguments);
    va_end(arguments);
}

//> above
bool above(const HcStats *a, const HcStats *b, double factor) {
    return a->median > factor * b->median && a->q1 > b->q3;
}
//< above
