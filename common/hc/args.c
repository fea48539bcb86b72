// SPDX-License-Identifier: MIT
/* Arguments: one table of options, read by getopt_long and by --help.
 * Every number is checked to its last character: "12x", "-1" and 1e9999 are errors, not 12, huge
 * and infinity, as strtol and atof would have it.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <getopt.h>
#include <math.h>

#include "internal.h"

enum { MAX_OPTIONS = 40 };

bool hc_parse_count(const char *text, uint64_t max, uint64_t *value) {
    uint64_t v = 0;
    if (!*text) return false;
    for (const char *p = text; *p; p++)
        if (*p < '0' || *p > '9' || __builtin_mul_overflow(v, 10u, &v) ||
            __builtin_add_overflow(v, (uint64_t)(*p - '0'), &v))
            return false;
    if (v > max) return false;
    *value = v;
    return true;
}

/* "640x480" to {640, 480}; returns how many numbers, or 0 if it is not a shape. */
static int parse_shape(const char *text, size_t size[3]) {
    char copy[72];
    int rank = 0;
    if (strlen(text) >= sizeof copy) return 0;
    for (char *part = strcpy(copy, text), *next; part; part = next) {
        uint64_t v;
        if ((next = strchr(part, 'x')) != NULL) *next++ = '\0';
        if (rank == 3 || !hc_parse_count(part, SIZE_MAX, &v)) return 0;
        size[rank++] = (size_t)v;
    }
    return rank;
}

static const char *shape_word(int rank) {
    return rank == 2 ? "MxN" : rank == 3 ? "MxKxN" : rank < 0 ? "N, NxN or NxNxN" : "N";
}

static bool is_choice(const char *values, const char *text) {
    size_t length = strlen(text);
    for (const char *p = values; length && p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL)
        if (strcspn(p, "|") == length && memcmp(p, text, length) == 0) return true;
    return false;
}

static int take_value(const HcOption *option, const char *text, const HcRecipe *recipe) {
    const char *wrong = NULL, *values = "";
    char *end;
    uint64_t count = 0;
    size_t size[3] = {1, 1, 1}; /* for those that are not given */
    int rank;
    double real;
    switch (option->kind) {
    case HC_KIND_FLAG: *(bool *)option->value = true; break;
    case HC_KIND_TEXT: *(const char **)option->value = text; break;
    case HC_KIND_CHOICE:
        if (!is_choice(option->values, text)) wrong = "must be one of ", values = option->values;
        else *(const char **)option->value = text;
        break;
    case HC_KIND_COUNT:
        if (!hc_parse_count(text, SIZE_MAX, &count))
            wrong = "not a count (decimal digits only, at most 64 bits)";
        else *(size_t *)option->value = (size_t)count;
        break;
    case HC_KIND_SEED:
        if (!hc_parse_count(text, UINT64_MAX, (uint64_t *)option->value))
            wrong = "not a seed (decimal digits only, at most 64 bits)";
        break;
    case HC_KIND_REPEAT:
        if (!hc_parse_count(text, 1000000, &count) || count == 0)
            wrong = "not a number of repetitions, 1 to 1000000";
        else *(unsigned *)option->value = (unsigned)count;
        break;
    case HC_KIND_SHAPE:
        rank = parse_shape(text, size);
        if (rank == 0 || (recipe->rank > 0 && rank != recipe->rank))
            return hc_set_error(HC_USAGE, 0, NULL, NULL,
                                "--size %s: not a size (%s, decimal digits only, at most 64 bits)",
                                text, shape_word(recipe->rank));
        memcpy(option->value, size, sizeof size);
        break;
    case HC_KIND_REAL:
        errno = 0;
        real = strtod(text, &end);
        if (end == text || *end || errno == ERANGE || !isfinite(real))
            wrong = "not a finite number";
        else *(double *)option->value = real;
        break;
    case HC_KIND_END: break;
    }
    const char *name = option->name;
    if (!wrong) return HC_OK;
    return hc_set_error(HC_USAGE, 0, NULL, NULL, "--%s %s: %s%s", name, text, wrong, values);
}

/* The options of every recipe, pointing into args. Returns how many. */
static size_t common_options(HcArgs *args, const HcRecipe *recipe, HcOption *out) {
    const HcOption table[] = {
        {HC_KIND_SHAPE, "size", args->size, shape_word(recipe->rank),
         "size of the problem (also -n)"},
        {HC_KIND_SEED, "seed", &args->seed, "S", "seed of the random input"},
        {HC_KIND_REPEAT, "repeat", &args->repeat, "R", "how often to measure"},
        HC_TEXT("device", &args->device, "SPEC",
                "cpu, opencl, opencl:P[:D], cuda[:N], sim, or part of a device's name"),
        HC_FLAG("list-devices", &args->list_devices, "list the devices this recipe can use"),
        HC_REAL("timeout", &args->timeout_s, "S", "stop after S seconds with exit code 124"),
        HC_TEXT("kernel-dir", &args->kernel_dir, "DIR", "load kernels from DIR"),
        HC_FLAG("no-cache", &args->no_cache, "compile kernels anew"),
        HC_FLAG("explain", &args->explain, "show each API call, bytes moved and time, on stderr"),
        HC_FLAG("json", &args->json, "print one JSON object instead of text"),
        HC_FLAG("quiet", &args->quiet, "print errors only"),
        HC_FLAG("help", &args->help, "this text (also -h)"),
        HC_FLAG("version", &args->version, "version of the cookbook"),
    };
    memcpy(out, table, sizeof table);
    return sizeof table / sizeof table[0];
}

int hc_parse_args(HcArgs *args, const HcRecipe *recipe, int argc, char **argv) {
    *args = (HcArgs){.seed = 1, .repeat = recipe->repeat, .timeout_s = (double)NAN};
    memcpy(args->size, recipe->size, sizeof args->size);
    HcOption options[MAX_OPTIONS];
    size_t count = common_options(args, recipe, options);
    for (const HcOption *o = recipe->options; o && o->kind != HC_KIND_END; o++)
        if (count < MAX_OPTIONS) options[count++] = *o;

    struct option names[MAX_OPTIONS + 1] = {{0}};
    for (size_t i = 0; i < count; i++) {
        int wants = options[i].kind == HC_KIND_FLAG ? no_argument : required_argument;
        names[i] = (struct option){options[i].name, wants, NULL, 256 + (int)i};
    }
    optind = opterr = 0; /* begin anew, also in the middle of an argument: glibc's, musl's way */
    for (int c; (c = getopt_long(argc, argv, ":n:h", names, NULL)) != -1;) {
        const char letter[3] = {'-', (char)optopt, '\0'}; /* 0 for an unknown long option */
        const char *seen = optopt > 0 && optopt < 256 ? letter : argv[optind > 0 ? optind - 1 : 0];
        if (c == 'n') c = 256; /* "size" is the first option */
        if (c == 'h') args->help = true;
        if (c == ':') return hc_set_error(HC_USAGE, 0, NULL, NULL, "%s: needs a value", seen);
        if (c == '?')
            return hc_set_error(HC_USAGE, 0, NULL, NULL, "%s: %s", seen,
                                optopt < 256 ? "unknown option" : "takes no value");
        if (c < 256) continue;
        int status = take_value(&options[c - 256], optarg ? optarg : "", recipe);
        if (status != HC_OK) return status;
    }
    if (optind < argc)
        return hc_set_error(HC_USAGE, 0, NULL, NULL, "%s: unexpected argument", argv[optind]);
    if (isnan(args->timeout_s)) args->timeout_s = 0; /* not given */
    else if (!(args->timeout_s > 0 && args->timeout_s <= 1e9))
        return hc_set_error(HC_USAGE, 0, NULL, NULL, "--timeout: must be over 0 and at most 1e9 s");
    return HC_OK;
}

static void print_option(const HcOption *option, FILE *out) {
    char left[64];
    snprintf(left, sizeof left, "--%s%s%s", option->name, option->values ? " " : "",
             option->values ? option->values : "");
    fprintf(out, "  %-28s %s", left, option->help);
    if (option->kind == HC_KIND_CHOICE)
        fprintf(out, " (default %s)", *(const char **)option->value);
    if (option->kind == HC_KIND_COUNT) fprintf(out, " (default %zu)", *(size_t *)option->value);
    if (option->kind == HC_KIND_REAL && *(double *)option->value != 0)
        fprintf(out, " (default %g)", *(double *)option->value);
    fputc('\n', out);
}

/* Options that a recipe accepts, so that all can be called alike, but that change nothing in it. */
static bool has_effect(const HcOption *option, const HcRecipe *recipe) {
    if (option->kind == HC_KIND_SHAPE) return recipe->rank != 0;
    if (option->kind == HC_KIND_SEED) return recipe->random;
    if (option->kind == HC_KIND_REPEAT) return recipe->repeat > 0;
    return true;
}

void hc_print_help(const HcRecipe *recipe, FILE *out) {
    HcArgs args = {0};
    HcOption options[MAX_OPTIONS];
    size_t count = common_options(&args, recipe, options);
    fprintf(out, "%s: %s\n\nUsage: %s [OPTIONS]\n", recipe->name, recipe->summary, recipe->name);
    if (recipe->options) fputs("\nOptions of this recipe:\n", out);
    for (const HcOption *o = recipe->options; o && o->kind != HC_KIND_END; o++)
        print_option(o, out);
    fputs("\nOptions of every recipe:\n", out);
    for (size_t i = 0; i < count; i++) {
        if (!has_effect(&options[i], recipe)) options[i].help = "accepted, without effect here";
        print_option(&options[i], out);
    }
    if (recipe->rank) {
        fprintf(out, "\nDefaults: --size %zu", recipe->size[0]);
        for (int i = 1; i < recipe->rank; i++) fprintf(out, "x%zu", recipe->size[i]);
        if (recipe->random) fputs(" --seed 1", out);
        if (recipe->repeat) fprintf(out, " --repeat %u", recipe->repeat);
        fputc('\n', out);
    }
    fputs(
        "Environment: HC_DEVICE (as --device), HC_KERNEL_DIR (as --kernel-dir), NO_COLOR.\n"
        "Exit codes: 0 ok and verified, 1 wrong result, 2 usage, 3 run-time error, 4 kernel build\n"
        "error, 77 hardware or library absent, 124 --timeout reached, 130 interrupted.\n",
        out);
}
