// SPDX-License-Identifier: MIT
/* What is true: the compiler itself is asked, by its library. questions.py lies beside. */
#include "hc.h"

#include "../../../engine/jit.h"
// NOLINTNEXTLINE(bugprone-suspicious-include): the few lines that find the library
#include "../../../engine/open.c"

static const JitApi *jit;
static JitModule *module;

static const HcRecipe recipe = {.name = "11_predict_the_types",
                                .summary = "asks the compiler what the exercise asks for",
                                .apis = (const HcApi *const[]){&hc_host_api, NULL}};

static int ask(int status) {
    return status == JIT_OK ? HC_OK : hc_set_error(status, 0, NULL, NULL, "%s", jit->error());
}

static JitValue result(const char *function, JitValue a, JitValue b, size_t n) {
    JitValue args[2] = {a, b}, results[JIT_RESULTS];
    size_t count;
    CHECK_HC(ask(jit->call(module, function, NULL, args, n, results, &count)));
    return results[0];
}

static JitValue whole(JitKind kind, uint64_t x) { return (JitValue){.kind = kind, .as.u = x}; }
static JitValue f32(float x) { return (JitValue){.kind = JIT_F32, .as.f32 = x}; }
static JitValue f64(double x) { return (JitValue){.kind = JIT_F64, .as.f64 = x}; }

/* How many versions of a function there are; or how often a word stands in a text. */
static uint64_t versions(const char *function) {
    for (size_t i = 0;; i++) {
        char *text;
        CHECK_HC(ask(jit->signatures(module, function, i, &text)));
        if (!text) return i;
        free(text);
    }
}
static uint64_t occurrences(const char *text, const char *word) {
    uint64_t n = 0;
    for (const char *p = text; (p = strstr(p, word)) != NULL; p++) n++;
    return n;
}

int main(int argc, char **argv) {
    HcArgs args;
    HcDevice host;
    HC_START(&args, &recipe, argc, argv);
    CHECK_HC(hc_choose_device(&host));
    if (jit_open(&jit) != JIT_OK)
        CHECK_HC(hc_set_error(HC_SKIP, 0, NULL, "./cook setup jit", "%s", jit_open_error()));
    char path[4096], *text;
    snprintf(path, sizeof path, "%s/questions.py", args.kernel_dir ? args.kernel_dir : ".");
    CHECK_HC(ask(jit->load(path, NULL, &module)));
    struct cJSON *out = hc_results();
    const JitValue true_value = {.kind = JIT_BOOL, .as.b = true};
    result("add", whole(JIT_I64, 1), whole(JIT_I64, 2), 2);
    result("add", whole(JIT_I64, 3), whole(JIT_I64, 4), 2);
    result("add", whole(JIT_I64, 1), f64(2.5), 2);
    result("add", true_value, whole(JIT_I64, 2), 2);
    result("add", f64(1.5), f64(2.5), 2);
    hc_json_u64(out, "versions", versions("add"));
    hc_json_u64(out, "sum", result("add", whole(JIT_U8, 200), whole(JIT_U8, 100), 2).as.u);
    JitKind narrow = result("add", f32(1), whole(JIT_I16, 1), 2).kind;
    JitKind wide = result("add", f32(1), whole(JIT_I32, 1), 2).kind;
    hc_json_u64(out, "bits_int16", narrow == JIT_F32 ? 32 : 64);
    hc_json_u64(out, "bits_int32", wide == JIT_F32 ? 32 : 64);
    hc_json_u64(out, "rest",
                result("rest", whole(JIT_I64, (uint64_t)-7), whole(JIT_I64, 3), 2).as.u);
    hc_json_u64(out, "half", result("half", whole(JIT_I64, 5), whole(JIT_I64, 0), 1).as.u);
    hc_json_u64(out, "wrapped",
                result("add", whole(JIT_U64, UINT64_MAX), whole(JIT_U64, 3), 2).as.u);
    CHECK_HC(ask(jit->inspect(module, "power", "(float64, int64)", JIT_TYPES, &text)));
    hc_json_u64(out, "floats", occurrences(text, ": float64 = "));
    free(text);
    jit->unload(module);
    return hc_end();
}
