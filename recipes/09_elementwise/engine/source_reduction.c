// SPDX-License-Identifier: MIT
/* The source that reductions and scans share: the reader's expressions as functions, and the
 * kernels that fold a range into partial results, and these into one.
 *
 * Work is cut into tiles of 4096 consecutive elements, 256 lanes by 16 rows. Which elements a
 * lane takes depends on the operation. For a + b and its like, which may be reordered, lane j
 * takes j, j + 256 ...: neighbours read neighbours, so that a GPU's loads coalesce and a CPU's
 * compiler makes vectors. For any other operation lane j takes the 16 elements from 16 j on, and
 * everything is joined in the order of the elements: it need be associative, not commutative. A
 * GPU's group of 256 is the lanes. On a CPU, one work-item does them all in a loop. A tree joins
 * the lanes: 0 with 1, 2 with 3, then 0 with 2 ...: the same tree on all devices, so that a
 * result depends on the device only by how many tiles make a partial result; with the option
 * deterministic that is one.
 */
#include "source_fold.h"

/* Operations of which lanes may take every 256th element, without their spaces. A conditional as
 * a < b ? a : b is not among them: with a NaN, the order decides what it gives. */
static const char *const any_order[] = {
    "a+b",      "b+a",       "a*b",       "b*a",  "a&b",  "a|b",        "a^b",       "min(a,b)",
    "max(a,b)", "fmin(a,b)", "fmax(a,b)", "a&&b", "a||b", "c_add(a,b)", "c_mul(a,b)"};

bool ew_any_order(const EwKernel *kernel, const char *operation) {
    char plain[32];
    size_t length = 0;
    if (kernel->fields[0].name[0]) return false;
    for (const char *p = operation; *p; p++) {
        if (strchr(" \t\r\n", *p)) continue;
        if (length + 1 == sizeof plain) return false;
        plain[length++] = *p;
    }
    plain[length] = '\0';
    for (size_t k = 0; k < sizeof any_order / sizeof *any_order; k++)
        if (strcmp(plain, any_order[k]) == 0) return true;
    return false;
}

/* May warps exchange items by shuffles? */
bool ew_shuffles(const EwKernel *kernel) {
    return kernel->device->backend->language == EW_CUDA_C && !kernel->fields[0].name[0] &&
           ew_type_kind(kernel->fields[0].type) != 'C';
}

/* ---- The reader's expressions as functions, each pasted once ---- */

void ew_parameter_list(EwText *out, const EwKernel *kernel) {
    for (size_t k = 0; k < kernel->arg_count; k++) {
        const EwArg *arg = &kernel->args[k];
        bool half = arg->type == EW_F16;
        if (arg->array)
            ew_add(out, "GLOBAL %s%s *%s%s, ", arg->written ? "" : "const ",
                   half ? "uint16_t" : ew_type_word(arg->type), half ? "ew_half_" : "", arg->name);
        else ew_add(out, "const %s %s, ", half ? "float" : ew_type_word(arg->type), arg->name);
    }
    ew_add(out, "const ulong ew_start, const ulong ew_step, const ulong ew_k, const long n");
}

void ew_argument_list(EwText *out, const EwKernel *kernel) {
    for (size_t k = 0; k < kernel->arg_count; k++) {
        const EwArg *arg = &kernel->args[k];
        ew_add(out, "%s%s, ", arg->array && arg->type == EW_F16 ? "ew_half_" : "", arg->name);
    }
}

static void add_function(EwText *out, const char *head, const char *what, const char *text) {
    ew_add(out, "FUNCTION EwItem %s {\n    return", head);
    ew_paste(out, what, text, ";");
    ew_add(out, "}\n");
}

int ew_operation(EwText *out, const EwKernel *kernel, const char *neutral, const char *map,
                 const char *operation, const char *what) {
    char *pasted;
    int status = ew_as_pasted(kernel, "map", map, &pasted);
    if (status != HC_OK) return status;
    ew_add(out, "#define EW_LANES %d\n#define EW_ROWS %d\n#define EW_TILE %d\n", EW_LANES, EW_ROWS,
           EW_TILE);
    add_function(out, "ew_neutral(void)", "neutral", neutral);
    add_function(out, "ew_join(const EwItem a, const EwItem b)", what, operation);
    ew_add(out, "FUNCTION EwItem ew_map(");
    ew_parameter_list(out, kernel);
    ew_add(out, ") {\n");
    ew_begin_i(out, kernel, "ew_start + ew_k * ew_step", true);
    ew_add(out, "    return");
    ew_paste(out, "map", pasted, ";");
    ew_add(out, "}\n");
    free(pasted);
    return HC_OK;
}

void ew_define_at(EwText *out, const EwKernel *kernel) {
    static const char *const steps[][2] = {{"EW_AT", "ew_step"}, {"EW_AT_1", "1"}};
    for (int s = 0; s < 2; s++) {
        ew_add(out, "#undef %s\n#define %s(ew_q) ew_map(", steps[s][0], steps[s][0]);
        ew_argument_list(out, kernel);
        ew_add(out, "ew_start, %s, ew_q, n)\n", steps[s][1]);
    }
}

/* ---- What these kernels have around them: the partial results that are this group's ---- */

const char ew_frame[] =
    "    const ulong ew_each = ew_tiles * EW_TILE, ew_all = (ew_count + ew_each - 1) / ew_each;\n"
    "    const ulong ew_mine = (ew_all + GROUPS - 1) / GROUPS;\n"
    "    for (ulong ew_p = GROUP * ew_mine; ew_p < (GROUP + 1) * ew_mine && ew_p < ew_all; ew_p++) "
    "{\n"
    "        const ulong ew_begin = ew_p * ew_each;\n"
    "        const ulong ew_end = ew_begin + ew_each < ew_count ? ew_begin + ew_each : ew_count;\n";

/* ---- CPUs: one work-item does all the lanes of its tiles ---- */

/* The plain loop over the lanes is one that compilers vectorize, in OpenCL and in C, if they see
 * that the step is 1. */
static const char chunks_any_order[] =
    "        EwItem ew_lane[EW_LANES];\n"
    "        ulong ew_i = ew_begin;\n"
    "        for (int ew_j = 0; ew_j < EW_LANES; ew_j++) ew_lane[ew_j] = ew_neutral();\n"
    "        if (ew_step == 1)\n"
    "            for (; ew_i + EW_LANES <= ew_end; ew_i += EW_LANES)\n"
    "                for (int ew_j = 0; ew_j < EW_LANES; ew_j++)\n"
    "                    ew_lane[ew_j] = ew_join(ew_lane[ew_j], EW_AT_1(ew_i + ew_j));\n"
    "        for (; ew_i < ew_end; ew_i += EW_LANES)\n"
    "            for (int ew_j = 0; ew_j < EW_LANES && ew_i + ew_j < ew_end; ew_j++)\n"
    "                ew_lane[ew_j] = ew_join(ew_lane[ew_j], EW_AT(ew_i + ew_j));\n"
    "        ew_partials[ew_p] = ew_tree(ew_lane);\n";

/* Four lanes advance together: each is a chain of operations, and one chain alone would wait for
 * every result. clang would rather gather and scatter vectors, which is twice as slow. */
const char ew_chunk_lanes[] =
    "            EwItem ew_lane[EW_LANES];\n"
    "            if (ew_step == 1 && ew_i + EW_TILE <= ew_end)\n"
    "#pragma clang loop vectorize(disable)\n"
    "                for (int ew_j = 0; ew_j < EW_LANES; ew_j += 4) {\n"
    "                    EwItem ew_0 = ew_neutral(), ew_1 = ew_0, ew_2 = ew_0, ew_3 = ew_0;\n"
    "                    for (int ew_r = 0; ew_r < EW_ROWS; ew_r++) {\n"
    "                        const ulong ew_e = ew_i + ew_j * EW_ROWS + ew_r;\n"
    "                        ew_0 = ew_join(ew_0, EW_AT_1(ew_e));\n"
    "                        ew_1 = ew_join(ew_1, EW_AT_1(ew_e + EW_ROWS));\n"
    "                        ew_2 = ew_join(ew_2, EW_AT_1(ew_e + 2 * EW_ROWS));\n"
    "                        ew_3 = ew_join(ew_3, EW_AT_1(ew_e + 3 * EW_ROWS));\n"
    "                    }\n"
    "                    ew_lane[ew_j] = ew_0, ew_lane[ew_j + 1] = ew_1;\n"
    "                    ew_lane[ew_j + 2] = ew_2, ew_lane[ew_j + 3] = ew_3;\n"
    "                }\n"
    "            else\n"
    "                for (int ew_j = 0; ew_j < EW_LANES; ew_j++) {\n"
    "                    ulong ew_e = ew_i + ew_j * EW_ROWS;\n"
    "                    ew_lane[ew_j] = ew_neutral();\n"
    "                    for (int ew_r = 0; ew_r < EW_ROWS && ew_e < ew_end; ew_r++, ew_e++)\n"
    "                        ew_lane[ew_j] = ew_join(ew_lane[ew_j], EW_AT(ew_e));\n"
    "                }\n";

static const char chunks_in_order[] =
    "        EwItem ew_total = ew_neutral();\n"
    "        for (ulong ew_i = ew_begin; ew_i < ew_end; ew_i += EW_TILE) {\n"
    "%s            ew_total = ew_join(ew_total, ew_tree(ew_lane));\n"
    "        }\n"
    "        ew_partials[ew_p] = ew_total;\n";

static const char chunks_tree[] =
    "FUNCTION EwItem ew_tree(EwItem *lane) {\n"
    "    for (int d = 1; d < EW_LANES; d *= 2)\n"
    "        for (int j = 0; j < EW_LANES; j += 2 * d) lane[j] = ew_join(lane[j], lane[j + d]);\n"
    "    return lane[0];\n"
    "}\n";

/* ---- GPUs: a group is the lanes ---- */

static const char strides_any_order[] =
    "        EwItem ew_v = ew_neutral();\n"
    "#ifdef __CUDA_ARCH__\n"
    "#pragma unroll 4\n"
    "#endif\n"
    "        for (ulong ew_i = ew_begin + PLACE; ew_i < ew_end; ew_i += EW_LANES)\n"
    "            ew_v = ew_join(ew_v, EW_AT(ew_i));\n"
    "%s        if (PLACE == 0) ew_partials[ew_p] = ew_v;\n";

static const char strides_in_order[] =
    "        EwItem ew_total = ew_neutral();\n"
    "        for (ulong ew_i = ew_begin; ew_i < ew_end; ew_i += EW_TILE) {\n"
    "            EwItem ew_v = ew_neutral();\n"
    "            ulong ew_e = ew_i + PLACE * EW_ROWS;\n"
    "            for (int ew_r = 0; ew_r < EW_ROWS && ew_e < ew_end; ew_r++, ew_e++)\n"
    "                ew_v = ew_join(ew_v, EW_AT(ew_e));\n"
    "%s            ew_total = ew_join(ew_total, ew_v);\n"
    "        }\n"
    "        if (PLACE == 0) ew_partials[ew_p] = ew_total;\n";

/* The lanes of a warp read each other's registers; the eight warps leave their results for each
 * other. What lane 0 has in the end is the result. */
static const char tree_by_shuffles[] =
    "            for (int ew_d = 1; ew_d < 32; ew_d *= 2)\n"
    "                ew_v = ew_join(ew_v, __shfl_down_sync(0xffffffffu, ew_v, ew_d));\n"
    "            if (PLACE % 32 == 0) ew_shared[PLACE / 32] = ew_v;\n"
    "            BARRIER;\n"
    "            ew_v = ew_shared[PLACE % 8];\n"
    "            for (int ew_d = 1; ew_d < 8; ew_d *= 2)\n"
    "                ew_v = ew_join(ew_v, __shfl_down_sync(0xffffffffu, ew_v, ew_d));\n"
    "            BARRIER;\n";

static const char tree_in_local_memory[] =
    "            ew_shared[PLACE] = ew_v;\n"
    "            BARRIER;\n"
    "            for (int ew_d = 1; ew_d < EW_LANES; ew_d *= 2) {\n"
    "                if (PLACE % (2 * ew_d) == 0)\n"
    "                    ew_shared[PLACE] = ew_join(ew_shared[PLACE], ew_shared[PLACE + ew_d]);\n"
    "                BARRIER;\n"
    "            }\n"
    "            ew_v = ew_shared[0];\n"
    "            BARRIER;\n";

/* One of the loops above, in its frame. */
static void add_body(EwText *out, const EwKernel *kernel, bool any) {
    bool chunks = kernel->device->shape == EW_CHUNKS, shuffles = ew_shuffles(kernel);
    if (!chunks) ew_add(out, "    LOCAL EwItem ew_shared[%s];\n", shuffles ? "8" : "EW_LANES");
    ew_add(out, "%s", ew_frame);
    if (chunks && any) ew_add(out, "%s", chunks_any_order);
    else if (chunks) ew_add(out, chunks_in_order, ew_chunk_lanes);
    else
        ew_add(out, any ? strides_any_order : strides_in_order,
               shuffles ? tree_by_shuffles : tree_in_local_memory);
    ew_add(out, "    }\n}\n\n");
}

static const EwExtra extra[] = {{"GLOBAL EwItem *", "ew_partials"}, {"ulong", "ew_tiles"}};

void ew_fold_kernel(EwText *out, const EwKernel *kernel, bool any) {
    if (kernel->device->shape == EW_CHUNKS) ew_add(out, "%s", chunks_tree);
    ew_define_at(out, kernel);
    ew_begin(out, kernel, "ew_fold", extra, 2);
    add_body(out, kernel, any);
}

/* The partial results are joined in their order, whatever the operation: ew_partials[0] becomes the
 * result. */
static void add_last_kernel(EwText *out, const EwKernel *kernel) {
    EwKernel none = *kernel;
    none.arg_count = 0;
    ew_add(out, "#undef EW_AT\n#define EW_AT(ew_q) ew_partials[ew_q]\n"
                "#undef EW_AT_1\n#define EW_AT_1(k) ew_partials[k]\n");
    ew_begin(out, &none, "ew_last", extra, 2);
    ew_add(out, "    if (ew_count == 0 && PLACE == 0) ew_partials[0] = ew_neutral();\n");
    add_body(out, &none, false);
}

int ew_source_reduction(EwKernel *kernel, const char *neutral, const char *map,
                        const char *reduce) {
    EwText out = {0};
    ew_prologue(&out, kernel);
    int status = ew_operation(&out, kernel, neutral, map, reduce, "reduce");
    if (status == HC_OK) {
        ew_fold_kernel(&out, kernel, ew_any_order(kernel, reduce));
        add_last_kernel(&out, kernel);
    }
    int taken = ew_text_take(&out, &kernel->source);
    return status == HC_OK ? taken : status;
}
