// SPDX-License-Identifier: MIT
/* Answers in words, for the views that people read: a size as it is, exactly, and in a unit that
 * can be grasped; a constant by what it means; and what stands above and below every view.
 */
#include <math.h>

#include "query.h"

/* "13.0" for 13000 */
static const char *version_text(int version, char text[TEXT]) {
    snprintf(text, TEXT, "%d.%d", version / 1000, version % 1000 / 10);
    return text;
}

/* The names of the bits that are set, or of the one value. */
static void constant_text(const Attribute *attribute, int value, char text[TEXT]) {
    bool is_set = attribute->kind >= KIND_HANDLES;
    int rest = value;
    size_t length = 0;
    text[0] = '\0';
    for (const Constant *c = constants; c->name; c++) {
        if (c->kind != attribute->kind || (is_set ? !(value & c->value) : value != c->value))
            continue;
        length +=
            (size_t)snprintf(text + length, TEXT - length, "%s%s", length ? ", " : "", c->words);
        rest = is_set ? rest & ~c->value : 0;
    }
    if (rest)
        snprintf(text + length, TEXT - length, "%s0x%x (unknown here)", length ? ", " : "",
                 (unsigned)rest);
    else if (!length) snprintf(text, TEXT, "none");
}

//> states
/* The value, or which of the three reasons there is none. */
const char *answer_text(const Attribute *attribute, const Answer *answer, char text[TEXT]) {
    const char *why;
    switch (judge(attribute, answer, &why)) {
    case NOT_APPLICABLE: snprintf(text, TEXT, "n/a (%s)", why); return text;
    case NOT_SUPPORTED: return "not supported";
    case FAILED: snprintf(text, TEXT, "query failed (%s, %d)", why, (int)answer->code); return text;
    case KNOWN: break;
    }
    switch (attribute->kind) {
    case KIND_YES: return answer->value ? "yes" : "no";
    case KIND_HEX: snprintf(text, TEXT, "0x%02x", (unsigned)answer->value); break;
    case KIND_KHZ: snprintf(text, TEXT, "%g MHz", answer->value / 1e3); break;
    case KIND_BITS: snprintf(text, TEXT, "%d bits", answer->value); break;
    case KIND_BYTES:
    case KIND_BYTES_OR_NONE: return hc_format_bytes((uint64_t)answer->value, true, text, TEXT);
    case KIND_COUNT:
    case KIND_LIMIT:
    case KIND_ID: snprintf(text, TEXT, "%d", answer->value); break;
    default: constant_text(attribute, answer->value, text);
    }
    return text;
}
//< states

/* The same for what has a call of its own. */
const char *call_text(CUresult code, const char *value, char text[TEXT]) {
    if (code == CUDA_SUCCESS) return value;
    snprintf(text, TEXT, "query failed (%s, %d)", hc_cu_error_name(code), (int)code);
    return text;
}
const char *bytes_text(CUresult code, size_t bytes, char text[TEXT]) {
    return call_text(code, hc_format_bytes(bytes, true, text, TEXT), text);
}
const char *derived_text(const Derived *figure, char text[TEXT]) {
    if (isnan(figure->value)) snprintf(text, TEXT, "n/a (%s)", figure->why);
    else
        snprintf(text, TEXT, "%.0f%s%s  = %s", figure->value, *figure->unit ? " " : "",
                 figure->unit, figure->from);
    return text;
}

void show_head(const Machine *machine) {
    char text[TEXT];
    printf("driver     CUDA %s%s%s\n", version_text(machine->driver_version, text),
           machine->software ? ", by cusim, the software device" : "",
           machine->driver_version < 12000
               ? ", older than the 12.0 that these recipes are written for"
               : "");
    if (*machine->nvrtc) printf("NVRTC      %s\n", machine->nvrtc);
    else printf("NVRTC      none: %s\n", machine->no_nvrtc);
    printf("devices    %d\n", machine->count);
}

void show_peers(const Machine *machine) {
    size_t n = (size_t)machine->count;
    if (n < 2) return;
    puts("\npeer access: may a kernel on the device of the row use memory of the column's?");
    printf("    %-8s", "");
    for (size_t to = 0; to < n; to++) printf(" %8s", machine->devices[to].spec);
    for (size_t from = 0; from < n; from++) {
        printf("\n    %-8s", machine->devices[from].spec);
        for (size_t to = 0; to < n; to++)
            printf(" %8s", from == to ? "-" : machine->peers[from * n + to] ? "yes" : "no");
    }
    putchar('\n');
}

void show_no_gpu(const Machine *machine) {
    if (*machine->no_gpu) printf("\nno GPU     %s\n", machine->no_gpu);
    if (*machine->no_gpu_hint) printf("           hint: %s\n", machine->no_gpu_hint);
}
