// SPDX-License-Identifier: MIT
/* Evaluating: five problems, computed in every way that this machine has, and measured so that the
 * numbers can be believed. The answers first; then all ways in turn; beside each rate the limit,
 * measured in the same minute; and the size from which a device is worth the way to it.
 *
 * Run:        ./cook run 10    more: ./cook run 10 -n 16777216 --repeat 15    one: --problem matmul
 *             ./cook run 10 --device sim: counts instead of times
 *             ./cook run 10 --how-not-to: the mistakes, each with its number
 * Shapes:     vectors of n floats; matrices of about n elements; matmul: side^3 = 16 n
 * Tolerance:  each problem's own, in problems/
 */
#include "evaluation.h"

static const Problem *const problems[] = {&vector_sum, &sin_cos_exp, &reduction, &stencil, &matmul};
enum { PROBLEMS = sizeof problems / sizeof problems[0] };

static const char *which = "all", *only = "", *output = "evaluation";
static size_t sizes = 4, threads;
static bool all_devices, wrongly;
static const HcOption options[] = {
    HC_CHOICE("problem", &which, "all|vector_sum|map|reduction|stencil|matmul", "one of them"),
    HC_TEXT("only", &only, "WAY", "one way to compute, as \"threads\", verified; for a profiler"),
    HC_COUNT("sizes", &sizes, "so many sizes, each a quarter of the one above (1 to 8)"),
    HC_COUNT("threads", &threads, "threads of the host; 0: one for each core"),
    HC_FLAG("all", &all_devices, "every device, not only the chosen one"),
    HC_FLAG("how-not-to", &wrongly, "measure as it should not be done"),
    HC_TEXT("output", &output, "DIR", "folder for plots and their numbers"),
    HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "10_evaluation",
                                .summary = "five problems in every way, measured fairly",
                                .apis = device_apis,
                                .options = options,
                                .size = {1 << 20},
                                .rank = 1,
                                .repeat = 5,
                                .random = true};

static bool is_asked_for(const Problem *p) {
    return strcmp(which, "all") == 0 || strcmp(which, p->name) == 0;
}

//> answer
/* One problem: a plan, and whether all ways give the right answer. */
static bool answer(const Problem *p, const Wish *wish, size_t at_sizes, Plan *plan) {
    int status;
    hc_step(p->name);
    CHECK_HC(make_plan(plan, p, wish, at_sizes));
    if (plan->rows == 0) return true; /* --only: this problem is not computed that way */
    bool right = check_answers(plan, &status);
    CHECK_HC(status);
    return right;
}
//< answer

int main(int argc, char **argv) {
    HcArgs args;
    HC_START(&args, &recipe, argc, argv);
    if (sizes == 0 || sizes > MOST_SIZES)
        CHECK_HC(hc_set_error(HC_USAGE, 0, NULL, NULL, "--sizes: 1 to %d", MOST_SIZES));
    if (threads > 256) CHECK_HC(hc_set_error(HC_USAGE, 0, NULL, NULL, "--threads: at most 256"));

    /* 1. What takes part: the host, and the chosen device, or all of them. */
    Wish wish = {.n = args.size[0],
                 .sizes = sizes,
                 .threads = threads,
                 .rounds = args.repeat,
                 .seed = args.seed,
                 .only = only};
    CHECK_HC(find_devices(all_devices, wish.device, &wish.devices));
    bool counted = strcmp(wish.device[0].api, "sim") == 0, print = !args.json && !args.quiet;
    bool timed = wish.n > 0 && !counted && !*only && (args.json || !args.quiet), right = true;
    for (size_t d = 1; d < wish.devices; d++) hc_say("and        %s\n", wish.device[d].name);
    hc_say("n          %zu%s\n", wish.n, wish.n ? "" : ": nothing to measure");
    if (wrongly) {
        CHECK_HC(how_not_to(&wish, print));
        return hc_end();
    }

    //> answers
    /* 2. All answers, those of the yardsticks too: one that is wrong, and no time is shown. */
    static Plan copy, flops, plan[PROBLEMS];
    size_t done = 0, rows = 0;
    if (timed) right &= answer(&copy_limit, &wish, 1, &copy);
    if (timed) right &= answer(&flops_limit, &wish, 1, &flops);
    for (int i = 0; i < PROBLEMS; i++) {
        if (!is_asked_for(problems[i])) continue;
        right &= answer(problems[i], &wish, counted ? 1 : sizes, &plan[done]);
        rows += plan[done++].rows;
    }
    CHECK_HC(check_only(only, rows, plan, done));
    //< answers

    //> times
    /* 3. Times: the limits first, then each problem beside them. */
    hc_step("measuring");
    if (right && timed) {
        CHECK_HC(measure(&copy));
        CHECK_HC(measure(&flops));
        report(&copy, print);
        report(&flops, print);
    }
    for (size_t i = 0; i < done && right && timed; i++) {
        CHECK_HC(measure(&plan[i]));
        measure_threads(&plan[i]);
        set_limits(&plan[i], &copy, &flops);
        report(&plan[i], print);
        CHECK_HC(plot_times(&plan[i], output));
    }
    if (right && timed) CHECK_HC(plot_speed_ups(plan, done, output));
    //< times

    /* 4. On cusim: counts, since its times would be a simulator's. */
    const Problem *asked[PROBLEMS];
    for (size_t i = 0; i < done; i++) asked[i] = plan[i].problem;
    if (right && counted && wish.n > 0 && !*only && (args.json || !args.quiet))
        CHECK_HC(count_on_cusim(asked, done, &args, output));

    hc_step(NULL);
    for (size_t i = 0; i < done; i++) free_plan(&plan[i]);
    free_plan(&flops);
    free_plan(&copy);
    close_cuda();
    close_opencl();
    return hc_end();
}
