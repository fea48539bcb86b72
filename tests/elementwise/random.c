// SPDX-License-Identifier: MIT
/* Random expressions: a tree is drawn, written as C with as few parentheses as C allows, and run as
 * a kernel; a walk over the same tree, which knows nothing of the text, says what must come out,
 * bit for bit. This finds an operator that means something else in vectors, and a precedence that
 * the generator got wrong. Signed numbers are kept so small that nothing overflows.
 *
 *   random DEVICE [KERNELS [SEED]]      DEVICE: opencl, sim, host; KERNELS per type
 */
#define _XOPEN_SOURCE 700
#include "ew_test.h"

#include <math.h>

enum { N = 1009, MAX_NODES = 64 };

typedef enum {
    X,
    Y,
    A,
    LOCAL,
    LITERAL,
    NEG,
    NOT,
    ADD,
    SUB,
    MUL,
    DIV,
    AND,
    OR,
    XOR,
    RIGHT,
    LESS,
    EQUAL,
    CHOOSE
} Op;

typedef struct Node {
    Op op;
    const struct Node *part[4];
    int literal;  /* in eighths for floats */
    bool typed;   /* it has the type of the arrays: not made of literals alone, which are ints */
    double bound; /* |value| is at most this */
} Node;

typedef struct Tree {
    Node nodes[MAX_NODES];
    size_t used;
    char kind;  /* I, U, F */
    bool local; /* t may be used */
    uint64_t seed, drawn;
} Tree;

static unsigned draw(Tree *t, unsigned below) {
    return hc_random_u32(t->seed, 5, t->drawn++) % below;
}

static double power(double bound) { return exp2(ceil(log2(bound + 2))); }

static const Node *leaf(Tree *t) {
    Node *n = &t->nodes[t->used++];
    *n = (Node){.op = draw(t, 4) == 0 ? LITERAL : (Op)draw(t, t->local ? 4 : 3), .bound = 1000};
    if (n->op == LITERAL) n->literal = (int)draw(t, 100), n->bound = 100;
    n->typed = n->op != LITERAL;
    return n;
}

static const Node *divisor(Tree *t) {
    Node *n = &t->nodes[t->used++];
    *n = (Node){.op = LITERAL, .literal = 1 + (int)draw(t, 15), .bound = 15};
    return n;
}

static const Node *expression(Tree *t, unsigned depth) {
    static const Op floats[] = {NEG, ADD, SUB, MUL, DIV, CHOOSE};
    static const Op integers[] = {NEG, NOT, ADD, SUB, MUL, DIV, AND, OR, XOR, RIGHT, CHOOSE};
    if (depth == 0 || t->used + 16 > MAX_NODES || draw(t, 6) == 0) return leaf(t);
    Node *n = &t->nodes[t->used++];
    *n = (Node){.op = t->kind == 'F' ? floats[draw(t, 6)] : integers[draw(t, 11)]};
    bool small = t->kind != 'F' && (n->op == DIV || n->op == RIGHT); /* by a literal only */
    n->part[0] = expression(t, depth - 1);
    if (n->op > NOT) n->part[1] = small ? divisor(t) : expression(t, depth - 1);
    if (n->op == CHOOSE) {
        n->part[2] = expression(t, depth - 1);
        n->part[3] = expression(t, depth - 1);
        n->literal = (int)draw(t, 6); /* which comparison */
    }
    const Node *left = n->part[n->op == CHOOSE ? 2 : 0], *right = n->part[n->op == CHOOSE ? 3 : 1];
    double a = left ? left->bound : 0, b = right ? right->bound : 0;
    switch (n->op) {
    case NOT: n->bound = a + 1; break;
    case ADD:
    case SUB: n->bound = a + b; break;
    case MUL: n->bound = a * b; break;
    case AND:
    case OR:
    case XOR: n->bound = power(fmax(a, b)); break;
    case CHOOSE: n->bound = fmax(a, b); break;
    default: n->bound = a;
    }
    for (int k = n->op == CHOOSE ? 2 : 0; k < 4; k++)
        n->typed = n->typed || (n->part[k] && n->part[k]->typed);
    if (t->kind == 'I' && n->bound > 1e9) return n->part[0]; /* it is within bounds */
    return n->typed ? n : leaf(t);
}

/* The text of a tree; within: the precedence around it, above which no parentheses are needed. */
static void write(FILE *out, Tree *t, const Node *n, EwType type, int within) {
    static const char *const signs[] = {[ADD] = "+", [SUB] = "-", [MUL] = "*", [DIV] = "/",
                                        [AND] = "&", [OR] = "|",  [XOR] = "^", [RIGHT] = ">>"};
    static const int levels[] = {
        [ADD] = 9, [SUB] = 9, [MUL] = 10, [DIV] = 10, [AND] = 5, [OR] = 3, [XOR] = 4, [RIGHT] = 8};
    int level = 12;
    switch (n->op) {
    case X: fputs("x[i]", out); return;
    case Y: fputs(draw(t, 2) ? "y[i]" : "y [ i ]", out); return;
    case A: fputs("a", out); return;
    case LOCAL: fputs("t", out); return;
    case LITERAL:
        if (t->kind != 'F') fprintf(out, draw(t, 2) ? "%d" : "0x%x", n->literal);
        else if (draw(t, 3) == 0 && n->literal % 8 == 0) fprintf(out, "%d", n->literal / 8);
        else fprintf(out, "%.3f%s", n->literal / 8.0, type == EW_F32 ? "f" : "");
        return;
    case NEG:
    case NOT: level = 11; break;
    case CHOOSE: level = 1; break;
    default: level = levels[n->op];
    }
    bool wrap = level < within;
    if (wrap) fputc('(', out);
    if (n->op == NEG || n->op == NOT) {
        fputc(n->op == NEG ? '-' : '~', out);
        write(out, t, n->part[0], type, 12);
    } else if (n->op == CHOOSE) {
        static const char *const compared[] = {"<", "<=", ">", ">=", "==", "!="};
        write(out, t, n->part[0], type, 8);
        fprintf(out, " %s ", compared[n->literal]);
        write(out, t, n->part[1], type, 8);
        fputs(" ? ", out);
        write(out, t, n->part[2], type, 2);
        fputs(" : ", out);
        write(out, t, n->part[3], type, 1);
    } else {
        write(out, t, n->part[0], type, level);
        fprintf(out, draw(t, 2) || n->op == SUB ? " %s " : "%s", signs[n->op]); /* no -- */
        write(out, t, n->part[1], type, level + 1);
    }
    if (wrap) fputc(')', out);
}

/* NOLINTBEGIN(bugprone-macro-parentheses): arguments of the macros here are types. */
/* The walk: V is the type that C calculates in. */
#define COMPARE(n, l, r)                                                                           \
    ((n)->literal == 0   ? (l) < (r)                                                               \
     : (n)->literal == 1 ? (l) <= (r)                                                              \
     : (n)->literal == 2 ? (l) > (r)                                                               \
     : (n)->literal == 3 ? (l) >= (r)                                                              \
     : (n)->literal == 4 ? (l) == (r)                                                              \
                         : (l) != (r))
#define WALK(name, V, INTEGER, INTEGERS)                                                           \
    static V name(const Node *n, V x, V y, V a, V t) {                                             \
        V p = 0, q = 0;                                                                            \
        if (n->op == X) return x;                                                                  \
        if (n->op == Y) return y;                                                                  \
        if (n->op == A) return a;                                                                  \
        if (n->op == LOCAL) return t;                                                              \
        if (n->op == LITERAL) return (V)((V)n->literal / (V)((INTEGER) ? 1 : 8));                  \
        p = name(n->part[0], x, y, a, t);                                                          \
        if (n->part[1]) q = name(n->part[1], x, y, a, t);                                          \
        switch (n->op) {                                                                           \
        case NEG: return -p;                                                                       \
        case ADD: return p + q;                                                                    \
        case SUB: return p - q;                                                                    \
        case MUL: return p * q;                                                                    \
        case DIV: return (INTEGER) && q == 0 ? 0 : p / q;                                          \
        case CHOOSE: return name(n->part[COMPARE(n, p, q) ? 2 : 3], x, y, a, t); INTEGERS          \
        default: abort();                                                                          \
        }                                                                                          \
    }
#define BITS                                                                                       \
    case NOT: return ~p;                                                                           \
    case AND: return p & q;                                                                        \
    case OR: return p | q;                                                                         \
    case XOR: return p ^ q;                                                                        \
    case RIGHT: return p >> q;
WALK(walk_int, int, true, BITS)
WALK(walk_uint, unsigned, true, BITS)
WALK(walk_long, int64_t, true, BITS)
WALK(walk_ulong, uint64_t, true, BITS)
WALK(walk_float, float, false, )
WALK(walk_double, double, false, )

static EwDevice *device;
static size_t in_vectors;

static bool same(const void *a, const void *b, size_t size) { return memcmp(a, b, size) == 0; }

/* One kernel: t = e0; z[i] = e1; w[i] -= e2. */
#define RUN(name, TYPE, S, V, walk, KIND, value)                                                   \
    static void name(uint64_t seed) {                                                              \
        static S x[N], y[N], z[N], w[N], got_z[N], got_w[N];                                       \
        Tree trees[3];                                                                             \
        const Node *e[3];                                                                          \
        char *text = NULL;                                                                         \
        size_t length, wrong = 0, first = 0;                                                       \
        const V a = (V)(KIND == 'F' ? 0.625 : 5);                                                  \
        const EwOptions exact = {.exact = true};                                                   \
        const char *type = ew_type_name(EW_##TYPE);                                                \
        char declared[256];                                                                        \
        FILE *out = open_memstream(&text, &length);                                                \
        for (unsigned k = 0; k < 3; k++) {                                                         \
            trees[k] = (Tree){.kind = KIND, .local = k > 0, .seed = seed * 3 + k};                 \
            do trees[k].used = 0, e[k] = expression(&trees[k], 4);                                 \
            while (k == 0 && e[k]->bound > 1000);                                                  \
            fprintf(out,                                                                           \
                    k == 0   ? "const %s t = "                                                     \
                    : k == 1 ? "; z[i] = "                                                         \
                             : "; w[i] -= ",                                                       \
                    KIND == 'I' && sizeof(S) < 4 ? "int" : type);                                  \
            write(out, &trees[k], e[k], EW_##TYPE, 1);                                             \
        }                                                                                          \
        fclose(out);                                                                               \
        for (size_t i = 0; i < N; i++) {                                                           \
            int p = (int)(hc_random_u32(seed, 8, i) % 401) - 200;                                  \
            int q = (int)(hc_random_u32(seed, 9, i) % 401) - 200;                                  \
            x[i] = KIND == 'F' ? (S)(p / 64.0) : (S)(KIND == 'U' ? p * 1000003 : p % 100);         \
            y[i] = KIND == 'F' ? (S)(q / 32.0) : (S)(KIND == 'U' ? q * 1000033 : q % 100);         \
            V t = walk(e[0], (V)x[i], (V)y[i], a, 0);                                              \
            z[i] = (S)walk(e[1], (V)x[i], (V)y[i], a, t);                                          \
            w[i] = (S)((V)x[i] - walk(e[2], (V)x[i], (V)y[i], a, t));                              \
        }                                                                                          \
        snprintf(declared, sizeof declared, "%s a, const %s *x, const %s *y, %s *z, %s *w", type,  \
                 type, type, type, type);                                                          \
        EwArray d_x, d_y, d_z, d_w;                                                                \
        EwKernel *kernel;                                                                          \
        MUST(ew_map(device, "drawn", declared, text, &exact, &kernel));                            \
        MUST(ew_array(device, EW_##TYPE, N, x, &d_x));                                             \
        MUST(ew_array(device, EW_##TYPE, N, y, &d_y));                                             \
        MUST(ew_array(device, EW_##TYPE, N, NULL, &d_z));                                          \
        MUST(ew_array(device, EW_##TYPE, N, x, &d_w));                                             \
        const EwValue scalar = value;                                                              \
        MUST(ew_run(kernel, EW_ALL,                                                                \
                    EW_VALUES(scalar, EW_OF(d_x), EW_OF(d_y), EW_OF(d_z), EW_OF(d_w))));           \
        MUST(ew_read(&d_z, got_z));                                                                \
        MUST(ew_read(&d_w, got_w));                                                                \
        for (size_t i = 0; i < N; i++) {                                                           \
            bool nan_z = z[i] != z[i] && got_z[i] != got_z[i];                                     \
            bool nan_w = w[i] != w[i] && got_w[i] != got_w[i];                                     \
            if ((same(&z[i], &got_z[i], sizeof *z) || nan_z) &&                                    \
                (same(&w[i], &got_w[i], sizeof *w) || nan_w))                                      \
                continue;                                                                          \
            if (wrong++ == 0) first = i;                                                           \
        }                                                                                          \
        EXPECT(wrong == 0, "%s, seed %llu: %zu wrong, first %zu: z %g, not %g; w %g, not %g\n%s",  \
               type, (unsigned long long)seed, wrong, first, (double)got_z[first],                 \
               (double)z[first], (double)got_w[first], (double)w[first], text);                    \
        if (strstr(ew_source(kernel), "/* Vectors: ")) in_vectors++;                               \
        ew_free(kernel);                                                                           \
        ew_array_free(&d_x), ew_array_free(&d_y), ew_array_free(&d_z), ew_array_free(&d_w);        \
        free(text);                                                                                \
    }
RUN(run_I16, I16, int16_t, int, walk_int, 'I', EW_SCALAR_I(EW_I16, 5))
RUN(run_I32, I32, int32_t, int, walk_int, 'I', EW_INT(5))
RUN(run_U32, U32, uint32_t, unsigned, walk_uint, 'U', EW_SCALAR_U(EW_U32, 5))
RUN(run_I64, I64, int64_t, int64_t, walk_long, 'I', EW_SCALAR_I(EW_I64, 5))
RUN(run_U64, U64, uint64_t, uint64_t, walk_ulong, 'U', EW_SCALAR_U(EW_U64, 5))
RUN(run_F32, F32, float, float, walk_float, 'F', EW_FLOAT(0.625))
RUN(run_F64, F64, double, double, walk_double, 'F', EW_DOUBLE(0.625))

/* NOLINTEND(bugprone-macro-parentheses) */

int main(int argc, char **argv) {
    if (argc < 2) return 2;
    uint64_t kernels = argc > 2 ? strtoull(argv[2], NULL, 10) : 2;
    uint64_t seed = argc > 3 ? strtoull(argv[3], NULL, 10) : 1;
    device = open_device(argv[1]);
    for (uint64_t k = seed; k < seed + kernels; k++) {
        run_I16(k), run_I32(k), run_U32(k), run_I64(k), run_U64(k), run_F32(k);
        if (ew_device_has(device, EW_F64)) run_F64(k);
    }
    printf("%zu of %zu in vectors\n", in_vectors, (size_t)kernels * 7);
    bool opencl = strncmp(ew_device_name(device), "OpenCL", 6) == 0;
    EXPECT(!opencl || in_vectors > 0, "not one statement became vectors");
    ew_close(device);
    return failures != 0;
}
