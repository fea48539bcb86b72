// SPDX-License-Identifier: MIT
/* fuzz.c - libFuzzer feeds the PTX parser with nonsense: no input may crash it, leak, or take more
 * than a moment. Instructions that were understood are printed, too. fuzz.sh runs it. */
#include "ptx.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n) {
    char log[1000], line[80];
    /* Most inputs would fail in the first three lines; those without them get them. */
    static const char head[] = ".version 8.0\n.target sm_80\n.address_size 64\n";
    int has_head = n >= 8 && memcmp(data, ".version", 8) == 0;
    size_t before = has_head ? 0 : sizeof head - 1;
    char *text = malloc(before + n + 1); /* exactly as large as it must be */
    if (!text) return 0;
    memcpy(text, head, before);
    if (n) memcpy(text + before, data, n);
    text[before + n] = '!'; /* must not be read */
    CusimPtxModule *module = cusim_ptx_parse(text, before + n, log, sizeof log);
    if (!module && !*log) abort(); /* an error without a reason */
    if (module && *log) abort();
    for (CusimFunction *f = module ? module->functions : NULL; f; f = f->next)
        for (uint32_t i = 0; i < f->n_insts; ++i)
            cusim_ptx_print(f, &f->inst[i], line, sizeof line);
    cusim_ptx_free(module);
    free(text);
    return 0;
}
