// SPDX-License-Identifier: MIT
/* Columns from a .npy file, and to one: NumPy's format for one array. Magic bytes, version, the
 * length of a header, the header as the text of a Python dictionary, then the elements:
 *
 *     \x93NUMPY 1 0 118 0 {'descr': '<f8', 'fortran_order': False, 'shape': (1000, 2), }   \n ...
 *
 * One dimension is one column x, two are rows of columns. The header is a stranger's text: the
 * shape is believed only as far as the file goes, so a header that promises 10^18 rows costs
 * nothing.
 *   source  numpy.lib.format, versions 1.0 to 3.0
 */
#include <ctype.h>
#include <errno.h>

#include "columns.h"

enum { HEADER_MAX = 1 << 16, ROWS_AT_ONCE = 4096 };

static const struct {
    const char *descr;
    EwType type;
} dtypes[] = {{"|b1", EW_U8},  {"|i1", EW_I8},  {"|u1", EW_U8},  {"<i2", EW_I16},
              {"<u2", EW_U16}, {"<i4", EW_I32}, {"<u4", EW_U32}, {"<i8", EW_I64},
              {"<u8", EW_U64}, {"<f4", EW_F32}, {"<f8", EW_F64}};
enum { DTYPES = sizeof dtypes / sizeof dtypes[0] };

static int bad(const char *path, const char *hint, const char *what) {
    return hc_set_error(HC_USAGE, 0, NULL, hint, "%s: %s", path, what);
}

/* ---- The header ---- */

typedef struct Header {
    char descr[32];
    bool fortran;
    size_t shape[2];
    int dimensions; /* 3: more than two */
    unsigned seen;  /* bits: descr, fortran_order, shape */
    bool structured;
} Header;

static bool take(const char **at, const char *text) {
    *at += strspn(*at, " \t\n");
    size_t length = strlen(text);
    if (strncmp(*at, text, length) != 0) return false;
    *at += length;
    return true;
}

static bool take_string(const char **at, char *text, size_t size) {
    *at += strspn(*at, " \t\n");
    char quote = **at;
    if (quote != '\'' && quote != '"') return false;
    size_t length = 0;
    for (const char *p = ++*at; *p && *p != quote; p++) length++;
    if ((*at)[length] != quote || length >= size) return false;
    memcpy(text, *at, length);
    text[length] = '\0';
    *at += length + 1;
    return true;
}

static bool take_shape(const char **at, Header *h) {
    if (!take(at, "(")) return false;
    for (h->dimensions = 0; !take(at, ")");) {
        char digits[24];
        *at += strspn(*at, " \t\n");
        size_t length = strspn(*at, "0123456789");
        uint64_t extent;
        if (!length || length >= sizeof digits) return false;
        snprintf(digits, sizeof digits, "%.*s", (int)length, *at);
        if (!hc_parse_count(digits, SIZE_MAX, &extent)) return false;
        *at += length;
        if (h->dimensions < 2) h->shape[h->dimensions] = (size_t)extent;
        if (h->dimensions < 3) h->dimensions++;
        if (!take(at, ",") && **at != ')') return false;
    }
    return true;
}

/* {'descr': '<f8', 'fortran_order': False, 'shape': (1000, 2), } in any order */
static bool parse_header(const char *text, Header *h) {
    const char *at = text;
    if (!take(&at, "{")) return false;
    while (!take(&at, "}")) {
        char key[32];
        unsigned bit = 0;
        if (!take_string(&at, key, sizeof key) || !take(&at, ":")) return false;
        if (strcmp(key, "descr") == 0) {
            bit = 1;
            h->structured = take(&at, "[");
            if (h->structured) return true; /* refused by name, whatever else there is */
            if (!take_string(&at, h->descr, sizeof h->descr)) return false;
        } else if (strcmp(key, "fortran_order") == 0) {
            bit = 2;
            h->fortran = take(&at, "True");
            if (!h->fortran && !take(&at, "False")) return false;
        } else if (strcmp(key, "shape") == 0) {
            bit = 4;
            if (!take_shape(&at, h)) return false;
        }
        if (!bit || h->seen & bit) return false;
        h->seen |= bit;
        take(&at, ",");
    }
    return h->seen == 7 && !at[strspn(at, " \t\n")];
}

static int read_header(FILE *in, const char *path, Header *h) {
    static const char *const damaged = "not a .npy file, or a damaged one";
    unsigned char start[12];
    if (fread(start, 1, 10, in) != 10 || memcmp(start, "\x93NUMPY", 6) != 0)
        return bad(path, NULL, damaged);
    size_t length = start[8] | (size_t)start[9] << 8;
    if (start[6] < 1 || start[6] > 3)
        return bad(path, "numpy.lib.format.write_array(file, x, version=(1, 0)) writes version 1",
                   "a version of the .npy format that is not 1, 2 or 3");
    if (start[6] > 1) {
        if (fread(start + 10, 1, 2, in) != 2) return bad(path, NULL, damaged);
        length |= (size_t)start[10] << 16 | (size_t)start[11] << 24;
    }
    if (length > HEADER_MAX) return bad(path, NULL, "its header is longer than 64 KiB");
    char *text;
    int status = hc_alloc(length + 1, 1, &text);
    if (status != HC_OK) return status;
    bool good =
        fread(text, 1, length, in) == length && strlen(text) == length && parse_header(text, h);
    free(text);
    return good ? HC_OK : bad(path, NULL, damaged);
}

/* ---- The elements ---- */

static int find_type(const char *path, const Header *h, EwType *type) {
    char what[128];
    if (h->structured)
        return bad(path, "save one field: numpy.save(file, x['name'])",
                   "a structured array: rows of fields with names and types of their own");
    for (size_t t = 0; t < DTYPES; t++)
        if (strcmp(dtypes[t].descr, h->descr) == 0) {
            *type = dtypes[t].type;
            return HC_OK;
        }
    const char *why = h->descr[0] == '>'                          ? "big-endian numbers"
                      : strchr("|<=", h->descr[0]) == NULL        ? "no type of numbers"
                      : h->descr[1] == 'c'                        ? "complex numbers"
                      : strcmp(h->descr, "<f2") == 0              ? "half precision"
                      : h->descr[0] && strchr("OSU", h->descr[1]) ? "objects or texts"
                                                                  : "not numbers of C";
    snprintf(what, sizeof what, "its elements are of type '%s': %s", h->descr, why);
    return bad(path, "numpy.save(file, x.astype('<f8')) writes what can be read here", what);
}

/* Rows to columns, growing as far as the file has them. */
static int read_rows(FILE *in, const char *path, EwType type, size_t rows, Columns *columns) {
    size_t count = columns->count, row_bytes = count * ew_type_size(type), room = 0;
    char *block, what[160];
    int status = hc_alloc(ROWS_AT_ONCE, row_bytes, &block);
    while (status == HC_OK && columns->n < rows) {
        size_t wanted = rows - columns->n < ROWS_AT_ONCE ? rows - columns->n : ROWS_AT_ONCE;
        size_t got = fread(block, row_bytes, wanted, in);
        if (columns->n + got > room) {
            size_t more = rows < 2 * (columns->n + got) ? rows : 2 * (columns->n + got);
            for (size_t c = 0; c < count && status == HC_OK; c++) {
                Column *to = &columns->column[c];
                void *grown = realloc(to->data, more * ew_type_size(to->type));
                if (grown) to->data = grown;
                else status = hc_set_error(HC_ERROR, errno, NULL, NULL, "%s: no memory", path);
            }
            room = more;
        }
        for (size_t k = 0; k < got * count && status == HC_OK; k++) {
            Column *to = &columns->column[k % count];
            size_t row = columns->n + k / count;
            Number x = number_get(type, block, k);
            if (number_put(to->type, to->data, row, x)) continue;
            char text[32];
            number_print(type, block, k, true, text, sizeof text);
            snprintf(what, sizeof what, "row %zu, column %zu: %s does not fit into %s", row,
                     k % count + 1, text, ew_type_name(to->type));
            status = bad(path, "--type chooses another type", what);
        }
        columns->n += status == HC_OK ? got : 0;
        if (status == HC_OK && got < wanted) {
            snprintf(what, sizeof what, "its header promises %zu rows, and it ends after %zu", rows,
                     columns->n);
            status = bad(path, "it was not written to its end, or not copied whole", what);
        }
    }
    free(block);
    if (status == HC_OK && getc(in) != EOF)
        status = bad(path, "one array a file; .npz files have several",
                     "there is more in it than its header says");
    return status;
}

int columns_read_npy(FILE *in, const char *path, EwType wanted, Columns *columns) {
    static const char *const plain[] = {"x", "y", "z"};
    Header h = {0};
    EwType type = EW_NONE;
    *columns = (Columns){0};
    int status = read_header(in, path, &h);
    if (status == HC_OK) status = find_type(path, &h, &type);
    if (status != HC_OK) return status;
    size_t count = h.dimensions == 2 ? h.shape[1] : 1, rows = h.shape[0];
    if (h.dimensions != 1 && h.dimensions != 2)
        return bad(path, "x.reshape(-1) has one dimension", "its array has not 1 or 2 dimensions");
    if (h.dimensions == 2 && h.fortran && rows > 1 && count > 1)
        return bad(path, "numpy.save(file, numpy.ascontiguousarray(x))",
                   "its array is in Fortran's order, column by column");
    if (count < 1 || count > COLUMNS_MAX)
        return bad(path, "numpy.save(file, x[:, :8]) keeps eight of them",
                   count ? "more than 64 columns" : "an array without columns");
    for (size_t c = 0; c < count && status == HC_OK; c++)
        status =
            column_add(columns, c < 3 ? plain[c] : "", wanted == EW_NONE ? type : wanted, 0, NULL);
    if (status == HC_OK) status = read_rows(in, path, type, rows, columns);
    if (status != HC_OK) columns_free(columns);
    return status;
}

/* ---- Writing ---- */

/* The one type of the computed columns, which a .npy file has to have. */
static int common_type(const char *path, const Columns *columns, EwType *common) {
    EwType type = EW_NONE;
    for (size_t c = 0; c < columns->count; c++) {
        const Column *column = &columns->column[c];
        if (!column->computed) continue;
        if (type != EW_NONE && column->type != type)
            return bad(path, "--to gives all of them one type; a .tsv file may have several",
                       "the columns have different types, and a .npy file has one");
        type = column->type;
    }
    *common = type;
    return HC_OK;
}

static void write_npy(FILE *out, const Columns *columns, size_t computed, EwType type) {
    const char *descr = "";
    for (size_t t = 1; t < DTYPES; t++) /* not |b1 */
        if (dtypes[t].type == type) descr = dtypes[t].descr;
    char header[128], shape[48];
    if (computed == 1) snprintf(shape, sizeof shape, "(%zu,)", columns->n);
    else snprintf(shape, sizeof shape, "(%zu, %zu)", columns->n, computed);
    int length = snprintf(header, sizeof header,
                          "{'descr': '%s', 'fortran_order': False, 'shape': %s, }", descr, shape);
    while ((10 + length + 1) % 64) header[length++] = ' '; /* so that the elements are aligned */
    header[length++] = '\n';
    fwrite("\x93NUMPY\1\0", 1, 8, out);
    fputc(length & 255, out), fputc(length >> 8, out);
    fwrite(header, 1, (size_t)length, out);
    size_t size = ew_type_size(type);
    for (size_t i = 0; i < columns->n && !ferror(out); i++)
        for (size_t c = 0; c < columns->count; c++)
            if (columns->column[c].computed)
                fwrite((const char *)columns->column[c].data + i * size, size, 1, out);
}

static void write_text(FILE *out, const Columns *columns) {
    for (size_t i = 0; i <= columns->n && !ferror(out); i++) {
        const char *between = "";
        for (size_t c = 0; c < columns->count; c++) {
            const Column *column = &columns->column[c];
            char text[32];
            if (!column->computed) continue;
            if (i) number_print(column->type, column->data, i - 1, true, text, sizeof text);
            fprintf(out, "%s%s", between, i ? text : column->name);
            between = "\t";
        }
        fputc('\n', out);
    }
}

int columns_write(const char *path, const Columns *columns) {
    size_t computed = 0, length = strlen(path);
    for (size_t c = 0; c < columns->count; c++) computed += columns->column[c].computed;
    if (!computed) return bad(path, "--expr or --scan computes columns", "no column to write");
    bool npy = length > 4 && strcmp(path + length - 4, ".npy") == 0;
    EwType type = EW_NONE;
    int status = npy ? common_type(path, columns, &type) : HC_OK;
    if (status != HC_OK) return status; /* and a file that is there stays as it is */
    FILE *out = fopen(path, "wb");
    if (out && npy) write_npy(out, columns, computed, type);
    else if (out) write_text(out, columns);
    bool failed = !out || ferror(out);
    if (out && fclose(out) != 0) failed = true;
    if (!failed) return HC_OK;
    return hc_set_error(HC_ERROR, errno, NULL, NULL, "%s: cannot be written: %s", path,
                        strerror(errno));
}
