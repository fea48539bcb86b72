// SPDX-License-Identifier: MIT
/* The students' archive: the cookbook without solutions, without the wrong solutions that prove the
 * checker, without the history in which both could be found, and without what is built or a
 * learner's. The two tuned programs tar and gzip do the work.
 */
#define _XOPEN_SOURCE 700
#include <limits.h>

#include "exercise.h"

int command_archive(const Options *options, const char *file) {
    char root[PATH_MAX], here[PATH_MAX];
    const char *slash = strrchr(file, '/');
    char *parent = slash ? text_format("%.*s", (int)(slash - file + 1), file) : text_format(".");
    if (!realpath(options->root, root) || !realpath(parent, here)) {
        free(parent);
        return hc_set_error(HC_USAGE, 0, NULL, "name a file in a folder that exists",
                            "cannot write %s: no such folder", file);
    }
    free(parent);
    char *target = text_format("%s/%s", here, slash ? slash + 1 : file);
    char *aside = text_format("%s.part", target); /* a broken archive must not look like one */
    char *self = text_format("--exclude=%s.part", slash ? slash + 1 : file);
    const char *const argv[] = {"tar",
                                "--create",
                                "--gzip",
                                "--file",
                                aside,
                                "--directory",
                                root,
                                "--owner=0",
                                "--group=0",
                                "--numeric-owner",
                                "--sort=name",
                                "--anchored",
                                "--wildcards",
                                "--exclude=./build",
                                "--exclude=./.git",
                                "--exclude=./.cache",
                                "--exclude=./tests/exercises",
                                "--exclude=./recipes/*/build",
                                "--exclude=./*/exercises/*/solution",
                                "--exclude=./*/exercises/*/wrong",
                                "--no-anchored",
                                "--exclude=__pycache__",
                                self,
                                "--exclude=*.tar.gz",
                                "--exclude-tag-all=.hc_exercises",
                                "--transform=s,^\\.,heterogeneous_computing_cookbook,",
                                ".",
                                NULL};
    Ended ended;
    int status = run_program(argv, NULL, 300, 1 << 20, &ended);
    if (status == HC_OK && ended.code != 0)
        status = hc_set_error(HC_ERROR, ended.code, NULL, NULL, "tar failed: %.400s", ended.err);
    if (status == HC_OK && rename(aside, target) != 0)
        status = hc_set_error(HC_ERROR, 0, NULL, NULL, "cannot write %s", target);
    if (status != HC_OK) remove(aside);
    else printf("%s: the cookbook without solutions\n", target);
    ended_free(&ended);
    free(self);
    free(aside);
    free(target);
    return status;
}
