// SPDX-License-Identifier: MIT
/* exercise.h - the exercise runner: what its files hand to each other.
 *
 * An exercise is a folder recipes/NN_recipe/exercises/NAME; exercise.json in it says what to edit
 * and how it is checked. The learner works on a copy in a folder of their own. To check it, CMake
 * makes a small CTest project of it; each of its tests starts this program again to run one case
 * under limits. What the cases found is put together into one verdict, in words.
 */
#ifndef EXERCISE_H
#define EXERCISE_H
#include <cjson/cJSON.h>

#include "hc.h"

typedef struct Options {
    const char *root, *build; /* the cookbook, and its build tree */
    const char *dir;          /* the learner's folder of exercises */
    const char *junit;        /* --junit FILE, or NULL */
    bool json, yes, has_seed;
    uint64_t seed;
    unsigned seconds; /* wall-clock limit of one case */
} Options;

typedef struct Exercise {
    const char *name; /* its folder's name, 08_complete_the_kernel */
    char *folder;     /* its full path */
    cJSON *json;      /* exercise.json, checked by catalog.c */
} Exercise;

typedef struct Catalog {
    Exercise *items; /* sorted by name */
    size_t count;
} Catalog;

/* ---- catalog.c: which exercises there are ---- */
int catalog_load(const char *root, Catalog *catalog);
void catalog_free(Catalog *catalog);
/* catalog_find - the one exercise that name, or a part of it, means; else HC_USAGE with the list.
 * */
int catalog_find(const Catalog *catalog, const char *name, const Exercise **found);
int exercise_read(const char *folder, Exercise *exercise);
void exercise_free(Exercise *exercise);
/* exercise_text - a text of exercise.json; NULL if it is absent. exercise_list - an array, maybe
 * NULL. */
const char *exercise_text(const Exercise *exercise, const char *key);
const cJSON *exercise_list(const Exercise *exercise, const char *key);
const char *check_text(const Exercise *exercise, const char *key);
/* is_program - the learner writes a C program, not a kernel for a recipe; has_answers - or numbers.
 * */
bool is_program(const Exercise *exercise);
bool has_answers(const Exercise *exercise);
/* is_ptx - a kernel in PTX text, whose own check program runs it on cusim. */
bool is_ptx(const Exercise *exercise);
bool has_solution(const Exercise *exercise);
/* uses_cuda - its programs run on a CUDA device, and again under cusim's checks. */
bool uses_cuda(const Exercise *exercise);

/* ---- files.c ---- */
char *text_format(const char *format, ...)
    HC_PRINTF(1, 2);               /* to be freed; ends the program without memory */
char *file_read(const char *path); /* NULL with errno if it cannot be read */
int file_write(const char *path, const char *text); /* all three: HC_OK, or an error that is set */
int file_copy(const char *from, const char *to);
int folder_make(const char *path);                 /* with the folders above it */
int folder_copy(const char *from, const char *to); /* its plain files; what is there is replaced */
int folder_remove(const char *path);
bool file_exists(const char *path);
bool file_same(const char *a, const char *b);
/* folder_names - sorted names in a folder, without hidden ones; NULL-terminated, free with
 * names_free. */
char **folder_names(const char *path);
void names_free(char **names);
/* lock_take - wait until this process alone holds the lock file; lock_drop gives it back. */
int lock_take(const char *path, int *lock);
void lock_drop(int lock);

/* ---- spawn.c: run a program under limits ---- */
typedef struct Ended {
    int code;   /* exit code; -1 if a signal ended it */
    int signal; /* that signal, or 0 */
    bool timed_out, flooded;
    char *out, *err; /* the beginning of what it printed */
    double ms;
} Ended;

/* run_program - run argv[0] (looked up in PATH) in a process group of its own and wait.
 *   change   NULL-terminated: "NAME=VALUE" sets, "NAME" removes a variable; NULL: none
 *   limits   after seconds, or more than max_output bytes printed, the whole group is killed
 *   errors   HC_ERROR if it cannot be started. ended is to be given to ended_free in any case. */
int run_program(const char *const *argv, const char *const *change, double seconds,
                size_t max_output, Ended *ended);
void ended_free(Ended *ended);
/* forward_signals - Ctrl-C ends the program being run, too. is_case: it is the learner's. */
void forward_signals(bool is_case);

/* ---- learner.c: the learner's folder ---- */
char *learner_folder(const Options *options, const Exercise *exercise); /* to be freed */
int learner_dir_allowed(const Options *options); /* HC_USAGE for a folder of the cookbook's own */
int learner_start(const Options *options, const Exercise *exercise);
int learner_reset(const Options *options, const Exercise *exercise);
bool learner_started(const Options *options, const Exercise *exercise);
/* learner_state - "new", "started" or "passed" */
const char *learner_state(const Options *options, const Exercise *exercise);
/* not_started - sets and returns HC_USAGE, with what to do. */
int not_started(const Exercise *exercise, const Options *options);
/* The small file in the learner's folder that remembers: "hints" shown, "checks" done, "passed" 0
 * or 1. */
int learner_recall(const char *folder, const char *key);
int learner_remember(const char *folder, const char *key, int value);

/* ---- case.c, case_*.c, oclgrind.c, cusim.c: one case, in a process of its own ---- */
typedef enum CaseStatus {
    CASE_PASSED,
    CASE_WRONG,   /* a wrong result */
    CASE_REPORT,  /* a right result, but the checker found a fault in the kernel */
    CASE_BUILD,   /* a kernel did not compile */
    CASE_CRASH,   /* ended by touching memory that is not there, and the like */
    CASE_TIMEOUT, /* did not end */
    CASE_FLOOD,   /* printed without end */
    CASE_ERROR,   /* ended with an error of its own */
    CASE_SKIP,    /* what it needs is absent */
    CASE_NOT_RUN, /* an earlier case did not end, so this one was not tried */
    CASE_STATUSES
} CaseStatus;
extern const char *const case_status_names[CASE_STATUSES];

typedef struct Case {
    char name[96];    /* n257.f32.races */
    char variant[32]; /* f32; "" if there is only one */
    char tool[16];    /* plain, bounds, races, uninit, sim; answer for a question; ptx */
    char device[256]; /* what it ran on; "" if that is not known */
    bool has_n;       /* n counts */
    uint64_t n;       /* elements */
    char size[48];    /* the same as the program takes it: "257", "33x7" */
    CaseStatus status;
    uint64_t wrong, first; /* CASE_WRONG: how many elements differ, and the first of them */
    char *message;         /* one sentence, or NULL */
    char *detail;          /* a log and the like, or NULL */
    double ms;
} Case;

/* What main hands to `case`: its words stand in harness/CMakeLists.txt. */
typedef struct CaseOrder {
    const Options *options;
    const Exercise *exercise;
    const char *work, *learner;        /* the check's own folder, and the learner's */
    const char *what, *variant, *tool; /* "257", "33x7", "prime" or a question */
} CaseOrder;
int case_run(const CaseOrder *order); /* writes WORK/results/NAME.json; returns CTest's exit code */
void case_run_program(const CaseOrder *order, Case *result);
void case_run_ptx(const CaseOrder *order, Case *result);
void case_run_answer(const CaseOrder *order, Case *result);
/* case_judge_end - set status and words for every way to end but 0; false if it ended with 0. */
bool case_judge_end(const CaseOrder *order, const Ended *ended, Case *result);
char *shared_program(const Options *options, const char *name); /* its path, to be freed */
/* shared_cusim - HC_CUSIM_DIR=FOLDER if a cusim was built for the checks, which programs would not
 * find; else NULL. To be freed. */
char *shared_cusim(const Options *options);
cJSON *case_to_json(const Case *result);
bool case_from_json(const cJSON *json, Case *result);
void case_free(Case *result);

/* oclgrind_translate - the report that oclgrind left in file as a sentence, to be freed; NULL if it
 * has nothing to say. kernel is the name that the learner knows the file by. */
char *oclgrind_translate(const char *report, const char *kernel);

/* cusim_translate - the first report of cusim's checks in what a program printed, as a sentence, to
 * be freed; NULL if there is none. */
char *cusim_translate(const char *err);

/* ---- check.c, verdict.c, report.c ---- */
typedef enum VerdictStatus {
    PASSED,
    NOT_PASSED,
    NOT_BUILT,
    CANNOT_TELL,
    FAILED_TO_RUN
} VerdictStatus;

typedef struct Verdict {
    const Exercise *exercise;
    VerdictStatus status;
    bool untouched; /* the learner has not changed the starter yet */
    uint64_t seed;
    double ms;
    Case *cases;
    size_t count;
    char *message; /* what is wrong, in words */
    char *detail;  /* a compiler's log; NULL if there is none */
    char *note;    /* what could not be checked; NULL if all was */
    char *program; /* how the learner's program can be run by hand; NULL if there is none */
} Verdict;

/* check_exercise - check the learner's files; the verdict is filled in any case.
 *   errors  none to the caller: what went wrong outside the learner's work is FAILED_TO_RUN */
void check_exercise(const Options *options, const Exercise *exercise, const char *learner,
                    uint64_t seed, Verdict *verdict);
void verdict_find_words(Verdict *verdict); /* status, message, detail and note from the cases */
void verdict_free(Verdict *verdict);
int verdict_code(const Verdict *verdict); /* the exit code */
void verdict_print(const Verdict *verdict, const char *learner);
int verdicts_json(const Verdict *verdicts, size_t count);
int verdicts_junit(const char *path, const Verdict *verdicts, size_t count);

/* ---- commands.c, watch.c, progress.c, archive.c, prove.c ---- */
/* check_started - check what was started, print the verdict, remember it; returns the exit code. */
int check_started(const Options *options, const Exercise *exercise);
int command_list(const Options *options, const Catalog *catalog);
int command_show(const Options *options, const Exercise *exercise);
int command_hint(const Options *options, const Exercise *exercise);
int command_solution(const Options *options, const Exercise *exercise);
int command_check(const Options *options, const Catalog *catalog, const char *name);
/* command_watch - check again at every change, until it passes; NULL: one after the other. */
int command_watch(const Options *options, const Catalog *catalog, const char *name);
/* command_progress - of options->dir, or of each of these folders. */
int command_progress(const Options *options, const Catalog *catalog, char **folders, int count);
int command_archive(const Options *options, const char *file);
int command_prove(const Options *options, const Exercise *exercise, const char *which);

#endif
