// SPDX-License-Identifier: MIT
/* Tables and numbers for people: columns as wide as their widest cell, bytes in powers of 1024
 * beside the exact count, thousands set apart by spaces, which no country reads as a decimal point.
 */
#define _XOPEN_SOURCE 700
#include <inttypes.h>
#include <stdarg.h>

#include "hc.h"

enum { COLUMNS = 16, ROW_BYTES = 4096 };

struct HcTable {
    char **rows; /* each a text with its cells split by '|'; row 0 is the headings */
    size_t count;
    bool right[COLUMNS];
};

static void add_row(HcTable *table, const char *text) {
    char **grown = realloc(table->rows, (table->count + 1) * sizeof *grown);
    if (!grown) return;
    table->rows = grown;
    char *copy = strdup(text);
    if (copy) table->rows[table->count++] = copy;
}

HcTable *hc_table_new(const char *headings) {
    HcTable *table = calloc(1, sizeof *table);
    char plain[ROW_BYTES];
    size_t at = 0, column = 0;
    if (!table) return NULL;
    for (const char *p = headings; *p && at + 1 < sizeof plain; p++) {
        if (*p == '|' && column + 1 < COLUMNS) column++;
        if (*p == '>') table->right[column] = true;
        else plain[at++] = *p;
    }
    plain[at] = '\0';
    add_row(table, plain);
    return table;
}

void hc_table_row(HcTable *table, const char *format, ...) {
    if (!table) return;
    char text[ROW_BYTES];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    add_row(table, text);
}

/* Columns on a terminal: bytes that begin a UTF-8 character. */
static size_t shown_width(const char *text, size_t bytes) {
    size_t width = 0;
    for (size_t i = 0; i < bytes; i++) width += ((unsigned char)text[i] & 0xC0) != 0x80;
    return width;
}

void hc_table_print(const HcTable *table, FILE *out, int indent) {
    size_t width[COLUMNS] = {0};
    if (!table || !table->count) return;
    for (size_t r = 0; r < table->count; r++) {
        const char *p = table->rows[r];
        for (size_t c = 0; c < COLUMNS; c++) {
            size_t bytes = strcspn(p, "|"), w = shown_width(p, bytes);
            if (w > width[c]) width[c] = w;
            if (!p[bytes]) break;
            p += bytes + 1;
        }
    }
    bool headed = strspn(table->rows[0], "|") != strlen(table->rows[0]);
    for (size_t r = headed ? 0 : 1; r < table->count; r++) {
        const char *p = table->rows[r];
        fprintf(out, "%*s", indent, "");
        for (size_t c = 0; c < COLUMNS; c++) {
            size_t bytes = strcspn(p, "|");
            int pad = (int)(width[c] - shown_width(p, bytes));
            bool last = !p[bytes] || c + 1 == COLUMNS;
            if (table->right[c]) fprintf(out, "%*s", pad, "");
            fwrite(p, 1, bytes, out);
            if (last) break;
            fprintf(out, "%*s  ", table->right[c] ? 0 : pad, "");
            p += bytes + 1;
        }
        fputc('\n', out);
    }
}

void hc_table_free(HcTable *table) {
    if (!table) return;
    for (size_t r = 0; r < table->count; r++) free(table->rows[r]);
    free(table->rows), free(table);
}

const char *hc_format_bytes(uint64_t bytes, bool with_exact, char *buffer, size_t size) {
    static const char *const units[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double value = (double)bytes;
    size_t unit = 0;
    while (value >= 1024 && unit + 1 < sizeof units / sizeof units[0]) value /= 1024, unit++;
    if (!with_exact) snprintf(buffer, size, "%.4g %s", value, units[unit]);
    else if (unit == 0) snprintf(buffer, size, "%" PRIu64 " B", bytes);
    else snprintf(buffer, size, "%" PRIu64 " (%.4g %s)", bytes, value, units[unit]);
    return buffer;
}

const char *hc_format_count(uint64_t count, char *buffer, size_t size) {
    char digits[24];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, count), at = 0;
    for (size_t i = 0; i < length && at + 2 < size; i++) {
        if (i && (length - i) % 3 == 0) buffer[at++] = ' ';
        buffer[at++] = digits[i];
    }
    if (size) buffer[at] = '\0';
    return buffer;
}
