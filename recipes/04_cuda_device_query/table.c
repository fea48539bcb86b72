// SPDX-License-Identifier: MIT
/* The long views: a table of every attribute, with the devices side by side; the bare numbers that
 * the driver answers; and the table that is asked by, as Markdown for the README.
 */
#define _XOPEN_SOURCE 700 /* open_memstream */
#include "query.h"

/* One row: the label, then what cell() says of each device. */
typedef const char *Cell(const Machine *machine, const Device *device, const void *what,
                         char text[TEXT]);

static void row(HcTable *table, const Machine *machine, const char *label, Cell *cell,
                const void *what) {
    char text[TEXT], *line = NULL;
    size_t length;
    FILE *out = open_memstream(&line, &length);
    if (!out) return;
    fputs(label, out);
    for (const Device *d = machine->devices; d < machine->devices + machine->count; d++)
        fprintf(out, "|%s", cell(machine, d, what, text));
    fclose(out);
    hc_table_row(table, "%s", line);
    free(line);
}

// NOLINTNEXTLINE(readability-non-const-parameter): all cells have one type
static const char *cell_name(const Machine *m, const Device *d, const void *what, char *text) {
    (void)m, (void)what, (void)text;
    return d->name;
}
static const char *cell_total(const Machine *m, const Device *d, const void *what, char *text) {
    (void)m, (void)what;
    return bytes_text(d->total_code, d->total_bytes, text);
}
static const char *cell_free(const Machine *m, const Device *d, const void *what, char *text) {
    (void)m, (void)what;
    return bytes_text(d->free_code, d->free_bytes, text);
}
static const char *cell_uuid(const Machine *m, const Device *d, const void *what, char *text) {
    (void)m, (void)what;
    return call_text(d->uuid_code, d->uuid, text);
}
static const char *cell_pci(const Machine *m, const Device *d, const void *what, char *text) {
    (void)m, (void)what;
    return call_text(d->pci_code, d->pci, text);
}
static const char *cell_answer(const Machine *m, const Device *d, const void *what, char *text) {
    const Attribute *attribute = what;
    (void)m;
    return answer_text(attribute, &d->answers[attribute->what], text);
}
static const char *cell_derived(const Machine *m, const Device *d, const void *what, char *text) {
    Derived figures[DERIVED];
    derive(m, d, figures);
    derived_text(&figures[*(const int *)what], text);
    char *from = strstr(text, "  = "); /* a column must not be that wide */
    if (from) *from = '\0';
    return text;
}

static HcTable *new_table(const Machine *machine, const char *first) {
    char heads[1024];
    int length = snprintf(heads, sizeof heads, "%s", first);
    for (int i = 0; i < machine->count && length < (int)sizeof heads - 40; i++)
        length += snprintf(heads + length, sizeof heads - (size_t)length, "|%s",
                           machine->devices[i].spec);
    return hc_table_new(heads);
}

void show_table(const Machine *machine) {
    HcTable *table = new_table(machine, "attribute");
    char label[80] = "  ";
    Derived figures[DERIVED];
    show_head(machine);
    row(table, machine, "name", cell_name, NULL);
    row(table, machine, "memory", cell_total, NULL);
    row(table, machine, "memory free now", cell_free, NULL);
    row(table, machine, "UUID", cell_uuid, NULL);
    row(table, machine, "PCI address", cell_pci, NULL);
    for (const Attribute *a = attributes; a < attributes + attribute_count; a++) {
        label_of(a, label + 2, sizeof label - 2);
        if (a->kind == KIND_HEADING) hc_table_row(table, "%s", a->name);
        else row(table, machine, label, cell_answer, a);
    }
    hc_table_row(table, "derived here, not told by the driver");
    derive(machine, &machine->devices[0], figures);
    for (int i = 0; i < DERIVED; i++) {
        snprintf(label + 2, sizeof label - 2, "%s", figures[i].label);
        row(table, machine, label, cell_derived, &i);
    }
    hc_table_print(table, stdout, 0);
    hc_table_free(table);
    show_peers(machine);
    show_no_gpu(machine);
}

/* ---- The bare numbers ---- */

static const char *cell_raw(const Machine *m, const Device *d, const void *what, char *text) {
    const Answer *answer = &d->answers[*(const int *)what];
    (void)m;
    if (answer->code == CUDA_SUCCESS) snprintf(text, TEXT, "%d", answer->value);
    else snprintf(text, TEXT, "%s", hc_cu_error_name(answer->code));
    return text;
}

void show_raw(const Machine *machine) {
    HcTable *table = new_table(machine, "CU_DEVICE_ATTRIBUTE_");
    show_head(machine);
    for (int what = 1; what < RAW; what++) {
        const Attribute *known = NULL;
        bool answered = false;
        char label[96];
        for (const Attribute *a = attributes; a < attributes + attribute_count; a++)
            if (a->what == what) known = a;
        for (int i = 0; i < machine->count; i++)
            answered = answered || machine->devices[i].answers[what].code == CUDA_SUCCESS;
        if (!known && !answered) continue;
        snprintf(label, sizeof label, "%3d %s", what, known ? known->name : "(unknown here)");
        row(table, machine, label, cell_raw, &what);
    }
    hc_table_print(table, stdout, 0);
    hc_table_free(table);
}

/* ---- The table that is asked by, for the README ---- */

void show_meanings(FILE *out) {
    const char *group = "";
    char label[64];
    fputs("| group | attribute | number | what it means |\n|---|---|---|---|\n", out);
    for (const Attribute *a = attributes; a < attributes + attribute_count; a++) {
        if (a->kind == KIND_HEADING) group = a->name;
        else
            fprintf(out, "| %s | %s | %d | %s |\n", group, label_of(a, label, sizeof label),
                    a->what, a->meaning);
    }
}
