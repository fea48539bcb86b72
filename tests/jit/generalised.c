// SPDX-License-Identifier: MIT
/* jit_generalised - guvectorized functions from C: shapes that fit and shapes that do not, outputs
 * whose shapes are asked for, and the same results and exceptions on one core, on all and on the
 * CUDA device, if there is one. What they compute is compared with Numba by jit_corpus. */
#include <stdlib.h>
#include <string.h>

#include "check.h"

static const char source[] =
    "from numba import njit, guvectorize\n"
    "@njit\n"
    "def twice(a):\n"
    "    return a + a\n"
    "@guvectorize(['void(float64[:], float64, float64[:], float64[:])'], '(n),()->(n),()')\n"
    "def shifted(x, a, y, s):\n"
    "    s[0] = 0\n"
    "    for i in range(len(x)):\n"
    "        y[i] = x[i] + a\n"
    "        s[0] += y[i]\n"
    "@guvectorize(['void(int64[:,:], int64, int64[:], int64[:,:])'], '(rows,cols),()->(rows),(cols,"
    "rows)', target='parallel', boundscheck=True)\n"
    "def both(x, k, s, t):\n"
    "    for i in range(x.shape[0]):\n"
    "        s[i] = x[i, k]\n"
    "        for j in range(x.shape[1]):\n"
    "            t[j, i] = x[i, j]\n"
    "@guvectorize('(n)->(n)', target='cuda')\n"
    "def untyped(x, y):\n"
    "    for i in range(len(x)):\n"
    "        y[i] = 2 * x[i]\n";

/* '(n),()->(n),()' over outer axes: x 2x3, a once or for each row, y 2x3, s 2. */
static void generalised(void) {
    double x[2][3] = {{1, 2, 3}, {4, 5, 6}}, a[2] = {10, 20}, y[2][3] = {{0}}, s[2] = {0};
    JitValue results[JIT_RESULTS];
    size_t count;
    JitValue args[4] = {{.kind = JIT_F64, .ndim = 2, .as.array = {x, {2, 3}, {24, 8}}},
                        {.kind = JIT_F64, .ndim = 1, .as.array = {a, {2}, {8}}},
                        {.kind = JIT_F64, .ndim = 2, .as.array = {y, {2, 3}, {24, 8}}},
                        {.kind = JIT_F64, .ndim = 1, .as.array = {s, {2}, {8}}}};
    CHECK(jit->call(module, "shifted", NULL, args, 4, results, &count) == JIT_OK && count == 0);
    CHECK(y[0][0] == 11 && y[1][2] == 26 && s[0] == 36 && s[1] == 75);
    args[1] = (JitValue){.kind = JIT_F64, .as.f64 = 1}; /* a number serves all rows */
    CHECK(jit->call(module, "shifted", NULL, args, 4, results, &count) == JIT_OK);
    CHECK(y[0][0] == 2 && y[1][2] == 7 && s[0] == 9 && s[1] == 18);
    args[0].as.array = (JitArray){x, {1, 3}, {24, 8}}; /* one row serves all outputs: refused */
    CHECK(jit->call(module, "shifted", NULL, args, 4, results, &count) == JIT_USAGE);
    args[1] = (JitValue){.kind = JIT_F64, .ndim = 1, .as.array = {a, {2}, {8}}};
    CHECK(jit->call(module, "shifted", NULL, args, 4, results, &count) == JIT_OK);
    CHECK(y[0][0] == 11 && y[1][2] == 23 && s[1] == 66);
    args[2].as.array.shape[1] = 2;
    CHECK(jit->call(module, "shifted", NULL, args, 4, results, &count) == JIT_USAGE);
    CHECK(strstr(jit->error(), "the axis n"));
    CHECK(jit->call(module, "shifted", NULL, args, 3, results, &count) == JIT_USAGE);
    args[0].ndim = 4;
    CHECK(jit->call(module, "shifted", NULL, args, 4, results, &count) == JIT_USAGE);
    args[0].ndim = 2;
    args[2].kind = JIT_F32;
    CHECK(jit->call(module, "shifted", NULL, args, 4, results, &count) == JIT_USAGE);
}

static bool has_cuda(void) {
    JitValue results[JIT_RESULTS], five = {.kind = JIT_I64, .as.i = 5};
    JitLaunch cuda = {.target = JIT_CUDA};
    size_t count;
    return jit->call(module, "twice", &cuda, &five, 1, results, &count) != JIT_ABSENT;
}

/* The outputs of a generalised function, one after the other; wherever it runs, it computes the
 * same, and raises the same exceptions. */
static void generalised_anywhere(void) {
    enum { N = 33, ROWS = 2, COLS = 3 };
    int64_t x[N][ROWS][COLS], k[N], s[N][ROWS], t[N][COLS][ROWS];
    JitValue results[JIT_RESULTS];
    size_t count;
    JitValue args[4] = {{.kind = JIT_I64, .ndim = 3, .as.array = {x, {N, ROWS, COLS}, {48, 24, 8}}},
                        {.kind = JIT_I64, .ndim = 1, .as.array = {k, {N}, {8}}}};
    for (int64_t i = 0; i < N; i++) {
        k[i] = i % COLS;
        for (int j = 0; j < ROWS * COLS; j++) x[i][j / COLS][j % COLS] = 10 * i + j;
    }
    for (size_t n = 2; n < 4; n++)
        CHECK(jit->result_of(module, "both", args, n, &args[n]) == JIT_OK);
    CHECK(args[2].ndim == 2 && args[2].as.array.shape[0] == N && args[2].as.array.shape[1] == ROWS);
    CHECK(args[3].ndim == 3 && args[3].as.array.shape[1] == COLS && args[3].kind == JIT_I64);
    CHECK(args[3].as.array.stride[0] == 48 && args[3].as.array.stride[1] == 16);
    CHECK(jit->result_of(module, "both", args, 4, &results[0]) == JIT_USAGE);
    CHECK(jit->result_of(module, "both", args, 1, &results[0]) == JIT_USAGE);
    CHECK(jit->result_of(module, "untyped", args, 1, &results[0]) == JIT_USAGE);
    CHECK(strstr(jit->error(), "no signature"));
    CHECK(jit->target(module, "both") == JIT_PARALLEL &&
          jit->target(module, "untyped") == JIT_CUDA);
    args[2].as.array.data = s;
    args[3].as.array.data = t;
    for (JitTarget target = JIT_DECLARED; target <= JIT_CUDA; target++) {
        JitLaunch launch = {.target = target};
        if (target == JIT_CUDA && !has_cuda()) continue;
        memset(s, -1, sizeof s);
        memset(t, -1, sizeof t);
        CHECK(jit->call(module, "both", &launch, args, 4, results, &count) == JIT_OK && count == 0);
        bool good = true;
        for (int i = 0; i < N; i++)
            for (int j = 0; j < ROWS * COLS; j++) {
                good &= s[i][j / COLS] == x[i][j / COLS][k[i]];
                good &= t[i][j % COLS][j / COLS] == x[i][j / COLS][j % COLS];
            }
        CHECK(good);
        k[N - 1] = COLS; /* in one position, an index that is not there */
        CHECK(jit->call(module, "both", &launch, args, 4, results, &count) == JIT_RAISED);
        CHECK(strstr(jit->error(), "IndexError"));
        k[N - 1] = 0;
        args[0].as.array.shape[0] = args[1].as.array.shape[0] = 0; /* no position at all */
        args[2].as.array.shape[0] = args[3].as.array.shape[0] = 0;
        CHECK(jit->call(module, "both", &launch, args, 4, results, &count) == JIT_OK);
        args[0].as.array.shape[0] = args[1].as.array.shape[0] = N;
        args[2].as.array.shape[0] = args[3].as.array.shape[0] = N;
        float narrow[N], doubled[N] = {0}; /* the types come from the arguments */
        for (int i = 0; i < N; i++) narrow[i] = (float)i;
        JitValue rows[2] = {{.kind = JIT_F32, .ndim = 1, .as.array = {narrow, {N}, {4}}},
                            {.kind = JIT_F32, .ndim = 1, .as.array = {doubled, {N}, {4}}}};
        if (target == JIT_DECLARED && !has_cuda()) continue;
        CHECK(jit->call(module, "untyped", &launch, rows, 2, results, &count) == JIT_OK);
        CHECK(doubled[1] == 2 && doubled[N - 1] == 2 * (N - 1));
    }
    char *text = NULL; /* what is around it */
    CHECK(jit->inspect(module, "both", "(int64[:,:,:], int64, int64[:,:], int64[:,:,:])", JIT_TYPES,
                       &text) == JIT_OK);
    CHECK(text && strstr(text, "both.guvectorize"));
    free(text);
    args[1] = (JitValue){.kind = JIT_F64, .as.f64 = 1};
    CHECK(jit->call(module, "both", NULL, args, 4, results, &count) == JIT_USAGE);
    CHECK(strstr(jit->error(), "takes elements of int64 for 'k'"));
    args[1] = (JitValue){.kind = JIT_U8, .as.u = 1}; /* without loss: converted */
    CHECK(jit->call(module, "both", NULL, args, 4, results, &count) == JIT_OK && s[1][1] == 14);
    args[0].as.array.shape[0] = 2;
    CHECK(jit->call(module, "both", NULL, args, 2, results, &count) == JIT_USAGE);
    CHECK(strstr(jit->error(), "takes 4 arguments"));
}

int main(void) {
    if (jit_open(&jit) != JIT_OK) {
        printf("skipped: %s\n", jit_open_error());
        return 77;
    }
    if (jit->load("generalised.py", source, &module) != JIT_OK) {
        printf("%s\n", jit->error());
        return 1;
    }
    generalised();
    generalised_anywhere();
    jit->unload(module);
    return failed != 0;
}
