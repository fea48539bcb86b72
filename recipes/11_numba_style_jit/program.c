// SPDX-License-Identifier: MIT
/* FILE.py FUNCTION ARGS...: compile one function of a Python file for the types of these arguments,
 * call it, and print what it returned; or show with --inspect what the compiler made of it. The
 * time for compiling and the time for running are kept apart: confusing them is the most usual
 * mistake in measuring a just-in-time compiler. */
#define _POSIX_C_SOURCE 200809L
#include <cjson/cJSON.h>
#include <ctype.h>

#include "program.h"

enum { MAX_ARGS = 64 };

const char *program_inspect = "no", *program_target = "declared", *program_grid = "",
           *program_block = "", *program_same_as = "";
size_t program_ulp = 4, program_size;
static const char *png = "", *words = "";
static const HcOption options[] = {
    HC_CHOICE("inspect", &program_inspect, "no|tokens|tree|flow|types|llvm|optimised|asm|ptx",
              "show what became of the function, step by step"),
    HC_CHOICE("target", &program_target, "declared|cpu|parallel|cuda",
              "where it runs; declared: where its decorator says"),
    HC_TEXT("grid", &program_grid, "N|NxN",
            "a kernel's blocks; as many as the largest array needs"),
    HC_TEXT("block", &program_block, "N|NxN", "threads in a block: 128, or 16x16, or 8x8x8"),
    HC_TEXT("png", &png, "FILE", "write the last array, if of two axes and uint8, as a picture"),
    HC_TEXT("same-as", &program_same_as, "FUNCTION",
            "compare with this function of the file, called on the host; or its text"),
    HC_COUNT("ulp", &program_ulp, "by how much floats may differ then"),
    HC_TEXT("call", &words, "TEXT", "\"FILE.py FUNCTION ARGS...\", where options stand first"),
    HC_OPTIONS_END};
HcRecipe program_recipe = {.name = "11_numba_style_jit",
                           .summary = "compile a function of a Python file, and call it\n\n"
                                      "Usage: 11_numba_style_jit FILE.py FUNCTION ARGS... "
                                      "[OPTIONS], options last\n\n" HELP_ARGUMENTS,
                           .options = options,
                           .size = {1000},
                           .rank = 1,
                           .repeat = 1,
                           .random = true};

/* -3 and -.5 are numbers, -n and --seed are options. */
static bool is_option(const char *text) {
    return text[0] == '-' && !isdigit((unsigned char)text[1]) && text[1] != '.' &&
           strcmp(text, "-inf") != 0 && strcmp(text, "-nan") != 0;
}

bool is_program(int argc, char **argv) {
    if (argc > 1 && argv[1][0] != '-') return true;
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--call") == 0) return true;
    return false;
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
void need_jit(int status, const char *what) {
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

/* Of a function with cache=True: was it compiled now, or by an earlier run? */
static void note_cache(JitModule *module, const char *function, bool no_cache) {
    JitCache cache;
    need_jit(jit_api.cache(module, function, &cache), function);
    if (!cache.wanted) return;
    bool off = no_cache || cache.trouble, hit = cache.hits && !cache.misses;
    const char *word = off ? "off" : hit ? "hit" : "miss";
    const char *where = no_cache ? "--no-cache" : cache.trouble ? cache.trouble : cache.folder;
    hc_say("%-10s %s: %s\n", "cache", word, where);
    cJSON_AddStringToObject(hc_results(), "cache", word);
}

static int show(JitModule *module, const char *function, const JitValue *values, size_t n) {
    static const struct {
        const char *name;
        JitForm form;
    } forms[] = {{"tokens", JIT_TOKENS}, {"tree", JIT_TREE}, {"flow", JIT_FLOW},
                 {"types", JIT_TYPES},   {"llvm", JIT_LLVM}, {"optimised", JIT_LLVM_OPTIMISED},
                 {"asm", JIT_ASM},       {"ptx", JIT_PTX}};
    char *signature, *text;
    need_jit(jit_api.signature(values, n, &signature), function);
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (strcmp(forms[i].name, program_inspect) != 0) continue;
        need_jit(jit_api.inspect(module, function, signature, forms[i].form, &text), function);
        hc_say("%s", text);
        cJSON_AddStringToObject(hc_results(), program_inspect, text);
        free(text);
    }
    free(signature);
    return hc_end();
}

/* A vectorized function's results go into arrays, which are made here and are the last arguments;
 * a guvectorized function may have several. */
static size_t add_outputs(JitModule *module, const char *function, JitValue *values, size_t n) {
    JitValue out;
    while (n < MAX_ARGS && jit_api.result_of(module, function, values, n, &out) == JIT_OK &&
           out.ndim) {
        size_t count = 1;
        for (int k = 0; k < out.ndim; k++) count *= (size_t)out.as.array.shape[k];
        CHECK_HC(hc_alloc(count, 8, &out.as.array.data));
        values[n++] = out;
    }
    return n;
}

/* Where the options begin. With --call, all are options, and FILE.py and the rest are its words. */
static int split(int argc, char **argv, char **rest, int *count) {
    int given = 1;
    while (given < argc && !is_option(argv[given])) given++;
    rest[(*count)++] = argv[0];
    for (int i = given; i < argc && *count < MAX_ARGS; i++) rest[(*count)++] = argv[i];
    return given;
}

static int split_words(char *text, char **argv) {
    int given = 1;
    char *next = text;
    for (char *word; given < MAX_ARGS && (word = strtok_r(next, " ", &next)) != NULL;)
        argv[given++] = word;
    return given;
}

/* The function is called repeat times, and the times are noted; what came of it. */
static void call(JitModule *module, const char *function, const JitLaunch *launch, unsigned repeat,
                 Outcome *out) {
    for (unsigned r = 0; r < repeat; r++) {
        double start_ms = hc_now_ms(), compiled_ms = jit_api.compile_ms(module);
        need_jit(
            jit_api.call(module, function, launch, out->values, out->n, out->results, &out->count),
            function);
        compiled_ms = jit_api.compile_ms(module) - compiled_ms;
        if (r == 0) hc_note_time(HC_TIME_BUILD, compiled_ms);
        note_times(module, hc_now_ms() - start_ms - compiled_ms);
    }
}

static void print(const Outcome *out, size_t given) {
    note_results(out->results, out->count);
    for (size_t i = 0; i < out->count; i++) print_value("result", &out->results[i]);
    for (size_t i = given; i < out->n; i++) print_value("result", &out->values[i]);
    if (!out->count && out->n == given) hc_say("%-10s None\n", "result");
    for (size_t i = 0; i < given; i++)
        if (out->values[i].ndim) print_value("argument", &out->values[i]);
}

int jit_program(int argc, char **argv) {
    HcArgs args;
    char *rest[MAX_ARGS + 1] = {NULL}, *own[MAX_ARGS] = {NULL}, text[4096], path[4096];
    int count = 0, given = split(argc, argv, rest, &count);
    program_recipe.apis = program_apis;
    HC_START(&args, &program_recipe, count, rest);
    if (*words) {
        snprintf(text, sizeof text, "%s", words);
        argv = own;
        given = split_words(text, own);
        snprintf(path, sizeof path, "%s/%s", args.kernel_dir ? args.kernel_dir : ".", own[1]);
        own[1] = path;
    }
    program_size = args.size[0];

    JitModule *module;
    need_jit(jit_api.load(argv[1], NULL, &module), argv[1]);
    jit_api.use_cache(module, !args.no_cache);
    if (given < 3) {
        for (size_t i = 0; jit_api.functions(module, i); i++)
            fprintf(stderr, "    %s\n", jit_api.functions(module, i));
        exit(hc_fail(hc_set_error(HC_USAGE, 0, NULL, "the functions of the file stand above",
                                  "which function?"),
                     program_recipe.name, 0, "FILE.py FUNCTION ARGS..."));
    }
    JitLaunch launch = choose_place(module, argv[2], args.device);
    JitValue values[MAX_ARGS + 1], copies[MAX_ARGS + 1];
    Outcome out = {.values = values, .n = (size_t)(given - 3)};
    if (out.n > MAX_ARGS)
        exit(hc_fail(hc_set_error(HC_USAGE, 0, NULL, NULL, "more than %d arguments", MAX_ARGS),
                     program_recipe.name, 0, "ARGS..."));
    for (size_t i = 0; i < out.n; i++)
        CHECK_HC(read_argument(argv[i + 3], args.seed, (unsigned)i, &values[i]));

    int status;
    choose_threads(&launch, values, out.n);
    if (strcmp(program_inspect, "no") != 0) status = show(module, argv[2], values, out.n);
    else {
        size_t before = out.n;
        out.n = add_outputs(module, argv[2], values, out.n);
        if (*program_same_as) CHECK_HC(copy_values(values, out.n, copies));
        call(module, argv[2], &launch, args.repeat, &out);
        print(&out, before);
        note_cache(module, argv[2], args.no_cache);
        if (*program_same_as) {
            check_same(module, &out, copies, args.repeat);
            free_values(copies, out.n);
        }
        if (*png) CHECK_HC(write_picture(png, values, out.n));
        status = hc_end();
    }
    free_values(values, out.n);
    jit_api.unload(module);
    return status;
}
