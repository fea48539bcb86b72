// SPDX-License-Identifier: MIT
/* The source of a scan, which is three kernels, one after the other:
 *
 *   ew_fold    each group folds its tiles (source_reduction.c): ew_partials[p] = what they come to
 *   ew_bases   one group scans these: ew_partials[p] = what comes before p, and behind them all
 *   ew_put_all each group goes through its tiles again, begins with ew_partials[p], and does the
 *              reader's output for each element
 *
 * Within a tile, a lane has 16 consecutive elements. It folds them, the lanes' results are scanned,
 * so that each lane knows what comes before it, and the lane goes through its 16 again for the
 * output; these then come from the cache. So a scan reads its input twice from memory and writes
 * once: 3 n, where a copy moves 2 n.
 */
#include "source_fold.h"

/* ---- The reader's output as a function: does element k, returns its item ---- */

static int add_put(EwText *out, const EwKernel *kernel, const char *output) {
    char *pasted;
    int status = ew_as_pasted(kernel, "output", output, &pasted);
    if (status != HC_OK) return status;
    ew_add(out, "FUNCTION EwItem ew_put(");
    ew_parameter_list(out, kernel);
    ew_add(out, ", const EwItem prev_item, const EwItem last_item) {\n"
                "    const EwItem item = ew_join(prev_item, ew_map(");
    ew_argument_list(out, kernel);
    ew_add(out, "ew_start, ew_step, ew_k, n));\n");
    ew_begin_i(out, kernel, "ew_start + ew_k * ew_step", false);
    ew_add(out, "    do {"); /* a loop, so that break and continue stay within */
    ew_paste(out, "output", pasted, ";");
    ew_add(out, "    } while (0);\n");
    ew_end_i(out, kernel);
    ew_add(out, "    return item;\n}\n\n");
    free(pasted);
    return HC_OK;
}

/* ---- CPUs: one work-item does all the lanes of its tiles ---- */

/* The lanes' results become what comes before each lane; returns what comes behind the tile. */
static const char chunks_prefixes[] =
    "FUNCTION EwItem ew_prefixes(EwItem *lane, EwItem carry) {\n"
    "    for (int w = 0; w < EW_LANES; w += 32) {\n"
    "%s        const EwItem total = lane[w + 31];\n"
    "        for (int j = 31; j > 0; j--) lane[w + j] = ew_join(carry, lane[w + j - 1]);\n"
    "        lane[w] = carry;\n"
    "        carry = ew_join(carry, total);\n"
    "    }\n"
    "    return carry;\n"
    "}\n";

static const char one_by_one[] =
    "        for (int j = 1; j < 32; j++) lane[w + j] = ew_join(lane[w + j - 1], lane[w + j]);\n";

static const char as_warps_do[] = "        for (int d = 1; d < 32; d *= 2)\n"
                                  "            for (int j = 31; j >= d; j--) lane[w + j] = "
                                  "ew_join(lane[w + j - d], lane[w + j]);\n";

static const char chunks_scan[] =
    "        for (ulong ew_i = ew_begin; ew_i < ew_end; ew_i += EW_TILE) {\n"
    "%s            ew_carry = ew_prefixes(ew_lane, ew_carry);\n"
    "            if (ew_i + EW_TILE <= ew_end)\n"
    "#pragma clang loop vectorize(disable)\n"
    "                for (int ew_j = 0; ew_j < EW_LANES; ew_j += 4) {\n"
    "                    EwItem ew_0 = ew_lane[ew_j], ew_1 = ew_lane[ew_j + 1];\n"
    "                    EwItem ew_2 = ew_lane[ew_j + 2], ew_3 = ew_lane[ew_j + 3];\n"
    "                    for (int ew_r = 0; ew_r < EW_ROWS; ew_r++) {\n"
    "                        const ulong ew_e = ew_i + ew_j * EW_ROWS + ew_r;\n"
    "                        ew_0 = EW_PUT(ew_e, ew_0);\n"
    "                        ew_1 = EW_PUT(ew_e + EW_ROWS, ew_1);\n"
    "                        ew_2 = EW_PUT(ew_e + 2 * EW_ROWS, ew_2);\n"
    "                        ew_3 = EW_PUT(ew_e + 3 * EW_ROWS, ew_3);\n"
    "                    }\n"
    "                }\n"
    "            else\n"
    "                for (ulong ew_e = ew_i; ew_e < ew_end; ew_e++) {\n"
    "                    const ulong ew_j = (ew_e - ew_i) / EW_ROWS;\n"
    "                    ew_lane[ew_j] = EW_PUT(ew_e, ew_lane[ew_j]);\n"
    "                }\n"
    "        }\n";

/* ---- GPUs: a group is the lanes; from a lane's result ew_v to ew_prev, what comes before ---- */

static const char prefixes_by_shuffles[] =
    "            for (int ew_d = 1; ew_d < 32; ew_d *= 2) {\n"
    "                const EwItem ew_u = __shfl_up_sync(0xffffffffu, ew_v, ew_d);\n"
    "                if (PLACE % 32 >= ew_d) ew_v = ew_join(ew_u, ew_v);\n"
    "            }\n"
    "            const EwItem ew_before = __shfl_up_sync(0xffffffffu, ew_v, 1);\n"
    "            if (PLACE % 32 == 31) ew_shared[PLACE / 32] = ew_v;\n"
    "            BARRIER;\n"
    "            EwItem ew_prev = ew_carry;\n"
    "            for (int ew_w = 0; ew_w < 8; ew_w++) {\n"
    "                if (PLACE / 32 == ew_w)\n"
    "                    ew_prev = PLACE % 32 ? ew_join(ew_carry, ew_before) : ew_carry;\n"
    "                ew_carry = ew_join(ew_carry, ew_shared[ew_w]);\n"
    "            }\n"
    "            BARRIER;\n";

static const char prefixes_in_local_memory[] =
    "            ew_shared[PLACE] = ew_v;\n"
    "            BARRIER;\n"
    "            for (int ew_d = 1; ew_d < 32; ew_d *= 2) {\n"
    "                const EwItem ew_u = ew_shared[PLACE % 32 >= ew_d ? PLACE - ew_d : PLACE];\n"
    "                BARRIER;\n"
    "                if (PLACE % 32 >= ew_d) ew_shared[PLACE] = ew_v = ew_join(ew_u, ew_v);\n"
    "                BARRIER;\n"
    "            }\n"
    "            EwItem ew_prev = ew_carry;\n"
    "            for (int ew_w = 0; ew_w < 8; ew_w++) {\n"
    "                if (PLACE / 32 == ew_w)\n"
    "                    ew_prev = PLACE % 32 ? ew_join(ew_carry, ew_shared[PLACE - 1]) : "
    "ew_carry;\n"
    "                ew_carry = ew_join(ew_carry, ew_shared[32 * ew_w + 31]);\n"
    "            }\n"
    "            BARRIER;\n";

/* Each lane reads and writes its 16 where they lie: for items too large for what follows. */
static const char strides_scan[] =
    "        for (ulong ew_i = ew_begin; ew_i < ew_end; ew_i += EW_TILE) {\n"
    "            EwItem ew_v = ew_neutral();\n"
    "            const ulong ew_from = ew_i + PLACE * EW_ROWS;\n"
    "            for (int ew_r = 0; ew_r < EW_ROWS && ew_from + ew_r < ew_end; ew_r++)\n"
    "                ew_v = ew_join(ew_v, EW_AT(ew_from + ew_r));\n"
    "%s            for (int ew_r = 0; ew_r < EW_ROWS && ew_from + ew_r < ew_end; ew_r++)\n"
    "                ew_prev = EW_PUT(ew_from + ew_r, ew_prev);\n"
    "        }\n";

/* Neighbours read neighbours, into local memory, where each lane finds its 16; on the way back it
 * holds what comes before each element. A place is left free behind every 16, since lanes 16
 * apart would share a bank. */
static const char strides_scan_staged[] =
    "        const ulong ew_run = PLACE * EW_ROWS;\n"
    "        for (ulong ew_i = ew_begin; ew_i < ew_end; ew_i += EW_TILE) {\n"
    "            const ulong ew_here = ew_end - ew_i < EW_TILE ? ew_end - ew_i : EW_TILE;\n"
    "            for (ulong ew_e = PLACE; ew_e < ew_here; ew_e += EW_LANES)\n"
    "                ew_tile[EW_PAD(ew_e)] = EW_AT(ew_i + ew_e);\n"
    "            BARRIER;\n"
    "            EwItem ew_v = ew_neutral();\n"
    "            for (int ew_r = 0; ew_r < EW_ROWS && ew_run + ew_r < ew_here; ew_r++)\n"
    "                ew_v = ew_join(ew_v, ew_tile[EW_PAD(ew_run + ew_r)]);\n"
    "%s            for (int ew_r = 0; ew_r < EW_ROWS && ew_run + ew_r < ew_here; ew_r++) {\n"
    "                const EwItem ew_u = ew_tile[EW_PAD(ew_run + ew_r)];\n"
    "                ew_tile[EW_PAD(ew_run + ew_r)] = ew_prev;\n"
    "                ew_prev = ew_join(ew_prev, ew_u);\n"
    "            }\n"
    "            BARRIER;\n"
    "            for (ulong ew_e = PLACE; ew_e < ew_here; ew_e += EW_LANES)\n"
    "                EW_PUT(ew_i + ew_e, ew_tile[EW_PAD(ew_e)]);\n"
    "            BARRIER;\n"
    "        }\n";

/* Does a tile of items, and the free places, fit into local memory? A CUDA kernel has 48 KiB, an
 * OpenCL device at least 32. */
static bool staged(const EwKernel *kernel) {
    size_t bytes = (EW_TILE + EW_TILE / 16 + EW_LANES) * kernel->item_size;
    return bytes <= (kernel->device->backend->language == EW_CUDA_C ? 48 : 32) * (size_t)1024;
}

/* Lines from the opening brace of a kernel on: its local memory, the loops in their frame. */
static void add_body(EwText *out, const EwKernel *kernel, const char *carry) {
    bool shuffles = ew_shuffles(kernel), chunks = kernel->device->shape == EW_CHUNKS;
    if (!chunks) {
        ew_add(out, "    LOCAL EwItem ew_shared[%s];\n", shuffles ? "8" : "EW_LANES");
        if (staged(kernel)) ew_add(out, "    LOCAL EwItem ew_tile[EW_PAD(EW_TILE)];\n");
    }
    ew_add(out, "%s%s", ew_frame, carry);
    if (chunks) ew_add(out, chunks_scan, ew_chunk_lanes);
    else
        ew_add(out, staged(kernel) ? strides_scan_staged : strides_scan,
               shuffles ? prefixes_by_shuffles : prefixes_in_local_memory);
}

static const EwExtra extra[] = {{"GLOBAL EwItem *", "ew_partials"}, {"ulong", "ew_tiles"}};

static void add_bases_kernel(EwText *out, const EwKernel *kernel) {
    EwKernel none = *kernel;
    none.arg_count = 0;
    ew_add(out, "FUNCTION EwItem ew_exchange(GLOBAL EwItem *at, const EwItem before) {\n"
                "    const EwItem item = *at;\n"
                "    *at = before;\n"
                "    return ew_join(before, item);\n}\n"
                "#undef EW_AT\n#define EW_AT(ew_q) ew_partials[ew_q]\n"
                "#undef EW_AT_1\n#define EW_AT_1(k) ew_partials[k]\n"
                "#define EW_PUT(ew_q, ew_prior) ew_exchange(ew_partials + (ew_q), ew_prior)\n");
    ew_begin(out, &none, "ew_bases", extra, 2);
    add_body(out, kernel, "        EwItem ew_carry = ew_neutral();\n");
    ew_add(out, "        if (PLACE == 0) ew_partials[ew_count] = ew_carry;\n    }\n}\n\n");
}

int ew_source_scan(EwKernel *kernel, const char *neutral, const char *map, const char *scan,
                   const char *output) {
    EwText out = {0};
    bool chunks = kernel->device->shape == EW_CHUNKS;
    ew_prologue(&out, kernel);
    int status = ew_operation(&out, kernel, neutral, map, scan, "scan");
    if (status == HC_OK) status = add_put(&out, kernel, output);
    if (status == HC_OK) {
        ew_fold_kernel(&out, kernel, ew_any_order(kernel, scan));
        if (chunks)
            ew_add(&out, chunks_prefixes, kernel->options.deterministic ? as_warps_do : one_by_one);
        else ew_add(&out, "#define EW_PAD(k) ((k) + (k) / EW_ROWS)\n");
        add_bases_kernel(&out, kernel);
        ew_define_at(&out, kernel);
        ew_add(&out, "#undef EW_PUT\n#define EW_PUT(ew_q, ew_prior) ew_put(");
        ew_argument_list(&out, kernel);
        ew_add(&out, "ew_start, 1, ew_q, n, ew_prior, ew_last)\n");
        ew_begin(&out, kernel, "ew_put_all", extra, 2);
        add_body(&out, kernel,
                 "        const EwItem ew_last = ew_partials[ew_all];\n"
                 "        EwItem ew_carry = ew_partials[ew_p];\n");
        ew_add(&out, "    }\n}\n");
    }
    int taken = ew_text_take(&out, &kernel->source);
    return status == HC_OK ? taken : status;
}
