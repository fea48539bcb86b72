// SPDX-License-Identifier: MIT
/* Columns of numbers from a text file, line by line, so that its size does not matter: fields
 * between spaces and tabs, or between commas if the first line has one; '#' begins a comment. The
 * first line may have names instead of numbers; so may a comment just before the numbers. One
 * malformed line, and nothing is computed: a program that skips what it does not understand gives
 * right answers to another question.
 */
#define _POSIX_C_SOURCE 200809L
#include "columns.h"

#include <ctype.h>
#include <errno.h>

#include "engine/internal.h"

enum { LINE_MAX_BYTES = 1 << 20 };

/* ---- Columns ---- */

/* Words that mean something else in an expression. */
static bool is_taken(const char *name) {
    static const char *const words = " item prev_item last_item if else for while do return break "
                                     "continue switch case default goto sizeof i n ";
    const char *found = words;
    size_t length = strlen(name);
    while ((found = strstr(found, name)) != NULL) {
        if (found[-1] == ' ' && found[length] == ' ') return true;
        found += length;
    }
    return ew_reserved(name) || strncmp(name, "ew_", 3) == 0;
}

Column *column_find(const Columns *columns, const char *name, size_t length) {
    for (size_t c = 0; c < columns->count; c++)
        if (strncmp(columns->column[c].name, name, length) == 0 && !columns->column[c].name[length])
            return (Column *)&columns->column[c];
    return NULL;
}

/* "Wind speed" to Wind_speed; what makes no name, or one that is taken, is called c1, c2 ... */
static void make_name(const Columns *columns, const char *wanted, char name[COLUMN_NAME]) {
    size_t length = 0;
    for (; wanted[length] && length < COLUMN_NAME - 1; length++) {
        unsigned char c = (unsigned char)wanted[length];
        name[length] = (char)(c < 128 && isalnum(c) ? c : '_');
    }
    name[length] = '\0';
    bool good = length && !wanted[length] && !isdigit((unsigned char)name[0]) && !is_taken(name) &&
                strspn(name, "_") < length;
    if (!good || column_find(columns, name, length))
        snprintf(name, COLUMN_NAME, "c%zu", columns->count + 1);
    while (column_find(columns, name, strlen(name)) && strlen(name) < COLUMN_NAME - 1)
        strcat(name, "_"); /* bounded by the condition */
}

int column_add(Columns *columns, const char *name, EwType type, size_t rows, Column **column) {
    if (columns->count == COLUMNS_MAX)
        return hc_set_error(HC_USAGE, 0, NULL, "cut out the columns that you need, as with cut -f",
                            "more than %d columns", COLUMNS_MAX);
    Column *c = &columns->column[columns->count];
    *c = (Column){.type = type};
    make_name(columns, name, c->name);
    int status = hc_alloc(rows, ew_type_size(type), &c->data);
    if (status != HC_OK) return status;
    columns->count++;
    if (column) *column = c;
    return HC_OK;
}

void columns_free(Columns *columns) {
    for (size_t c = 0; c < columns->count; c++) free(columns->column[c].data);
    *columns = (Columns){0};
}

/* ---- Lines and fields ---- */

typedef struct Reader {
    FILE *in;
    const char *path;
    size_t line; /* of the file, from 1 */
    char *text;  /* it, without its end */
    size_t room;
    bool commas, any;
    char *field[COLUMNS_MAX + 1];
    size_t fields;
    char names[COLUMNS_MAX][COLUMN_NAME];
    size_t name_count; /* 0: none were given */
} Reader;

static int bad(const Reader *r, const char *hint, const char *what) {
    return hc_set_error(HC_USAGE, 0, NULL, hint, "%s:%zu: %s", r->path, r->line, what);
}

/* The next line; *end: there is none. */
static int next_line(Reader *r, bool *end) {
    size_t length = 0;
    int c = 0;
    r->line++;
    while ((c = getc(r->in)) != EOF && c != '\n') {
        if (c == '\0')
            return bad(r, "a text file of numbers or a .npy file is read, nothing else",
                       "a byte 0: this is not text");
        if (length + 1 >= r->room) {
            if (r->room >= LINE_MAX_BYTES)
                return bad(r, "a line has one row of columns", "longer than 1 MiB");
            char *longer = realloc(r->text, 2 * r->room);
            if (!longer) return hc_set_error(HC_ERROR, errno, NULL, NULL, "no memory for a line");
            r->text = longer;
            r->room *= 2;
        }
        r->text[length++] = (char)c;
    }
    if (c == EOF && ferror(r->in)) return bad(r, NULL, strerror(errno));
    *end = c == EOF && length == 0;
    if (length && r->text[length - 1] == '\r') length--;
    r->text[length] = '\0';
    if (r->line == 1 && strncmp(r->text, "\xef\xbb\xbf", 3) == 0) /* UTF-8's mark */
        memmove(r->text, r->text + 3, length - 2);
    return HC_OK;
}

/* Split text into r->field; with commas, an absent field is an empty one. At most COLUMNS_MAX + 1,
 * which is one too many. */
static void split(Reader *r, char *text) {
    r->fields = 0;
    text += strspn(text, " \t");
    if (!*text) return;
    while (r->fields <= COLUMNS_MAX) {
        r->field[r->fields++] = text;
        char *stop = text + strcspn(text, r->commas ? "," : " \t");
        char *next = *stop ? stop + 1 : NULL;
        if (next) next += strspn(next, " \t");
        while (stop > text && (stop[-1] == ' ' || stop[-1] == '\t')) stop--;
        *stop = '\0';
        if (!next || (!*next && !r->commas)) return;
        text = next;
    }
}

static bool is_number(const char *text) {
    Number ignored;
    return number_parse(EW_F64, text, &ignored);
}

/* Names begin with no digit, so that 1;2 and 1e999 are bad numbers, not good names. */
static bool all_names(const Reader *r) {
    for (size_t f = 0; f < r->fields; f++)
        if (is_number(r->field[f]) || strchr("0123456789+-.;", *r->field[f])) return false;
    return r->fields > 0;
}

static void keep_names(Reader *r) {
    r->name_count = r->fields <= COLUMNS_MAX ? r->fields : 0;
    for (size_t f = 0; f < r->name_count; f++) {
        char *text = r->field[f];
        size_t length = strlen(text);
        if (length > 1 && *text == '"' && text[length - 1] == '"') /* "quoted" */
            text[length - 1] = '\0', text++;
        snprintf(r->names[f], COLUMN_NAME, "%s", strlen(text) < COLUMN_NAME ? text : "");
    }
}

/* Without names: x, y, z, then c4, c5 ... */
static int make_columns(Reader *r, EwType type, Columns *columns) {
    static const char *const plain[] = {"x", "y", "z"};
    for (size_t f = 0; f < r->fields; f++) {
        const char *name = r->name_count == r->fields ? r->names[f] : f < 3 ? plain[f] : "";
        int status = column_add(columns, name, type, 0, NULL);
        if (status != HC_OK) return status;
    }
    return HC_OK;
}

static int take_row(Reader *r, Columns *columns, size_t *room) {
    char what[256];
    if (r->fields != columns->count) {
        snprintf(what, sizeof what, "%s%zu column%s, and the lines before have %zu",
                 r->fields > COLUMNS_MAX ? "more than " : "",
                 r->fields > COLUMNS_MAX ? (size_t)COLUMNS_MAX : r->fields,
                 r->fields == 1 ? "" : "s", columns->count);
        return bad(r, "every line needs one number for each column; nan stands for one unknown",
                   what);
    }
    for (; columns->n >= *room; *room = *room * 2 + 1024)
        for (size_t c = 0; c < columns->count; c++) {
            size_t size = ew_type_size(columns->column[c].type);
            void *grown = realloc(columns->column[c].data, (*room * 2 + 1024) * size);
            if (!grown)
                return hc_set_error(HC_ERROR, errno, NULL, NULL, "%s: no memory beyond %zu rows",
                                    r->path, columns->n);
            columns->column[c].data = grown;
        }
    for (size_t c = 0; c < columns->count; c++) {
        Column *to = &columns->column[c];
        Number x;
        bool parsed = number_parse(to->type, r->field[c], &x);
        if (parsed && number_put(to->type, to->data, columns->n, x)) continue;
        bool number = is_number(r->field[c]);
        snprintf(what, sizeof what, "column %zu (%s): '%.40s' %s%s", c + 1, to->name, r->field[c],
                 !*r->field[c] ? "is empty"
                 : number      ? "does not fit into "
                               : "is not a number",
                 number ? ew_type_name(to->type) : "");
        return bad(r,
                   number ? "--type chooses another type: f64 holds fractions, i64 large integers"
                   : strchr(r->field[c], ',') ? "a decimal comma is not read: 9.8, not 9,8"
                   : strchr(r->field[c], ';') ? "columns are separated by commas, spaces or tabs"
                                              : "nan stands for a number that is not known",
                   what);
    }
    columns->n++;
    return HC_OK;
}

static int take_line(Reader *r, EwType type, Columns *columns, size_t *room) {
    char *comment = strchr(r->text, '#');
    if (comment) *comment = '\0';
    if (comment && !r->any && !r->text[strspn(r->text, " \t")]) { /* perhaps it has the names */
        char *names = comment + 1;
        r->commas = strchr(names, ',') != NULL;
        split(r, names);
        r->name_count = 0; /* only those of the last comment, and no single word */
        if (r->fields > 1 && all_names(r)) keep_names(r);
        return HC_OK;
    }
    if (!r->text[strspn(r->text, " \t")]) return HC_OK;
    bool first = !r->any;
    if (first) r->commas = strchr(r->text, ',') != NULL;
    r->any = true;
    split(r, r->text);
    if (first && all_names(r)) {
        keep_names(r);
        return make_columns(r, type, columns);
    }
    int status = first ? make_columns(r, type, columns) : HC_OK;
    return status == HC_OK ? take_row(r, columns, room) : status;
}

int columns_read_text(FILE *in, const char *path, EwType wanted, Columns *columns) {
    Reader *r;
    *columns = (Columns){0};
    int status = hc_alloc(1, sizeof *r, &r);
    if (status != HC_OK) return status;
    *r = (Reader){.in = in, .path = path, .room = 256};
    status = hc_alloc(r->room, 1, &r->text);
    size_t room = 0;
    bool end = false;
    while (status == HC_OK && !end) {
        status = next_line(r, &end);
        if (status == HC_OK && !end)
            status = take_line(r, wanted == EW_NONE ? EW_F64 : wanted, columns, &room);
    }
    if (status == HC_OK && !columns->count)
        status = hc_set_error(HC_USAGE, 0, NULL, "a line has one number for each column",
                              "%s: no numbers in it", path);
    if (status != HC_OK) columns_free(columns);
    free(r->text), free(r);
    return status;
}

int columns_read(const char *path, EwType wanted, Columns *columns) {
    bool standard = strcmp(path, "-") == 0;
    FILE *in = standard ? stdin : fopen(path, "rb");
    *columns = (Columns){0};
    if (!in)
        return hc_set_error(HC_USAGE, errno, NULL, NULL, "%s: cannot be opened: %s", path,
                            strerror(errno));
    int c = getc(in);
    if (c != EOF) ungetc(c, in);
    else if (ferror(in)) /* a folder, as on Linux */
        hc_set_error(HC_USAGE, errno, NULL, NULL, "%s: cannot be read: %s", path, strerror(errno));
    int status = c == EOF && ferror(in) ? HC_USAGE
                 : c == 0x93
                     ? columns_read_npy(in, path, wanted, columns)
                     : columns_read_text(in, standard ? "standard input" : path, wanted, columns);
    if (!standard) fclose(in);
    return status;
}
