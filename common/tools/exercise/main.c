// SPDX-License-Identifier: MIT
/* The exercise runner, behind ./cook exercise: it reads the command line and hands over.
 *
 *   hc_exercise --root COOKBOOK --build TREE COMMAND [WORDS] [OPTIONS]     --help lists them
 *
 * CTest starts it as `case`, for one case of a check; nobody types that.
 */
#define _XOPEN_SOURCE 700
#include <getopt.h>
#include <unistd.h>

#include "exercise.h"

static void usage(FILE *out) {
    fputs(
        "Usage: ./cook exercise COMMAND [OPTIONS]\n"
        "\n"
        "  list              the exercises, and how far you are\n"
        "  show NAME         the task\n"
        "  start NAME        make your copy of it, in ./exercises\n"
        "  check [NAME]      check it; without NAME: all that you have started\n"
        "  watch [NAME]      check it at every change, until it passes; without NAME: one by one\n"
        "  hint NAME         the next hint\n"
        "  reset NAME        begin anew; your work is kept as a backup\n"
        "  solution NAME     a solution, after you have passed\n"
        "  progress          how far you are; for teachers: progress FOLDER..., a line for each\n"
        "  archive FILE      for teachers: FILE.tar.gz, the cookbook without solutions\n"
        "  prove NAME        for teachers: does it fail before and pass after it is solved?\n"
        "\n"
        "NAME may be a part of the name that no other exercise has.\n"
        "\n"
        "  --dir FOLDER      your exercises (default: HC_EXERCISES, else ./exercises)\n"
        "  --seed S          check with the same input again\n"
        "  --seconds S       time limit of one case (default 10)\n"
        "  --json            check: one JSON object (common/tools/exercise/check.schema.json);\n"
        "                    progress: likewise (progress.schema.json)\n"
        "  --junit FILE      check: JUnit XML as well\n"
        "  --yes             solution: show it though you have not passed\n"
        "\n"
        "Exit codes: 0 passed, 1 not passed, 2 usage, 3 run-time error, 4 does not compile,\n"
        "77 what is needed is absent, 130 interrupted\n",
        out);
}

static int complain(int status) {
    const HcError *error = hc_last_error();
    fflush(stdout);
    fprintf(stderr, "exercise: %s\n", error->message);
    if (error->detail) fprintf(stderr, "%s\n", error->detail);
    if (*error->hint) fprintf(stderr, "    hint: %s\n", error->hint);
    return status;
}

static int bad_usage(const char *format, const char *word) {
    return hc_set_error(HC_USAGE, 0, NULL, "./cook exercise --help", format, word);
}

static int read_count(const char *option, const char *text, uint64_t max, uint64_t *value) {
    if (text && hc_parse_count(text, max, value)) return HC_OK;
    return hc_set_error(HC_USAGE, 0, NULL, NULL, "%s: '%s' is not a number it can take", option,
                        text ? text : "");
}

static int read_options(Options *options, int argc, char **argv, bool *help) {
    enum { ROOT = 256, BUILD, DIR_, SEED, SECONDS, JSON, JUNIT, YES, HELP };
    static const struct option table[] = {{"root", required_argument, NULL, ROOT},
                                          {"build", required_argument, NULL, BUILD},
                                          {"dir", required_argument, NULL, DIR_},
                                          {"seed", required_argument, NULL, SEED},
                                          {"seconds", required_argument, NULL, SECONDS},
                                          {"json", no_argument, NULL, JSON},
                                          {"junit", required_argument, NULL, JUNIT},
                                          {"yes", no_argument, NULL, YES},
                                          {"help", no_argument, NULL, HELP},
                                          {NULL, 0, NULL, 0}};
    const char *dir = getenv("HC_EXERCISES"), *seed = getenv("HC_EXERCISE_SEED");
    const char *seconds = getenv("HC_EXERCISE_SECONDS");
    uint64_t limit = 10;
    *options =
        (Options){.dir = dir && *dir ? dir : "exercises", .build = "build/release", .root = "."};
    *help = false;
    opterr = 0;
    int status = HC_OK;
    if (seconds) status = read_count("HC_EXERCISE_SECONDS", seconds, 3600, &limit);
    if (seed && status == HC_OK) {
        options->has_seed = true;
        status = read_count("HC_EXERCISE_SEED", seed, UINT32_MAX, &options->seed);
    }
    for (int c; status == HC_OK && (c = getopt_long(argc, argv, "h", table, NULL)) != -1;)
        switch (c) {
        case ROOT: options->root = optarg; break;
        case BUILD: options->build = optarg; break;
        case DIR_: options->dir = optarg; break;
        case SEED:
            options->has_seed = true;
            status = read_count("--seed", optarg, UINT32_MAX, &options->seed);
            break;
        case SECONDS: status = read_count("--seconds", optarg, 3600, &limit); break;
        case JSON: options->json = true; break;
        case JUNIT: options->junit = optarg; break;
        case YES: options->yes = true; break;
        case HELP:
        case 'h': *help = true; break;
        default: return bad_usage("unknown option, or one without its value: %s", argv[optind - 1]);
        }
    if (status == HC_OK && limit == 0) status = bad_usage("%s: at least 1", "--seconds");
    options->seconds = (unsigned)limit;
    if (status == HC_OK && !*options->dir) status = bad_usage("%s: the name is empty", "--dir");
    return status;
}

/* case EXERCISE_FOLDER WORK LEARNER WHAT VARIANT TOOL; an empty variant is "-". */
static int run_case(const Options *options, char **words, int count) {
    Exercise exercise;
    if (count != 6) return bad_usage("%s", "case: six words");
    int status = exercise_read(words[0], &exercise);
    const char *variant = strcmp(words[4], "-") == 0 ? "" : words[4];
    if (status == HC_OK)
        status = case_run(
            &(CaseOrder){options, &exercise, words[1], words[2], words[3], variant, words[5]});
    exercise_free(&exercise);
    return status;
}

static int dispatch(const Options *options, const char *command, char **words, int count) {
    static const struct {
        const char *name;
        int least, most; /* words after it */
    } commands[] = {{"list", 0, 0},  {"show", 1, 1},  {"start", 1, 1},        {"check", 0, 1},
                    {"hint", 1, 1},  {"reset", 1, 1}, {"solution", 1, 1},     {"archive", 1, 1},
                    {"prove", 1, 2}, {"watch", 0, 1}, {"progress", 0, 10000}, {"case", 6, 6}};
    size_t known = 0;
    while (known < sizeof commands / sizeof commands[0] &&
           strcmp(commands[known].name, command) != 0)
        known++;
    if (known == sizeof commands / sizeof commands[0])
        return bad_usage("no command is called '%s'", command);
    if (count < commands[known].least) return bad_usage("%s: which one?", command);
    if (count > commands[known].most) return bad_usage("too many words after %s", command);
    if (strcmp(command, "case") == 0) return run_case(options, words, count);
    if (strcmp(command, "archive") == 0) return command_archive(options, words[0]);

    Catalog catalog;
    const Exercise *exercise = NULL;
    int status = catalog_load(options->root, &catalog);
    bool check = strcmp(command, "check") == 0, watch = strcmp(command, "watch") == 0;
    bool progress = strcmp(command, "progress") == 0, finds = !check && !watch && !progress;
    if (status == HC_OK && count && finds) status = catalog_find(&catalog, words[0], &exercise);
    if (status == HC_OK) {
        if (check) status = command_check(options, &catalog, count ? words[0] : NULL);
        else if (watch) status = command_watch(options, &catalog, count ? words[0] : NULL);
        else if (progress) status = command_progress(options, &catalog, words, count);
        else if (strcmp(command, "list") == 0) status = command_list(options, &catalog);
        else if (strcmp(command, "show") == 0) status = command_show(options, exercise);
        else if (strcmp(command, "start") == 0) status = learner_start(options, exercise);
        else if (strcmp(command, "hint") == 0) status = command_hint(options, exercise);
        else if (strcmp(command, "reset") == 0) status = learner_reset(options, exercise);
        else if (strcmp(command, "solution") == 0) status = command_solution(options, exercise);
        else status = command_prove(options, exercise, count > 1 ? words[1] : NULL);
    }
    catalog_free(&catalog);
    return status;
}

int main(int argc, char **argv) {
    Options options;
    bool help;
    int status = read_options(&options, argc, argv, &help);
    if (status != HC_OK) return complain(status);
    if (help || optind == argc) {
        usage(help ? stdout : stderr);
        return help ? HC_OK : HC_USAGE;
    }
    forward_signals(strcmp(argv[optind], "case") == 0);
    hc_set_error(HC_OK, 0, NULL, NULL, "%s", "");
    status = dispatch(&options, argv[optind], argv + optind + 1, argc - optind - 1);
    if (status != HC_OK && *hc_last_error()->message) return complain(status);
    if (fflush(stdout) != 0 || ferror(stdout)) {
        hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot write to stdout");
        return complain(HC_ERROR);
    }
    return status;
}
