// SPDX-License-Identifier: MIT
/* Small matrices as people read them, and what became of each element if the result is wrong: a
 * pattern of wrong elements says more than their number.
 */
#include "program.h"

enum { MAX_ROWS = 16, MAX_COLUMNS = 8 }; /* 8 numbers of 9 characters fit a line of 80 */

static bool is_small(size_t m, size_t n) { return m <= MAX_ROWS && n <= MAX_COLUMNS; }

void show_matrix(const char *name, const float *a, size_t m, size_t n) {
    hc_say("%-10s %zu x %zu floats\n", name, m, n);
    if (!is_small(m, n)) return;
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            hc_say("%s%9.5f%s", j ? "" : "    ", (double)a[i * n + j], j + 1 == n ? "\n" : "");
}

void show_factors(const float *b, const float *a, size_t m, size_t n) {
    if (!is_small(m, n)) return;
    hc_say("each element of the result, divided by what it was before:\n");
    for (size_t i = 0; i < m; i++)
        for (size_t j = 0; j < n; j++)
            hc_say("%s%9.4g%s", j ? "" : "    ", (double)(b[i * n + j] / a[i * n + j]),
                   j + 1 == n ? "\n" : "");
}
