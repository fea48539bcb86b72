// SPDX-License-Identifier: MIT
/* FILE.py FUNCTION ARGS...: compile one function of a Python file for the types of these arguments,
 * call it, and print what it returned; or show with --inspect what the compiler made of it. The
 * time for compiling and the time for running are kept apart: confusing them is the most usual
 * mistake in measuring a just-in-time compiler. */
#include <cjson/cJSON.h>
#include <ctype.h>

#include "program.h"

enum { MAX_ARGS = 64 };

static const char *inspect = "no", *target = "cpu";
static const HcOption options[] = {
    HC_CHOICE("inspect", &inspect, "no|tokens|tree|flow|types|llvm|optimised|asm",
              "show what became of the function, step by step"),
    HC_CHOICE("target", &target, "cpu", "where it runs"), HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "11_numba_style_jit",
                                .summary = "compile a function of a Python file, and call it\n\n"
                                           "Usage: 11_numba_style_jit FILE.py FUNCTION ARGS... "
                                           "[OPTIONS], options last\n\n" HELP_ARGUMENTS,
                                .apis = (const HcApi *const[]){&hc_host_api, NULL},
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
    exit(hc_fail(hc_set_error(status, 0, NULL, NULL, "%s", jit_api.error()), recipe.name, 0, what));
}

static int show(JitModule *module, const char *function, const JitValue *values, size_t n) {
    static const struct {
        const char *name;
        JitForm form;
    } forms[] = {{"tokens", JIT_TOKENS}, {"tree", JIT_TREE}, {"flow", JIT_FLOW},
                 {"types", JIT_TYPES},   {"llvm", JIT_LLVM}, {"optimised", JIT_LLVM_OPTIMISED},
                 {"asm", JIT_ASM}};
    char *signature, *text;
    need(jit_api.signature(values, n, &signature), function);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (strcmp(forms[i].name, inspect) != 0) continue;
        need(jit_api.inspect(module, function, signature, forms[i].form, &text), function);
        hc_say("%s", text);
        cJSON_AddStringToObject(hc_results(), inspect, text);
        free(text);
    }
    free(signature);
    return hc_end();
}

int jit_program(int argc, char **argv) {
    HcArgs args;
    int given = 1;
    while (given < argc && !is_option(argv[given])) given++;
    char *rest[64] = {argv[0]};
    int count = 1;
    for (int i = given; i < argc && count < 63; i++) rest[count++] = argv[i];
    HC_START(&args, &recipe, count, rest);

    HcDevice host;
    CHECK_HC(hc_choose_device(&host));
    JitModule *module;
    need(jit_api.load(argv[1], NULL, &module), argv[1]);
    if (given < 3) {
        for (size_t i = 0; jit_api.functions(module, i); i++)
            fprintf(stderr, "    %s\n", jit_api.functions(module, i));
        exit(hc_fail(hc_set_error(HC_USAGE, 0, NULL, "the functions of the file stand above",
                                  "which function?"),
                     recipe.name, 0, "FILE.py FUNCTION ARGS..."));
    }
    JitValue values[MAX_ARGS], results[JIT_RESULTS];
    size_t n = (size_t)(given - 3), found = 0;
    if (n > MAX_ARGS)
        exit(hc_fail(hc_set_error(HC_USAGE, 0, NULL, NULL, "more than %d arguments", MAX_ARGS),
                     recipe.name, 0, "ARGS..."));
    for (size_t i = 0; i < n; i++)
        CHECK_HC(read_argument(argv[i + 3], args.seed, (unsigned)i, &values[i]));

    int status;
    if (strcmp(inspect, "no") != 0) status = show(module, argv[2], values, n);
    else {
        for (unsigned r = 0; r < args.repeat; r++) {
            double start_ms = hc_now_ms(), compiled_ms = jit_api.compile_ms(module);
            need(jit_api.call(module, argv[2], NULL, values, n, results, &found), argv[2]);
            compiled_ms = jit_api.compile_ms(module) - compiled_ms;
            if (r == 0) hc_note_time(HC_TIME_BUILD, compiled_ms);
            hc_note_time(HC_TIME_KERNEL, hc_now_ms() - start_ms - compiled_ms);
        }
        note_results(results, found);
        for (size_t i = 0; i < found; i++) print_value("result", &results[i]);
        if (!found) hc_say("%-10s None\n", "result");
        for (size_t i = 0; i < n; i++)
            if (values[i].ndim) print_value("argument", &values[i]);
        status = hc_end();
    }
    for (size_t i = 0; i < n; i++)
        if (values[i].ndim) free(values[i].as.array.data);
    jit_api.unload(module);
    return status;
}
