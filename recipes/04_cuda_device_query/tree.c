// SPDX-License-Identifier: MIT
/* The short view: a tree of the devices and of what is worth knowing of each.
 */
#include "query.h"

typedef struct Line {
    int depth;
    char label[64], value[TEXT];
} Line;

typedef struct Lines {
    Line all[ROWS];
    int count;
} Lines;

static void add(Lines *lines, int depth, const char *label, const char *value) {
    if (lines->count == ROWS) return;
    Line *line = &lines->all[lines->count++];
    line->depth = depth;
    snprintf(line->label, sizeof line->label, "%s", label);
    snprintf(line->value, sizeof line->value, "%s", value);
}

/* Does another line of that depth follow in the same branch? */
static bool goes_on(const Lines *lines, int at, int depth) {
    while (++at < lines->count && lines->all[at].depth >= depth)
        if (lines->all[at].depth == depth) return true;
    return false;
}

static void print_tree(const Lines *lines) {
    for (int i = 0; i < lines->count; i++) {
        const Line *line = &lines->all[i];
        int width = 44 - 5 * line->depth;
        for (int depth = 0; depth < line->depth; depth++)
            printf(" %s   ", goes_on(lines, i, depth) ? "|" : " ");
        printf(" %s-- ", goes_on(lines, i, line->depth) ? "|" : "`");
        if (*line->value) printf("%-*s %s\n", width, line->label, line->value);
        else puts(line->label);
    }
}

static void tree_of(const Machine *machine, const Device *device, Lines *lines) {
    char text[TEXT], label[64];
    Derived figures[DERIVED];
    const int *major = &device->answers[CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR].value;
    const int *minor = &device->answers[CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR].value;
    snprintf(text, TEXT, "%d.%d", *major, *minor);
    add(lines, 0, "compute capability", text);
    add(lines, 0, "memory", bytes_text(device->total_code, device->total_bytes, text));
    add(lines, 0, "memory free now", bytes_text(device->free_code, device->free_bytes, text));
    add(lines, 0, "UUID", call_text(device->uuid_code, device->uuid, text));
    add(lines, 0, "PCI address", call_text(device->pci_code, device->pci, text));
    const Attribute *heading = NULL;
    for (const Attribute *a = attributes; a < attributes + attribute_count; a++) {
        if (a->kind == KIND_HEADING) heading = a;
        if (!a->in_tree) continue;
        if (heading) add(lines, 0, heading->name, "");
        heading = NULL;
        add(lines, 1, label_of(a, label, sizeof label),
            answer_text(a, &device->answers[a->what], text));
    }
    derive(machine, device, figures);
    add(lines, 0, "derived here, not told by the driver", "");
    for (int i = 0; i < DERIVED; i++)
        add(lines, 1, figures[i].label, derived_text(&figures[i], text));
}

void show_tree(const Machine *machine) {
    show_head(machine);
    for (const Device *d = machine->devices; d < machine->devices + machine->count; d++) {
        Lines lines = {.count = 0};
        printf("\n%s  %s\n", d->spec, d->name);
        tree_of(machine, d, &lines);
        print_tree(&lines);
    }
    show_peers(machine);
    show_no_gpu(machine);
}
