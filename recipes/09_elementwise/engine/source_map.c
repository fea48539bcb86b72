// SPDX-License-Identifier: MIT
/* The source of an element-wise kernel: the head, a loop, and the reader's statement in it. On a
 * CPU an item does one contiguous piece of the elements, on a GPU neighbouring items do
 * neighbouring elements, since that is how the two read memory fastest.
 */
#include "internal.h"

void ew_begin_i(EwText *out, const EwKernel *kernel, const char *i, bool reads_only) {
    ew_add(out, "        const long i = (long)(%s);\n        (void)i;\n", i);
    for (size_t a = 0; a < kernel->arg_count; a++) {
        const EwArg *arg = &kernel->args[a];
        if (arg->type != EW_F16 || !arg->array || !arg->used) continue;
        ew_add(out, "        %sfloat %s = HALF_LOAD(ew_half_%s, i);\n",
               arg->written && !reads_only ? "" : "const ", arg->name, arg->name);
    }
}

void ew_end_i(EwText *out, const EwKernel *kernel) {
    for (size_t a = 0; a < kernel->arg_count; a++) {
        const EwArg *arg = &kernel->args[a];
        if (arg->type != EW_F16 || !arg->written || !arg->used) continue;
        ew_add(out, "        HALF_STORE(%s, ew_half_%s, i);\n", arg->name, arg->name);
    }
}

int ew_as_pasted(const EwKernel *kernel, const char *what, const char *text, char **pasted) {
    EwToken *tokens;
    size_t count;
    *pasted = NULL;
    int status = ew_tokens(what, text, &tokens, &count);
    if (status == HC_OK) status = hc_alloc(strlen(text) + 1, 1, pasted);
    if (status == HC_OK) memcpy(*pasted, text, strlen(text) + 1);
    for (size_t k = 0; status == HC_OK && k < count; k++)
        for (size_t a = 0; a < kernel->arg_count; a++) {
            const EwArg *arg = &kernel->args[a];
            if (arg->type != EW_F16 || !arg->array || !ew_token_is(&tokens[k], arg->name) ||
                !ew_plain_use(tokens, count, k))
                continue;
            for (const char *p = tokens[k + 1].at; p <= tokens[k + 3].at; p++)
                if (*p != '\n') (*pasted)[p - text] = ' ';
        }
    free(tokens);
    return status;
}

/* Which elements this item does: pieces are whole cache lines, so that no two items write one. */
void ew_chunk(EwText *out) {
    ew_add(out, "    const size_t ew_piece = ((ew_count + ITEMS - 1) / ITEMS + 63) / 64 * 64;\n"
                "    size_t ew_k = ITEM * ew_piece;\n"
                "    const size_t ew_end = ew_k + ew_piece < ew_count ? ew_k + ew_piece : "
                "ew_count;\n");
}

/* One loop around the statement; i says what i is in terms of ew_k. */
static void add_loop(EwText *out, const EwKernel *kernel, const char *loop, const char *i,
                     const char *pasted) {
    ew_add(out, "    %s {\n", loop);
    ew_begin_i(out, kernel, i, false);
    ew_add(out, "        do {"); /* a loop, so that break and continue stay within */
    ew_paste(out, "statement", pasted, ";");
    ew_add(out, "        } while (0);\n");
    ew_end_i(out, kernel);
    ew_add(out, "    }\n");
}

static bool only_plain(const EwKernel *kernel) {
    for (size_t a = 0; a < kernel->arg_count; a++)
        if (kernel->args[a].elsewhere) return false;
    return true;
}

/* Chunks: first a loop for the step 1, which a compiler, or ew_vectors, makes fast; then one for
 * what is left of it, and for every other step. */
static void add_chunks(EwText *out, const EwKernel *kernel, const char *vectors, size_t width,
                       const char *pasted) {
    ew_chunk(out);
    ew_add(out, "    const size_t ew_fast = ew_step == 1 ? ew_end : ew_k;\n");
    if (vectors) {
        ew_add(out,
               "    for (; ew_k + %zu <= ew_fast; ew_k += %zu) {\n"
               "        const size_t i = ew_start + ew_k;\n%s    }\n",
               width, width, vectors);
    } else {
        /* That no element depends on another is what check_overlap sees to. */
        if (kernel->device->backend->language == EW_C && only_plain(kernel))
            ew_add(out, "#if defined __clang__\n#pragma clang loop vectorize(assume_safety)\n"
                        "#elif defined __GNUC__\n#pragma GCC ivdep\n#endif\n");
        add_loop(out, kernel, "for (; ew_k < ew_fast; ew_k++)", "ew_start + ew_k", pasted);
    }
    add_loop(out, kernel, "for (; ew_k < ew_end; ew_k++)", "ew_start + ew_k * ew_step", pasted);
}

int ew_source_map(EwKernel *kernel, const char *statement) {
    EwText out = {0};
    char entry[EW_NAME + 8], *pasted = NULL, *vectors = NULL;
    size_t width = 0;
    bool chunks = kernel->device->shape == EW_CHUNKS;
    int status = ew_scan_uses(kernel, "statement", statement);
    if (status == HC_OK) status = ew_as_pasted(kernel, "statement", statement, &pasted);
    if (status != HC_OK) return status;
    snprintf(entry, sizeof entry, "ew_%s", kernel->name);
    if (chunks && kernel->device->backend->language == EW_OPENCL_C) {
        const char *why = kernel->no_vectors ? "the compiler refused them"
                                             : ew_vectors(kernel, statement, &vectors, &width);
        if (why) ew_add(&out, "/* One element at a time, not vectors: %s. */\n", why);
        else ew_add(&out, "/* Vectors: %zu elements at a time. */\n", width);
        kernel->vectors = vectors != NULL;
    }
    ew_prologue(&out, kernel);
    ew_begin(&out, kernel, entry, NULL, 0);
    if (chunks) add_chunks(&out, kernel, vectors, width, pasted);
    else
        add_loop(&out, kernel, "for (size_t ew_k = ITEM; ew_k < ew_count; ew_k += ITEMS)",
                 "ew_start + ew_k * ew_step", pasted);
    ew_add(&out, "}\n");
    free(vectors);
    free(pasted);
    free(kernel->source);
    return ew_text_take(&out, &kernel->source);
}

int ew_run_map(EwKernel *kernel, EwCall *call) {
    const EwDevice *device = kernel->device;
    char entry[EW_NAME + 8];
    size_t groups, group = device->shape == EW_STRIDES ? 256 : 1;
    if (call->items == 0) return HC_OK; /* nothing to launch */
    if (device->shape == EW_STRIDES) {
        groups = (call->items - 1) / group + 1;
        if (groups > 64 * device->units) groups = 64 * device->units;
    } else {
        groups = (call->items - 1) / 8192 + 1; /* less is not worth a thread's start */
        if (groups > 64 * device->units)
            groups = 64 * device->units; /* a busy core has less to do */
    }
    snprintf(entry, sizeof entry, "ew_%s", kernel->name);
    return device->backend->launch(kernel->device, kernel->module, entry, groups, group,
                                   call->params, call->count, true);
}
