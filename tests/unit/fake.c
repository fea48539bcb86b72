// SPDX-License-Identifier: MIT
/* 99_fake: a recipe without an API that ends in the way asked for, so that every ending of a run
 * can be tested on any machine: 99_fake --end wrong --json
 */
#define _XOPEN_SOURCE 700
#include <math.h>
#include <signal.h>
#include <unistd.h>

#include "hc.h"

static const char *end = "ok";
static const HcOption options[] = {
    HC_CHOICE("end", &end,
              "ok|none|wrong|nan|error|skip|usage|build|exit0|exit1|leak|crash|abort|loop",
              "how to end"),
    HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "99_fake",
                                .summary = "ends as asked",
                                .options = options,
                                .size = {10},
                                .rank = 1,
                                .repeat = 2};

static bool is(const char *word) { return strcmp(end, word) == 0; }

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    hc_say("n          %zu\n", args.size[0]);
    if (is("error")) CHECK_HC(hc_set_error(HC_ERROR, 5, "EIO", "try again", "something failed"));
    if (is("skip"))
        CHECK_HC(hc_set_error(HC_SKIP, 0, NULL, "buy one", "there is no such thing here"));
    if (is("usage")) CHECK_HC(hc_set_error(HC_USAGE, 0, NULL, "name another", "no such file"));
    if (is("build")) CHECK_HC(hc_set_error(HC_BUILD, -11, "CL_BUILD", NULL, "it does not compile"));
    if (is("exit0") || is("exit1")) exit(is("exit1"));
    if (is("leak")) hc_say("leaks      %d\n", memset(malloc(1000), 0, 1) == NULL);
    if (is("crash")) raise(SIGSEGV);
    if (is("abort")) abort();
    if (is("loop")) {
        hc_step("waiting");
        for (;;) pause();
    }
    float got[3] = {1, 2, 3}, want[3] = {1, 2, 3};
    if (is("wrong")) got[1] = 7;
    if (is("nan")) got[2] = (float)NAN;
    hc_note_time(HC_TIME_KERNEL, 1.5);
    hc_note_f64("rate_gbps", "rate", is("none") ? (double)NAN : 9, "GB/s");
    if (!is("none")) hc_verify("x", hc_compare(HC_F32, got, want, 3, HC_REL(1e-6)));
    return hc_end();
}
