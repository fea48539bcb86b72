// SPDX-License-Identifier: MIT
/* The parts of recipe 9's playground by themselves: columns from text and from .npy files, good
 * ones and every way to be malformed; what is written is read back, bit for bit; plain names in
 * expressions; and 40,000 damaged files, of which none may do more than be refused.
 */
#define _POSIX_C_SOURCE 200809L
#include <inttypes.h>
#include <math.h>
#include <unistd.h>

#include "../../recipes/09_elementwise/play.h"
#include "hc_cu.h"

static int failures;
#define EXPECT(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            failures++;                                                                            \
            fprintf(stderr, "line %d: not so: %s\n    %s\n", __LINE__, #condition,                 \
                    hc_last_error()->message);                                                     \
        }                                                                                          \
    } while (0)

static int read_bytes(const void *bytes, size_t size, EwType wanted, Columns *columns) {
    FILE *in = size ? fmemopen((void *)(uintptr_t)bytes, size, "rb") : fopen("/dev/null", "rb");
    *columns = (Columns){0};
    if (!in) return HC_ERROR;
    bool npy = size && *(const unsigned char *)bytes == 0x93;
    int status = npy ? columns_read_npy(in, "file", wanted, columns)
                     : columns_read_text(in, "file", wanted, columns);
    fclose(in);
    return status;
}

/* ---- Text ---- */

static const struct {
    const char *text, *says; /* NULL: it is read */
    size_t rows, count;
    const char *name; /* of the last column */
    double last;      /* its last element */
} texts[] = {
    {"1 2\n3 4\n", NULL, 2, 2, "y", 4},
    {"1,2\n3,4", NULL, 2, 2, "y", 4}, /* no line end at the end */
    {"1\t2\t3\t4\n", NULL, 1, 4, "c4", 4},
    {"  1   2  \n\n\n3 4\r\n", NULL, 2, 2, "y", 4},
    {"\xef\xbb\xbf"
     "1 2\n",
     NULL, 1, 2, "y", 2},
    {"a,b\n1,2\n", NULL, 1, 2, "b", 2},
    {"\"a\", \"wind speed\"\n1, 2\n", NULL, 1, 2, "wind_speed", 2},
    {"time n\n1 2\n", NULL, 1, 2, "c2", 2}, /* n is the number of elements */
    {"x x\n1 2\n", NULL, 1, 2, "c2", 2},    /* twice the same */
    {"x float\n1 2\n", NULL, 1, 2, "c2", 2},
    {"KERNEL GROUP\n1 2\n", NULL, 1, 2, "c2", 2}, /* words of the generated source */
    {"x 3d\n1 2\n", "file:1: column 1 (x): 'x' is not a number", 0, 0, NULL, 0},
    {"# p q\n# made by hand\n# u v\n1 2\n", NULL, 1, 2, "v", 2},
    {"# one two three\n1 2\n", NULL, 1, 2, "y", 2}, /* three names, two columns: a comment */
    {"1 2 # here\n3 4\n", NULL, 2, 2, "y", 4},
    {"nan\ninf\n-inf\n-Infinity\n", NULL, 4, 1, "x", -INFINITY},
    {"1e-400\n", NULL, 1, 1, "x", 0}, /* too small is not too large */
    {"0x1p3\n", NULL, 1, 1, "x", 8},
    {"a,b\n", NULL, 0, 2, "b", 0}, /* names, and no rows */
    {"", "no numbers in it", 0, 0, NULL, 0},
    {"\n \t\n# only this\n", "no numbers in it", 0, 0, NULL, 0},
    {"1 2\n3\n", "file:2: 1 column, and the lines before have 2", 0, 0, NULL, 0},
    {"1 2\n3 4 5\n", "file:2: 3 columns, and the lines before have 2", 0, 0, NULL, 0},
    {"1,2\n3,\n", "file:2: column 2 (y): '' is empty", 0, 0, NULL, 0},
    {"1,2\n,4\n", "file:2: column 1 (x): '' is empty", 0, 0, NULL, 0},
    {"1,2\n3 4\n", "file:2: 1 column, and", 0, 0, NULL, 0},
    {"1 2\n\n3 4x\n", "file:3: column 2 (y): '4x' is not a number", 0, 0, NULL, 0},
    {"a b\n1 2\n1 c\n", "file:3: column 2 (b): 'c' is not a number", 0, 0, NULL, 0},
    {"a 1\n2 3\n", "file:1: column 1 (x): 'a' is not a number", 0, 0, NULL, 0},
    {"1;2\n", "'1;2' is not a number", 0, 0, NULL, 0},
    {"x;y\n1;2\n", "file:2: column 1 (x_y): '1;2' is not a number", 0, 0, NULL, 0},
    {"1e999\n2\n", "file:1: column 1", 0, 0, NULL, 0},
    {"1\n1e999\n", "file:2: column 1 (x): '1e999' is not a number", 0, 0, NULL, 0},
    {"1\n--2\n", "'--2' is not a number", 0, 0, NULL, 0},
    {"1\n1 000\n", "file:2: 2 columns", 0, 0, NULL, 0},
};

static void check_texts(void) {
    for (size_t t = 0; t < sizeof texts / sizeof texts[0]; t++) {
        Columns columns;
        int status = read_bytes(texts[t].text, strlen(texts[t].text), EW_NONE, &columns);
        bool good = status == (texts[t].says ? HC_USAGE : HC_OK);
        if (texts[t].says) {
            good = good && strstr(hc_last_error()->message, texts[t].says) && !columns.count;
        } else if (good) {
            const Column *last = &columns.column[columns.count - 1];
            good = columns.n == texts[t].rows && columns.count == texts[t].count &&
                   strcmp(last->name, texts[t].name) == 0;
            if (columns.n) {
                double x = ((double *)last->data)[columns.n - 1];
                good = good && x == texts[t].last;
            }
        }
        if (!good) {
            failures++;
            fprintf(stderr, "text %zu: status %d, %zu rows, %zu columns, last %s; %s\n%s\n", t,
                    status, columns.n, columns.count,
                    columns.count ? columns.column[columns.count - 1].name : "",
                    hc_last_error()->message, texts[t].text);
        }
        columns_free(&columns);
    }
    Columns columns;
    char *wide, *numbers;
    EXPECT(hc_alloc((1 << 20) + 2, 1, &wide) == HC_OK);
    memset(wide, '1', (1 << 20) + 1);
    EXPECT(read_bytes(wide, (1 << 20) + 1, EW_NONE, &columns) == HC_USAGE);
    EXPECT(strstr(hc_last_error()->message, "longer than 1 MiB"));
    memset(wide, 0, 100); /* bytes that are no text */
    EXPECT(read_bytes(wide, 100, EW_NONE, &columns) == HC_USAGE);
    EXPECT(strstr(hc_last_error()->message, "a byte 0"));
    free(wide);
    EXPECT(hc_alloc(200000, 16, &numbers) == HC_OK); /* 100,000 rows, and 65 columns */
    size_t at = 0;
    for (int i = 0; i < 100000; i++) at += (size_t)sprintf(numbers + at, "%d %d\n", i, -i);
    EXPECT(read_bytes(numbers, at, EW_I32, &columns) == HC_OK && columns.n == 100000);
    EXPECT(columns.n == 100000 && ((int *)columns.column[1].data)[99999] == -99999);
    columns_free(&columns);
    at = 0;
    for (int i = 0; i < COLUMNS_MAX; i++) at += (size_t)sprintf(numbers + at, "%d ", i);
    EXPECT(read_bytes(numbers, at, EW_NONE, &columns) == HC_OK && columns.count == COLUMNS_MAX);
    columns_free(&columns);
    at += (size_t)sprintf(numbers + at, "1\n");
    EXPECT(read_bytes(numbers, at, EW_NONE, &columns) == HC_USAGE);
    EXPECT(strstr(hc_last_error()->message, "more than 64 columns"));
    free(numbers);
}

/* A number and a type: does it fit? */
static const struct {
    EwType type;
    const char *text;
    bool fits;
} fits[] = {{EW_U8, "255", true},
            {EW_U8, "256", false},
            {EW_U8, "-1", false},
            {EW_I8, "-128", true},
            {EW_I8, "128", false},
            {EW_I16, "32767", true},
            {EW_I16, "32768", false},
            {EW_U16, "65536", false},
            {EW_I32, "-2147483648", true},
            {EW_I32, "2147483648", false},
            {EW_U32, "4294967295", true},
            {EW_U32, "4294967296", false},
            {EW_I64, "-9223372036854775808", true},
            {EW_I64, "9223372036854775807", true},
            {EW_I64, "9223372036854775808", false},
            {EW_U64, "18446744073709551615", true},
            {EW_U64, "18446744073709551616", false},
            {EW_U64, "-1", false},
            {EW_I32, "2.5", false},
            {EW_I32, "2.0", true},
            {EW_I32, "1e3", true},
            {EW_I32, "nan", false},
            {EW_I64, "inf", false},
            {EW_F32, "3.4028235e38", true},
            {EW_F32, "3.5e38", false},
            {EW_F32, "1e-50", true},
            {EW_F32, "nan", true},
            {EW_F64, "1e308", true},
            {EW_F64, "1e309", false},
            {EW_F64, "", false},
            {EW_F64, "1,5", false}};

static void check_numbers(void) {
    for (size_t f = 0; f < sizeof fits / sizeof fits[0]; f++) {
        char bytes[8] = {0}, text[40];
        Number x;
        bool got =
            number_parse(fits[f].type, fits[f].text, &x) && number_put(fits[f].type, bytes, 0, x);
        if (got != fits[f].fits) {
            failures++;
            fprintf(stderr, "'%s' as %s: %d\n", fits[f].text, ew_type_name(fits[f].type), got);
        }
        if (!got || type_is_real(fits[f].type) || strpbrk(fits[f].text, ".e")) continue;
        number_print(fits[f].type, bytes, 0, true, text, sizeof text);
        EXPECT(strcmp(text, fits[f].text) == 0); /* all 64 bits, back again */
    }
}

/* ---- .npy ---- */

static size_t make_npy(unsigned char *file, int version, const char *header, const void *data,
                       size_t size) {
    size_t length = strlen(header), at = version == 1 ? 10 : 12;
    memcpy(file, "\x93NUMPY", 6);
    file[6] = (unsigned char)version, file[7] = 0;
    for (size_t k = 8; k < at; k++) file[k] = (unsigned char)(length >> (8 * (k - 8)));
    memcpy(file + at, header, length);
    if (size) memcpy(file + at + length, data, size);
    return at + length + size;
}

static const struct {
    const char *header, *says;
    size_t rows, count;
} headers[] = {
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (6,), }  \n", NULL, 6, 1},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (3, 2), }\n", NULL, 3, 2},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3)}", NULL, 2, 3},
    {"{\"shape\":(6,1),\"fortran_order\":True,\"descr\":\"<i8\"}", NULL, 6, 1},
    {"{'descr': '<f4', 'fortran_order': False, 'shape': (12,), }\n", NULL, 12, 1},
    {"{'descr': '|i1', 'fortran_order': False, 'shape': (48,), }\n", NULL, 48, 1},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (7,), }\n",
     "its header promises 7 rows, and it ends after 6", 0, 0},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (5,), }\n", "there is more in it", 0, 0},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000000000000,), }\n",
     "promises 1000000000000000000 rows", 0, 0},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (99999999999999999999,), }\n", "damaged", 0,
     0},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (), }\n", "has not 1 or 2 dimensions", 0,
     0},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2, 3), }\n", "1 or 2 dimensions", 0, 0},
    {"{'descr': '<f8', 'fortran_order': True, 'shape': (3, 2), }\n", "Fortran's order", 0, 0},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (3, 0), }\n", "without columns", 0, 0},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (1, 6000), }\n", "more than 64", 0, 0},
    {"{'descr': '>f8', 'fortran_order': False, 'shape': (6,), }\n", "'>f8': big-endian", 0, 0},
    {"{'descr': '<c16', 'fortran_order': False, 'shape': (3,), }\n", "'<c16': complex", 0, 0},
    {"{'descr': '<f2', 'fortran_order': False, 'shape': (24,), }\n", "half precision", 0, 0},
    {"{'descr': '|O', 'fortran_order': False, 'shape': (6,), }\n", "objects or texts", 0, 0},
    {"{'descr': '<U4', 'fortran_order': False, 'shape': (3,), }\n", "objects or texts", 0, 0},
    {"{'descr': '<M8[ns]', 'fortran_order': False, 'shape': (6,), }\n", "'<M8[ns]': not", 0, 0},
    {"{'descr': '', 'fortran_order': False, 'shape': (6,), }\n", "type ''", 0, 0},
    {"{'descr': [('a', '<f8'), ('b', '<i4')], 'fortran_order': False, 'shape': (3,), }\n",
     "a structured array", 0, 0},
    {"{'descr': '<f8', 'fortran_order': False}\n", "damaged", 0, 0},
    {"{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': (6,)}\n", "damaged", 0, 0},
    {"{'descr': '<f8', 'fortran_order': 0, 'shape': (6,)}\n", "damaged", 0, 0},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (-6,)}\n", "damaged", 0, 0},
    {"{'descr': '<f8', 'fortran_order': False, 'shape': (6,)} and more\n", "damaged", 0, 0},
    {"{'descr': '<f8", "damaged", 0, 0},
    {"", "damaged", 0, 0},
};

static void check_npy(void) {
    const double data[6] = {1, 2, 3, 4, 5, 6};
    unsigned char file[512];
    Columns columns;
    for (size_t h = 0; h < sizeof headers / sizeof headers[0]; h++)
        for (int version = 1; version <= 3; version++) {
            size_t size = make_npy(file, version, headers[h].header, data, sizeof data);
            int status = read_bytes(file, size, EW_NONE, &columns);
            bool good = headers[h].says ? status == HC_USAGE && strstr(hc_last_error()->message,
                                                                       headers[h].says) != NULL
                                        : status == HC_OK && columns.n == headers[h].rows &&
                                              columns.count == headers[h].count;
            if (!good) {
                failures++;
                fprintf(stderr, "header %zu, version %d: status %d: %s\n%s\n", h, version, status,
                        hc_last_error()->message, headers[h].header);
            }
            columns_free(&columns);
        }
    size_t size = make_npy(file, 1, headers[1].header, data, sizeof data);
    EXPECT(read_bytes(file, size, EW_NONE, &columns) == HC_OK); /* rows of two columns */
    EXPECT(((double *)columns.column[0].data)[2] == 5 &&
           ((double *)columns.column[1].data)[0] == 2);
    columns_free(&columns);
    EXPECT(read_bytes(file, size, EW_U8, &columns) == HC_OK); /* converted, and whole numbers fit */
    EXPECT(((uint8_t *)columns.column[1].data)[2] == 6);
    columns_free(&columns);
    const double fraction = 2.5;
    size =
        make_npy(file, 2, "{'descr': '<f8', 'fortran_order': False, 'shape': (1,)}", &fraction, 8);
    EXPECT(read_bytes(file, size, EW_I32, &columns) == HC_USAGE);
    EXPECT(strstr(hc_last_error()->message, "row 0, column 1: 2.5 does not fit into int"));
    const uint64_t most = UINT64_MAX;
    size = make_npy(file, 1, "{'descr': '<u8', 'fortran_order': False, 'shape': (1,)}", &most, 8);
    EXPECT(read_bytes(file, size, EW_NONE, &columns) == HC_OK);
    EXPECT(*(uint64_t *)columns.column[0].data == most);
    columns_free(&columns);
    file[6] = 4;
    EXPECT(read_bytes(file, size, EW_NONE, &columns) == HC_USAGE);
    EXPECT(strstr(hc_last_error()->message, "version"));
    file[6] = 2, file[11] = 0xff; /* a header of 4 GiB */
    EXPECT(read_bytes(file, size, EW_NONE, &columns) == HC_USAGE);
    EXPECT(strstr(hc_last_error()->message, "64 KiB"));
}

/* What columns_write writes, columns_read reads: every type, all bits. */
static void check_writing(void) {
    static const EwType types[] = {EW_I8,  EW_U8,  EW_I16, EW_U16, EW_I32,
                                   EW_U32, EW_I64, EW_U64, EW_F32, EW_F64};
    static const char *const endings[] = {"npy", "tsv"};
    char path[64];
    for (size_t k = 0; k < 2 * sizeof types / sizeof types[0]; k++) {
        EwType type = types[k / 2];
        size_t size = ew_type_size(type);
        Columns columns = {.n = 1009}, back;
        for (uint32_t c = 0; c < 3; c++) {
            Column *column;
            EXPECT(column_add(&columns, c == 1 ? "speed" : "", type, columns.n, &column) == HC_OK);
            column->computed = c > 0; /* the first is not written */
            for (size_t i = 0; i < columns.n * size; i += 4) {
                uint32_t bits = hc_random_u32(7, c, i);
                if (type == EW_F32 && i % 8) bits &= 0x7f7fffff; /* finite */
                memcpy((char *)column->data + i, &bits, columns.n * size - i < 4 ? 1 : 4);
            }
            for (size_t i = 0; i < columns.n && type_is_real(type); i++) { /* any NaN is the NaN */
                Number x = number_get(type, column->data, i);
                if (isnan(x.f)) number_put(type, column->data, i, (Number){.kind = 'f', .f = 0.1});
            }
        }
        snprintf(path, sizeof path, "units_%d.%s", (int)getpid(), endings[k % 2]);
        EXPECT(columns_write(path, &columns) == HC_OK);
        EXPECT(columns_read(path, k % 2 ? type : EW_NONE, &back) == HC_OK);
        EXPECT(back.n == columns.n && back.count == 2 && back.column[0].type == type);
        for (size_t c = 0; c < back.count && back.n == columns.n; c++)
            EXPECT(memcmp(back.column[c].data, columns.column[c + 1].data, back.n * size) == 0);
        columns_free(&columns), columns_free(&back);
        remove(path);
    }
    Columns mixed = {.n = 2};
    EXPECT(columns_write(path, &mixed) == HC_USAGE);
    column_add(&mixed, "p", EW_F32, 2, NULL), column_add(&mixed, "q", EW_F64, 2, NULL);
    mixed.column[0].computed = mixed.column[1].computed = true;
    EXPECT(columns_write("units.npy", &mixed) == HC_USAGE);
    EXPECT(strstr(hc_last_error()->message, "different types"));
    EXPECT(columns_write("/nonexistent/x.tsv", &mixed) == HC_ERROR);
    columns_free(&mixed);
    EXPECT(columns_read("/nonexistent/x.tsv", EW_NONE, &mixed) == HC_USAGE);
    EXPECT(columns_read("/", EW_NONE, &mixed) == HC_USAGE);
    EXPECT(access("units.npy", F_OK) != 0); /* what is refused is not begun */
}

/* Damage a good file in up to four places, or cut it: it is read, or refused in words. */
static void check_damaged(void) {
    const double data[6] = {1, 2, 3, 4, 5, 6};
    unsigned char good[2][512], file[512];
    static const char text[] = "# p q r\ntime, speed, \"n\"\n1, 2, 3\n4, 5e-3, nan\n-7, 8, inf\n";
    size_t sizes[2] = {make_npy(good[0], 1, headers[1].header, data, sizeof data), sizeof text - 1};
    memcpy(good[1], text, sizeof text);
    unsigned read = 0, refused = 0;
    for (uint32_t round = 0; round < 40000; round++) {
        size_t which = round & 1, size = sizes[which];
        memcpy(file, good[which], size);
        unsigned damages = 1 + hc_random_u32(1, round, 0) % 4;
        for (unsigned d = 0; d < damages; d++) {
            uint32_t at = hc_random_u32(1, round, 3 * d + 1),
                     how = hc_random_u32(1, round, 3 * d + 2);
            size_t most = which ? size : 80; /* mostly the header */
            if (how % 8 == 0) size = 1 + at % size;
            else if (how % 2) file[at % most % size] = (unsigned char)(how >> 8);
            else
                file[at % most % size] =
                    (unsigned char)"0123456789()[]{}',:-<>|# \n"[(how >> 8) % 26];
        }
        Columns columns;
        int status = read_bytes(file, size, round % 3 ? EW_NONE : EW_I32, &columns);
        if (status == HC_OK) read++;
        else refused++;
        EXPECT(status == HC_OK || (status == HC_USAGE && *hc_last_error()->message));
        EXPECT(status == HC_OK || !columns.count);
        if (status == HC_OK) EXPECT(columns.count >= 1 && columns.n < 300);
        columns_free(&columns);
    }
    EXPECT(read > 1000 && refused > 1000); /* the damage is neither nothing nor all */
}

/* ---- Words ---- */

static const struct {
    const char *text, *statement, *declarations; /* or NULL and what is said */
} words[] = {
    {"z = a*x + y", "z[i] = a*x[i] + y[i]",
     "double a, const double *x, const double *y, double *z"},
    {"z[i] = a*x[i] + y[i]", "z[i] = a*x[i] + y[i]",
     "double a, const double *x, const double *y, double *z"},
    {"x*y", "z[i] = x[i]*y[i]", "const double *x, const double *y, double *z"},
    {"x = x*2", "x[i] = x[i]*2", "double *x"},
    {"x += y", "x[i] += y[i]", "const double *y, double *x"},
    {"z = x == y", "z[i] = x[i] == y[i]", "const double *x, const double *y, double *z"},
    {"x == y", "z[i] = x[i] == y[i]", "const double *x, const double *y, double *z"},
    {"float t = x*x; z = t + y", "float t = x[i]*x[i]; z[i] = t + y[i]",
     "const double *x, const double *y, double *z"},
    {"double t = x, u = y; z = t*u", "double t = x[i], u = y[i]; z[i] = t*u",
     "const double *x, const double *y, double *z"},
    {"z = (float)x", "z[i] = (float)x[i]", "const double *x, double *z"},
    {"p = x; q = p*1.5e3", "p[i] = x[i]; q[i] = p[i]*1.5e3",
     "const double *x, double *p, double *q"},
    {"z = i + 1 < n ? x[i + 1] : 0", "z[i] = i + 1 < n ? x[i + 1] : 0",
     "const double *x, double *z"},
    {"z = sin(x)*M_PI", "z[i] = sin(x[i])*M_PI", "const double *x, double *z"},
    {"z = k*0x1f + 1e5f", "z[i] = k*0x1f + 1e5f", "int k, double *z"},
    {"if (x > 0) z = x; else z = 0", "if (x[i] > 0) z[i] = x[i]; else z[i] = 0",
     "const double *x, double *z"},
    {"z = x[y > 0 ? i : 0]", "z[i] = x[y[i] > 0 ? i : 0]",
     "const double *x, const double *y, double *z"},
    {"z = q + 1", NULL, "'q' is neither a column nor a number with a name"},
    {"z = x**2", NULL, "**: there is no such operator in C"},
    {"z += x", NULL, "'z' is neither"},
    {"a = x", NULL, "'a' cannot be assigned to"},
    {"", NULL, "nothing in it"},
    {" ;", NULL, "nothing in it"},
    {"abcdefghijabcdefghijabcdefghijabcdefghij = x", NULL, "longer than 31 letters"},
};

static void check_words(void) {
    Let lets[LETS_MAX];
    JobOptions options = {.lets = lets};
    EXPECT(lets_read("a=2.5,k=3", lets, &options.let_count) == HC_OK && options.let_count == 2);
    for (size_t w = 0; w < sizeof words / sizeof words[0]; w++) {
        Columns columns = {.n = 4};
        Job job;
        column_add(&columns, "x", EW_F64, 4, NULL), column_add(&columns, "y", EW_F64, 4, NULL);
        int status = job_map(&job, &columns, words[w].text, &options);
        bool good = words[w].statement
                        ? status == HC_OK && strcmp(job.statement, words[w].statement) == 0 &&
                              strcmp(job.declarations, words[w].declarations) == 0
                        : status == HC_USAGE &&
                              strstr(hc_last_error()->message, words[w].declarations) != NULL;
        if (!good) {
            failures++;
            fprintf(stderr, "'%s': status %d: '%s', '%s'; %s\n", words[w].text, status,
                    job.statement ? job.statement : "", job.declarations ? job.declarations : "",
                    hc_last_error()->message);
        }
        job_free(&job);
        columns_free(&columns);
    }
    static const char *const wrong[] = {"",
                                        "a",
                                        "a=",
                                        "=1",
                                        "a=x",
                                        "1a=2",
                                        "a=1,",
                                        "a=1,a=2",
                                        "a=1;b=2",
                                        "i=2",
                                        "int=2",
                                        "a=1e999",
                                        "a=99999999999999999999"};
    for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
        size_t count;
        if (strcmp(wrong[k], "a=1,") == 0) continue; /* a comma at the end is no harm */
        if (lets_read(wrong[k], lets, &count) == HC_USAGE) continue;
        failures++;
        fprintf(stderr, "--let '%s' was taken\n", wrong[k]);
    }
}

/* Reductions by name, in general, and neither. */
static void check_folds(void) {
    Columns columns = {.n = 4};
    Job job;
    JobOptions options = {0};
    column_add(&columns, "x", EW_F64, 4, NULL), column_add(&columns, "k", EW_I32, 4, NULL);
    EXPECT(job_reduce(&job, &columns, "sum(x*x)", &options) == HC_OK);
    EXPECT(strcmp(job.map, "x[i]*x[i]") == 0 && job.item_type == EW_F64 && job.adds);
    job_free(&job);
    EXPECT(job_reduce(&job, &columns, " sum (k) ", &options) ==
           HC_USAGE); /* the name comes first */
    job_free(&job);
    EXPECT(job_reduce(&job, &columns, "sum (k) ", &options) == HC_OK && job.item_type == EW_I64);
    job_free(&job);
    EXPECT(job_reduce(&job, &columns, "min(k)", &options) == HC_OK);
    EXPECT(job.item_type == EW_I32 && strcmp(job.neutral, "2147483647") == 0);
    job_free(&job);
    EXPECT(job_reduce(&job, &columns, "argmax(k)", &options) == HC_OK);
    EXPECT(strcmp(job.item, "int value, ulong index") == 0);
    EXPECT(strcmp(job.neutral, "make_item(-2147483647 - 1, ~0ul)") == 0);
    job_free(&job);
    EXPECT(job_reduce(&job, &columns, "count(x > 0)", &options) == HC_OK);
    EXPECT(job.item_type == EW_U64 && strcmp(job.map, "(x[i] > 0) ? 1 : 0") == 0);
    job_free(&job);
    static const char *const refused[] = {"average(x)", "sum(x",  "sum(x) + sum(k)", "a + b",
                                          "sum()",      "sum(q)", "sum(z = x)",      ""};
    for (size_t k = 0; k < sizeof refused / sizeof refused[0]; k++) {
        if (job_reduce(&job, &columns, refused[k], &options) != HC_USAGE) {
            failures++;
            fprintf(stderr, "--reduce '%s' was taken\n", refused[k]);
        }
        job_free(&job);
    }
    options = (JobOptions){.map = "x", .neutral = "0"};
    EXPECT(job_reduce(&job, &columns, "a + b", &options) == HC_OK &&
           strcmp(job.fold, "a + b") == 0);
    job_free(&job);
    options = (JobOptions){0};
    EXPECT(job_scan(&job, &columns, "t = count(k > 0)", &options) == HC_OK);
    EXPECT(strcmp(job.statement, "t[i] = item") == 0 &&
           column_find(&columns, "t", 1)->type == EW_U64);
    job_free(&job);
    EXPECT(job_scan(&job, &columns, "argmin(x)", &options) == HC_USAGE);
    job_free(&job);
    options = (JobOptions){.output = "if (x > 0) p[item - 1] = x"};
    EXPECT(job_scan(&job, &columns, "count(x > 0)", &options) == HC_OK);
    EXPECT(strcmp(job.statement, "if (x[i] > 0) p[item - 1] = x[i]") == 0);
    job_free(&job);
    options = (JobOptions){.output = "x > 0"}; /* it does nothing */
    EXPECT(job_scan(&job, &columns, "count(x > 0)", &options) == HC_USAGE);
    job_free(&job);
    columns_free(&columns);
}

static const HcRecipe recipe = {.name = "09_units",
                                .summary = "columns, words and folds of recipe 9",
                                .apis = (const HcApi *const[]){&hc_sim_api, NULL}};

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    check_texts();
    check_numbers();
    check_npy();
    check_writing();
    check_damaged();
    check_words();
    check_folds();
    int code = hc_end();
    return failures ? HC_WRONG : code;
}
