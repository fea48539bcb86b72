// SPDX-License-Identifier: MIT
/* The views for people: the report in two columns, grouped as the table is; the tree of names;
 * and the table itself as Markdown. A size is shown as it is, exactly, and in a unit that can be
 * grasped.
 */
#define _XOPEN_SOURCE 700 /* open_memstream */
#include <inttypes.h>

#include "query.h"

enum { LABEL_WIDTH = 36, LINE_WIDTH = 100 };

static void print_names(FILE *out, const Attribute *a, cl_ulong bits) {
    const char *comma = "";
    for (const Name *n = a->names; n->constant; n++)
        if (bits & n->value) {
            fprintf(out, "%s%s", comma, n->words);
            comma = ", ";
            bits &= ~n->value;
        }
    if (bits) fprintf(out, "%s0x%" PRIx64 " (unknown here)", comma, (uint64_t)bits);
}

static void print_constant(FILE *out, const Attribute *a, cl_ulong value) {
    for (const Name *n = a->names; n->constant; n++)
        if (n->value == value) {
            fputs(n->words, out);
            return;
        }
    fprintf(out, "0x%" PRIx64 " (unknown here)", (uint64_t)value);
}

static void print_lists(FILE *out, const Attribute *a, const Value *value) {
    const char *between = "";
    if (a->kind == KIND_WORDS || value->what == a->older) { /* names with one space between them */
        for (const char *p = value->data; *(p += strspn(p, " ;")); p += strcspn(p, " ;")) {
            fprintf(out, "%s%.*s", between, (int)strcspn(p, " ;"), p);
            between = ", ";
        }
    } else if (a->kind == KIND_NAMES) {
        const cl_name_version *names = value->data;
        for (size_t i = 0; i < value->size / sizeof *names; i++, between = ", ")
            fprintf(out, "%s%.64s %u.%u.%u", between, names[i].name,
                    CL_VERSION_MAJOR(names[i].version), CL_VERSION_MINOR(names[i].version),
                    CL_VERSION_PATCH(names[i].version));
    } else {
        for (size_t i = 0; i < value->size / sizeof(size_t); i++) {
            cl_ulong element = query_element(value, i);
            if (a->kind == KIND_ENUMS && !element) continue; /* some drivers end the list with 0 */
            fputs(between, out);
            if (a->kind == KIND_SIZES) fprintf(out, "%" PRIu64, (uint64_t)element);
            else print_constant(out, a, element);
            between = a->kind == KIND_SIZES ? " x " : ", ";
        }
    }
}

static void print_value(FILE *out, const Attribute *a, const Value *value) {
    char text[64];
    switch (a->kind) {
    case KIND_TEXT: fputs(value->data, out); break;
    case KIND_EXTENSION: fputs("yes", out); break;
    case KIND_YES: fputs(query_number(value) ? "yes" : "no", out); break;
    case KIND_HEX: fprintf(out, "0x%" PRIx64, (uint64_t)query_number(value)); break;
    case KIND_BITS: print_names(out, a, query_number(value)); break;
    case KIND_ENUM: print_constant(out, a, query_number(value)); break;
    case KIND_BYTES:
        fputs(hc_format_bytes(query_number(value), true, text, sizeof text), out);
        break;
    case KIND_UUID:
    case KIND_PCI:
        query_id(a, value, text);
        fputs(text, out);
        break;
    case KIND_COUNT:
    case KIND_KERNEL:
        fprintf(out, "%" PRIu64 "%s%s", (uint64_t)query_number(value), a->unit ? " " : "",
                a->unit ? a->unit : "");
        break;
    default: print_lists(out, a, value);
    }
}

//> states
/* The value, or which of the three reasons there is none. To be freed. */
static char *value_text(const Attribute *a, const Value *value) {
    static const char *const states[] = {"none", "n/a", "not supported", "query failed"};
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    if (!out) return NULL;
    if (value->state == KNOWN) print_value(out, a, value);
    if (value->state != KNOWN || ftell(out) == 0) fputs(states[value->state], out);
    if (value->state == FAILED && value->code) fprintf(out, " (%s, %d)", value->why, value->code);
    else if (*value->why) fprintf(out, " (%s)", value->why);
    fclose(out);
    return text;
}
//< states

/* Two columns; what is too long for a line goes on below, broken after a comma. */
static void print_row(const char *label, const char *text) {
    int left = 4 + LABEL_WIDTH, column = left;
    printf("    %-*s", LABEL_WIDTH, label);
    for (const char *p = text; *p;) {
        const char *comma = strstr(p, ", ");
        int length = comma ? (int)(comma - p) + 1 : (int)strlen(p);
        if (p > text && column + 1 + length > LINE_WIDTH) {
            printf("\n%*s", left, "");
            column = left;
        } else if (p > text) {
            putchar(' ');
            column++;
        }
        fwrite(p, 1, (size_t)length, stdout);
        column += length;
        p += length + (comma != NULL);
    }
    putchar('\n');
}

static void print_target(const Target *target) {
    const char *group = "platform";
    for (const Attribute *a = attributes; a->group; a++) {
        if ((strcmp(a->group, "platform") == 0) != !target->device) continue;
        if (strcmp(a->group, group) != 0) printf("  %s\n", group = a->group);
        Value value = query(a, target);
        char *text = value_text(a, &value);
        print_row(a->label, text ? text : "(no memory for the text)");
        free(text);
        forget(&value);
    }
}

static void text_begin(const char *loader) {
    printf("loader     %s\n", *loader ? loader : "does not tell its version");
    printf("headers    OpenCL %d.%d: newer queries than these are not known to this program\n",
           CL_TARGET_OPENCL_VERSION / 100, CL_TARGET_OPENCL_VERSION / 10 % 10);
}

static void text_platform(const Target *target, cl_uint device_count, cl_int code) {
    printf("\nPlatform opencl:%u\n", target->p);
    print_target(target);
    if (code != CL_SUCCESS) printf("  no device: %s (%d)\n", hc_cl_error_name(code), code);
    else printf("  %u device%s\n", device_count, device_count == 1 ? "" : "s");
}

static void text_device(const Target *target) {
    printf("\nDevice opencl:%u:%u\n", target->p, target->d);
    print_target(target);
}

const View text_view = {text_begin, text_platform, text_device};

/* ---- The tree ---- */

static char *text_of(const Target *target, const char *group, const char *key) {
    const Attribute *a = attributes;
    while (strcmp(a->group, group) != 0 || strcmp(a->key, key) != 0) a++;
    Value value = query(a, target);
    char *text = value_text(a, &value);
    forget(&value);
    return text;
}

static void tree_begin(const char *loader) { (void)loader; }

static void tree_platform(const Target *target, cl_uint device_count, cl_int code) {
    char *name = text_of(target, "platform", "name");
    (void)device_count;
    printf("opencl:%u  %s\n", target->p, name ? name : "");
    if (code != CL_SUCCESS) printf(" `-- no device: %s (%d)\n", hc_cl_error_name(code), code);
    free(name);
}

static void tree_device(const Target *target) {
    char *name = text_of(target, "identity", "name"), *type = text_of(target, "identity", "type");
    printf(" %s-- opencl:%u:%u  %s (%s)\n", target->is_last ? "`" : "|", target->p, target->d,
           name ? name : "", type ? type : "");
    free(name), free(type);
}

const View tree_view = {tree_begin, tree_platform, tree_device};

/* ---- The table, for the README ---- */

void text_meanings(FILE *out) {
    fputs("| group | attribute | asked with | since | what it means |\n|---|---|---|---|---|\n",
          out);
    for (const Attribute *a = attributes; a->group; a++) {
        fprintf(out, "| %s | `%s` | %s | ", a->group, a->key, a->constant);
        if (a->since) fprintf(out, "%d.%d", a->since / 10, a->since % 10);
        if (a->since && a->extension) fputs(" or ", out);
        if (a->extension) fputs(a->extension, out);
        fprintf(out, " | %s |\n", a->meaning);
    }
}
