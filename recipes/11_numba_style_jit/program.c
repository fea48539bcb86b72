// SPDX-License-Identifier: MIT
/* FILE.py FUNCTION ARGS...: compile one function of a Python file for the types of these arguments,
 * call it, and print what it returned; or show with --inspect what the compiler made of it. The
 * time for compiling and the time for running are kept apart: confusing them is the most usual
 * mistake in measuring a just-in-time compiler. */
#include <cjson/cJSON.h>
#include <ctype.h>

#include "program.h"

enum { MAX_ARGS = 64 };

const char *program_inspect = "no", *program_target = "declared", *program_grid = "",
           *program_block = "";
static const char *png = "";
static const HcOption options[] = {
    HC_CHOICE("inspect", &program_inspect, "no|tokens|tree|flow|types|llvm|optimised|asm|ptx",
              "show what became of the function, step by step"),
    HC_CHOICE("target", &program_target, "declared|cpu|parallel|cuda",
              "where it runs; declared: where its decorator says"),
    HC_TEXT("grid", &program_grid, "N|NxN",
            "a kernel's blocks; as many as the largest array needs"),
    HC_TEXT("block", &program_block, "N|NxN", "threads in a block: 128, or 16x16, or 8x8x8"),
    HC_TEXT("png", &png, "FILE", "write the last array, if of two axes and uint8, as a picture"),
    HC_OPTIONS_END};
HcRecipe program_recipe = {.name = "11_numba_style_jit",
                           .summary = "compile a function of a Python file, and call it\n\n"
                                      "Usage: 11_numba_style_jit FILE.py FUNCTION ARGS... "
                                      "[OPTIONS], options last\n\n" HELP_ARGUMENTS,
                           .options = options,
                           .repeat = 1,
                           .random = true};

/* -3 and -.5 are numbers, -n and --seed are options. */
static bool is_option(const char *text) {
    return text[0] == '-' && !isdigit((unsigned char)text[1]) && text[1] != '.' &&
           strcmp(text, "-inf") != 0 && strcmp(text, "-nan") != 0;
}

/* The results for --json: as texts, since a JSON number cannot hold every int64, nor NaN. */
static void note_results(const JitValue *results, size_t count) {
    cJSON *list = cJSON_AddArrayToObject(hc_results(), "returned");
    for (size_t i = 0; i < count; i++) {
        char text[64];
        cJSON *item = cJSON_CreateObject();
        format_number(&results[i], text, sizeof text);
        cJSON_AddStringToObject(item, "type", kind_name(results[i].kind));
        cJSON_AddStringToObject(item, "value", text);
        cJSON_AddItemToArray(list, item);
    }
}

/* End the program unless status is JIT_OK. The fault is in the Python file, or in how it was
 * called, so the message names that, and not a line of this file. */
static void need(int status, const char *what) {
    if (status == JIT_OK) return;
    exit(hc_fail(hc_set_error(status, 0, NULL, NULL, "%s", jit_api.error()), program_recipe.name, 0,
                 what));
}

/* On the CUDA device, copying and computing are kept apart. */
static void note_times(const JitModule *module, double ms) {
    JitTimes times = jit_api.times(module);
    if (times.kernel_ms > 0) {
        hc_note_time(HC_TIME_UPLOAD, times.upload_ms);
        hc_note_time(HC_TIME_DOWNLOAD, times.download_ms);
        ms = times.kernel_ms;
    }
    hc_note_time(HC_TIME_KERNEL, ms);
}

static int show(JitModule *module, const char *function, const JitValue *values, size_t n) {
    static const struct {
        const char *name;
        JitForm form;
    } forms[] = {{"tokens", JIT_TOKENS}, {"tree", JIT_TREE}, {"flow", JIT_FLOW},
                 {"types", JIT_TYPES},   {"llvm", JIT_LLVM}, {"optimised", JIT_LLVM_OPTIMISED},
                 {"asm", JIT_ASM},       {"ptx", JIT_PTX}};
    char *signature, *text;
    need(jit_api.signature(values, n, &signature), function);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (strcmp(forms[i].name, program_inspect) != 0) continue;
        need(jit_api.inspect(module, function, signature, forms[i].form, &text), function);
        hc_say("%s", text);
        cJSON_AddStringToObject(hc_results(), program_inspect, text);
        free(text);
    }
    free(signature);
    return hc_end();
}

/* A vectorized function's results go into an array, which is made here and is the last argument. */
static size_t add_output(JitModule *module, const char *function, JitValue *values, size_t n) {
    JitValue out;
    if (jit_api.result_of(module, function, values, n, &out) != JIT_OK || !out.ndim) return n;
    size_t count = 1;
    for (int k = 0; k < out.ndim; k++) count *= (size_t)out.as.array.shape[k];
    CHECK_HC(hc_alloc(count, 8, &out.as.array.data));
    values[n] = out;
    return n + 1;
}

int jit_program(int argc, char **argv) {
    HcArgs args;
    int given = 1;
    while (given < argc && !is_option(argv[given])) given++;
    char *rest[64] = {argv[0]};
    int count = 1;
    for (int i = given; i < argc && count < 63; i++) rest[count++] = argv[i];
    program_recipe.apis = program_apis;
    HC_START(&args, &program_recipe, count, rest);

    JitModule *module;
    need(jit_api.load(argv[1], NULL, &module), argv[1]);
    if (given < 3) {
        for (size_t i = 0; jit_api.functions(module, i); i++)
            fprintf(stderr, "    %s\n", jit_api.functions(module, i));
        exit(hc_fail(hc_set_error(HC_USAGE, 0, NULL, "the functions of the file stand above",
                                  "which function?"),
                     program_recipe.name, 0, "FILE.py FUNCTION ARGS..."));
    }
    JitLaunch launch = choose_place(module, argv[2]);
    JitValue values[MAX_ARGS + 1], results[JIT_RESULTS];
    size_t n = (size_t)(given - 3), found = 0;
    if (n > MAX_ARGS)
        exit(hc_fail(hc_set_error(HC_USAGE, 0, NULL, NULL, "more than %d arguments", MAX_ARGS),
                     program_recipe.name, 0, "ARGS..."));
    for (size_t i = 0; i < n; i++)
        CHECK_HC(read_argument(argv[i + 3], args.seed, (unsigned)i, &values[i]));

    int status;
    choose_threads(&launch, values, n);
    if (strcmp(program_inspect, "no") != 0) status = show(module, argv[2], values, n);
    else {
        size_t given_values = n;
        n = add_output(module, argv[2], values, n);
        for (unsigned r = 0; r < args.repeat; r++) {
            double start_ms = hc_now_ms(), compiled_ms = jit_api.compile_ms(module);
            need(jit_api.call(module, argv[2], &launch, values, n, results, &found), argv[2]);
            compiled_ms = jit_api.compile_ms(module) - compiled_ms;
            if (r == 0) hc_note_time(HC_TIME_BUILD, compiled_ms);
            note_times(module, hc_now_ms() - start_ms - compiled_ms);
        }
        note_results(results, found);
        for (size_t i = 0; i < found; i++) print_value("result", &results[i]);
        for (size_t i = given_values; i < n; i++) print_value("result", &values[i]);
        if (!found && n == given_values) hc_say("%-10s None\n", "result");
        for (size_t i = 0; i < given_values; i++)
            if (values[i].ndim) print_value("argument", &values[i]);
        if (*png) CHECK_HC(write_picture(png, values, n));
        status = hc_end();
    }
    for (size_t i = 0; i < n; i++)
        if (values[i].ndim) free(values[i].as.array.data);
    jit_api.unload(module);
    return status;
}
