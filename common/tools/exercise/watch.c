// SPDX-License-Identifier: MIT
/* Watch an exercise: check it now, and again whenever one of its files is saved, until it passes.
 * The files are read several times a second and compared with what they were. That is slower than
 * to be told by the kernel (inotify), but works on every file system, network drives and the
 * Windows side of WSL included; and a file that is saved without a change is not checked again.
 */
#define _XOPEN_SOURCE 700
#include <time.h>

#include "exercise.h"

enum { LOOK_MS = 250 };

/* All that the learner edits, as one text; to be freed. */
static char *contents(const Exercise *exercise, const char *folder) {
    char *all = text_format("%s", "");
    const cJSON *file;
    cJSON_ArrayForEach(file, exercise_list(exercise, "files")) {
        char *path = text_format("%s/%s", folder, file->valuestring), *text = file_read(path);
        char *longer =
            text_format("%s%s\n%s\n", all, text ? "is there" : "is missing", text ? text : "");
        free(all);
        free(text);
        free(path);
        all = longer;
    }
    return all;
}

static void wait_a_little(void) {
    nanosleep(&(struct timespec){.tv_nsec = LOOK_MS * 1000000L}, NULL);
}

/* Wait until the files are other than before, and stay the same for a moment: an editor may write a
 * file in several steps. */
static void wait_for_change(const Exercise *exercise, const char *folder, const char *before) {
    char *now = contents(exercise, folder);
    for (bool steady = false; !steady || strcmp(now, before) == 0;) {
        wait_a_little();
        char *next = contents(exercise, folder);
        steady = strcmp(now, next) == 0;
        free(now);
        now = next;
    }
    free(now);
}

/* Until it passes, or cannot be checked here, which no change of the files will mend. */
static int watch_one(const Options *options, const Exercise *exercise) {
    char *folder = learner_folder(options, exercise);
    int code;
    for (;;) {
        char *before = contents(exercise, folder);
        code = check_started(options, exercise);
        bool go_on = code == HC_WRONG || code == HC_BUILD;
        if (go_on) {
            time_t now = time(NULL);
            char clock[16];
            strftime(clock, sizeof clock, "%H:%M:%S", localtime(&now));
            printf("\n%s  Watching %s/. Save a file to check again; Ctrl-C ends.\n\n", clock,
                   folder);
            fflush(stdout);
            wait_for_change(exercise, folder, before);
        }
        free(before);
        if (!go_on) break;
    }
    free(folder);
    return code;
}

int command_watch(const Options *options, const Catalog *catalog, const char *name) {
    const Exercise *only = NULL;
    int code = name ? catalog_find(catalog, name, &only) : HC_OK;
    bool any = false;
    if (code != HC_OK) return code;
    if (options->json || options->junit)
        return hc_set_error(HC_USAGE, 0, NULL, "./cook exercise check NAME --json",
                            "watch speaks to people; a report is made by check");
    if (only && !learner_started(options, only)) return not_started(only, options);
    if (only) return watch_one(options, only);
    for (size_t i = 0; i < catalog->count && code == HC_OK; i++) {
        const Exercise *e = &catalog->items[i];
        if (strcmp(learner_state(options, e), "started") != 0) continue;
        if (any) putchar('\n');
        any = true;
        code = watch_one(options, e);
    }
    if (any) return code;
    return hc_set_error(HC_USAGE, 0, NULL,
                        "./cook exercise progress says what there is to begin with",
                        "nothing in %s is started and not passed yet", options->dir);
}
