// SPDX-License-Identifier: MIT
/* Reductions and scans, from the reader's texts to a result: what an item is, the checks of the
 * expressions, and the calls. Their sources are made in source_reduction.c and source_scan.c.
 */
#include "source_fold.h"

/* ---- Items ---- */

/* A type alone, "unsigned  int", with one space between its words; EW_NONE: it is no type. */
static EwType plain_type(const char *item) {
    char words[64];
    size_t length = 0;
    for (const char *p = item; *p; p++) {
        bool space = strchr(" \t\r\n", *p) != NULL;
        if (space && (length == 0 || words[length - 1] == ' ')) continue;
        if (length + 1 == sizeof words) return EW_NONE;
        if (space) words[length++] = ' ';
        else words[length++] = *p;
    }
    while (length && words[length - 1] == ' ') length--;
    words[length] = '\0';
    return ew_type_find(words);
}

/* Where the next field lies, and *offset behind it. On a device a type is aligned to its size; in
 * C a complex number is aligned as its parts are. */
static size_t place(EwType type, bool on_device, size_t *offset, size_t *align) {
    size_t size = ew_type_size(type),
           unit = !on_device && ew_type_kind(type) == 'C' ? size / 2 : size;
    size_t at = (*offset + unit - 1) / unit * unit;
    *offset = at + size;
    if (unit > *align) *align = unit;
    return at;
}

static int parse_item(EwKernel *kernel, const char *item) {
    static const char allowed[] = "an item is a type, \"float\", or up to four fields, "
                                  "\"double value, ulong index\"";
    EwType type = plain_type(item);
    int status = HC_OK;
    size_t size = 0, align = 1;
    if (type != EW_NONE) kernel->fields[0] = (EwArg){.type = type}, kernel->field_count = 1;
    else status = ew_parse_args(item, "field", kernel->fields, &kernel->field_count);
    if (status != HC_OK) return status;
    if (kernel->field_count == 0)
        return hc_set_error(HC_USAGE, 0, NULL, allowed, "%s: the item is empty", kernel->name);
    for (size_t k = 0; k < kernel->field_count; k++) {
        type = kernel->fields[k].type;
        if (type == EW_F16)
            return hc_set_error(HC_USAGE, 0, NULL, "make the item float: the map may read half",
                                "%s: half is a type of storage, and no item", kernel->name);
        if (!ew_device_has(kernel->device, type))
            return hc_set_error(HC_USAGE, 0, NULL, "choose another type, or another device",
                                "%s: the item: %s has no %s", kernel->name, kernel->device->name,
                                ew_type_name(type));
        place(type, true, &size, &align);
    }
    kernel->item_size = (size + align - 1) / align * align;
    return HC_OK;
}

void ew_item_type(EwText *out, const EwKernel *kernel) {
    const EwArg *f = kernel->fields;
    if (!f[0].name[0]) {
        ew_add(out, "typedef %s EwItem;\n", ew_type_word(f[0].type));
        return;
    }
    ew_add(out, "typedef struct {");
    for (size_t k = 0; k < kernel->field_count; k++)
        ew_add(out, " %s %s;", ew_type_word(f[k].type), f[k].name);
    ew_add(out, " } item;\ntypedef item EwItem;\nFUNCTION item make_item(");
    for (size_t k = 0; k < kernel->field_count; k++)
        ew_add(out, "%s%s %s", k ? ", " : "", ew_type_word(f[k].type), f[k].name);
    ew_add(out, ") {\n    item ew_made;\n");
    for (size_t k = 0; k < kernel->field_count; k++)
        ew_add(out, "    ew_made.%s = %s;\n", f[k].name, f[k].name);
    ew_add(out, "    return ew_made;\n}\n");
}

/* ---- The reader's texts ---- */

/* A text that is one expression; with uses, one over the arguments. */
static int check_expression(EwKernel *kernel, const char *what, const char *text, bool uses) {
    EwToken *tokens = NULL;
    size_t count = 0;
    int status = ew_tokens(what, text, &tokens, &count);
    for (size_t k = 0; status == HC_OK && k < count; k++)
        if (strchr(";{}", tokens[k].kind))
            status = ew_refuse(what, text, tokens[k].at,
                               "functions with statements go into the preamble",
                               "this is one expression, which gives an item");
    free(tokens);
    return status == HC_OK && uses ? ew_scan_uses(kernel, what, text) : status;
}

/* The names that the generated source has beside the arguments. */
static int check_names(const EwKernel *kernel) {
    static const char *const taken[] = {"item", "prev_item", "last_item", "make_item"};
    for (size_t k = 0; k < kernel->arg_count; k++)
        for (size_t t = 0; t < sizeof taken / sizeof *taken; t++)
            if (strcmp(kernel->args[k].name, taken[t]) == 0)
                return hc_set_error(HC_USAGE, 0, NULL, "give it another name",
                                    "argument %zu '%s': in reductions and scans this name has a "
                                    "meaning",
                                    k + 1, taken[t]);
    return HC_OK;
}

static int check_texts(EwKernel *kernel, const char *item, const char *neutral, const char *map,
                       const char *operation, const char *what) {
    int status = check_names(kernel);
    if (status == HC_OK) status = parse_item(kernel, item);
    if (status == HC_OK) status = check_expression(kernel, "neutral", neutral, false);
    if (status == HC_OK) status = check_expression(kernel, "map", map, true);
    if (status == HC_OK) status = check_expression(kernel, what, operation, false);
    return status;
}

static int finish(int status, EwKernel **kernel) {
    if (status == HC_OK) status = ew_build(*kernel);
    if (status == HC_OK) return HC_OK;
    ew_free(*kernel);
    *kernel = NULL;
    return status;
}

int ew_reduction(EwDevice *device, const char *name, const char *item, const char *neutral,
                 const char *map, const char *reduce, const char *declarations,
                 const EwOptions *options, EwKernel **kernel) {
    int status = ew_start(device, EW_REDUCTION, name, declarations, options, kernel);
    if (status != HC_OK) return status;
    status = check_texts(*kernel, item, neutral, map, reduce, "reduce");
    for (size_t k = 0; status == HC_OK && k < (*kernel)->arg_count; k++)
        if ((*kernel)->args[k].written)
            status = hc_set_error(HC_USAGE, 0, NULL, "write const: a reduction only reads",
                                  "%s: argument %zu '%s' is an output", name, k + 1,
                                  (*kernel)->args[k].name);
    if (status == HC_OK) status = ew_source_reduction(*kernel, neutral, map, reduce);
    return finish(status, kernel);
}

int ew_scan(EwDevice *device, const char *name, const char *item, const char *neutral,
            const char *map, const char *scan, const char *output, const char *declarations,
            const EwOptions *options, EwKernel **kernel) {
    int status = ew_start(device, EW_SCAN, name, declarations, options, kernel);
    if (status != HC_OK) return status;
    (*kernel)->run = ew_run_scan;
    status = check_texts(*kernel, item, neutral, map, scan, "scan");
    if (status == HC_OK) status = ew_scan_uses(*kernel, "output", output);
    if (status == HC_OK) status = ew_source_scan(*kernel, neutral, map, scan, output);
    return finish(status, kernel);
}

/* ---- The calls ---- */

/* The item as the device has it, as C has it. */
static void copy_item(const EwKernel *kernel, void *to, const unsigned char *from) {
    size_t device = 0, host = 0, align = 1;
    for (size_t k = 0; k < kernel->field_count; k++) {
        EwType type = kernel->fields[k].type;
        size_t source = place(type, true, &device, &align);
        memcpy((unsigned char *)to + place(type, false, &host, &align), from + source,
               ew_type_size(type));
    }
}

int ew_reduce(EwKernel *kernel, EwRange range, const EwValue *values, size_t count, void *result) {
    EwCall call;
    unsigned char item[EW_MAX_FIELDS * 16];
    if (kernel->kind != EW_REDUCTION)
        return hc_set_error(HC_USAGE, 0, NULL, "call ew_run", "%s is no reduction", kernel->name);
    int status = ew_check_call(kernel, range, values, count, &call);
    if (status != HC_OK) return status;
    kernel->ran = true;
    status = ew_run_reduction(kernel, &call, item);
    if (status == HC_OK) copy_item(kernel, result, item);
    return status;
}
