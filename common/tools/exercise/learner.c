// SPDX-License-Identifier: MIT
/* The learner's folder: ./exercises, or HC_EXERCISES, or --dir. It holds one folder for each
 * exercise that was started, with a copy of the starter. The cookbook's own files are never worked
 * on, nothing there is overwritten, and reset puts the old work aside instead of throwing it away.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <limits.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exercise.h"

#define MARKER ".hc_exercises"  /* `archive` leaves out every folder that has it */
#define MEMORY ".progress.json" /* in the folder of each exercise */

char *learner_folder(const Options *options, const Exercise *exercise) {
    return text_format("%s/%s", options->dir, exercise->name);
}

/* The real path of a folder of which the last parts may not exist yet; to be freed. */
static char *real_path(const char *path) {
    char *copy = *path == '/' ? text_format("%s", path) : text_format("./%s", path);
    char *rest = text_format("%s", ""), found[PATH_MAX];
    while (!realpath(copy, found)) {
        char *slash = strrchr(copy, '/');
        if (!slash || slash == copy) {
            snprintf(found, sizeof found, "/");
            break;
        }
        char *longer = text_format("%s%s", slash, rest);
        free(rest);
        rest = longer;
        *slash = '\0';
    }
    char *result = text_format("%s%s", strcmp(found, "/") == 0 ? "" : found, rest);
    free(copy);
    free(rest);
    return result;
}

int learner_dir_allowed(const Options *options) {
    /* What a checkout has of its own; another folder in it, as ./exercises, is the learner's. */
    static const char *const own[] = {"",       "recipes", "common", "kernels",       "tests",
                                      "book",   "cmake",   ".git",   ".devcontainer", ".ci",
                                      ".github"};
    char *dir = real_path(options->dir), *root = real_path(options->root);
    size_t length = strlen(root);
    bool refused = false;
    if (strncmp(dir, root, length) == 0 && (dir[length] == '/' || dir[length] == '\0')) {
        const char *below = dir + length + (dir[length] == '/');
        size_t first = strcspn(below, "/");
        for (size_t i = 0; i < sizeof own / sizeof own[0]; i++)
            refused = refused || (strlen(own[i]) == first && strncmp(below, own[i], first) == 0);
    }
    free(root);
    free(dir);
    if (!refused) return HC_OK;
    return hc_set_error(HC_USAGE, 0, NULL, "give another folder by --dir or HC_EXERCISES",
                        "%s belongs to the cookbook; exercises are done on copies", options->dir);
}

bool learner_started(const Options *options, const Exercise *exercise) {
    char *folder = learner_folder(options, exercise);
    bool there = file_exists(folder);
    free(folder);
    return there;
}

int not_started(const Exercise *exercise, const Options *options) {
    return hc_set_error(HC_USAGE, 0, NULL,
                        "begin with ./cook exercise start NAME, or say where it is by --dir",
                        "%s is not started in %s", exercise->name, options->dir);
}

const char *learner_state(const Options *options, const Exercise *exercise) {
    char *folder = learner_folder(options, exercise);
    bool there = file_exists(folder), passed = learner_recall(folder, "passed");
    free(folder);
    return !there ? "new" : passed ? "passed" : "started";
}

int learner_start(const Options *options, const Exercise *exercise) {
    char *folder = learner_folder(options, exercise);
    char *starter = text_format("%s/starter", exercise->folder);
    char *task = text_format("%s/task.md", exercise->folder);
    char *copy = text_format("%s/task.md", folder);
    char *marker = text_format("%s/" MARKER, options->dir);
    int status = learner_dir_allowed(options);
    if (status == HC_OK && file_exists(folder))
        status = hc_set_error(HC_USAGE, 0, NULL,
                              "go on with it, or begin anew: ./cook exercise reset NAME",
                              "%s is there already", folder);
    if (status == HC_OK) status = folder_copy(starter, folder);
    if (status == HC_OK) status = file_copy(task, copy);
    if (status == HC_OK)
        status = file_write(marker, "A learner's work; ./cook exercise archive leaves it out.\n");
    if (status == HC_OK) {
        const cJSON *file;
        printf("Started: %s/\n", folder);
        printf("  read     task.md (or ./cook exercise show %s)\n", exercise->name);
        cJSON_ArrayForEach(file, exercise_list(exercise, "files"))
            printf("  edit     %s\n", file->valuestring);
        printf("  check    ./cook exercise check %s\n", exercise->name);
        printf("  stuck?   ./cook exercise hint %s\n", exercise->name);
    }
    free(marker);
    free(copy);
    free(task);
    free(starter);
    free(folder);
    return status;
}

int learner_reset(const Options *options, const Exercise *exercise) {
    if (!learner_started(options, exercise)) return learner_start(options, exercise);
    int status = learner_dir_allowed(options);
    if (status != HC_OK) return status;
    char *folder = learner_folder(options, exercise), *backup = NULL;
    for (int i = 1; !backup; i++) {
        backup = text_format("%s.backup-%d", folder, i);
        if (!file_exists(backup)) break;
        free(backup);
        backup = NULL;
    }
    if (rename(folder, backup) != 0)
        status = hc_set_error(HC_ERROR, errno, NULL, "", "cannot move %s to %s: %s", folder, backup,
                              strerror(errno));
    if (status == HC_OK) {
        printf("Your work so far: %s/\n", backup);
        status = learner_start(options, exercise);
    }
    free(backup);
    free(folder);
    return status;
}

static cJSON *memory_of(const char *folder) {
    char *path = text_format("%s/" MEMORY, folder), *text = file_read(path);
    cJSON *memory = text ? cJSON_Parse(text) : NULL;
    free(text);
    free(path);
    if (cJSON_IsObject(memory)) return memory;
    cJSON_Delete(memory);
    return cJSON_CreateObject();
}

int learner_recall(const char *folder, const char *key) {
    cJSON *memory = memory_of(folder), *item = cJSON_GetObjectItemCaseSensitive(memory, key);
    int value = cJSON_IsNumber(item) ? item->valueint : 0;
    cJSON_Delete(memory);
    return value;
}

int learner_remember(const char *folder, const char *key, int value) {
    cJSON *memory = memory_of(folder);
    cJSON_DeleteItemFromObjectCaseSensitive(memory, key);
    cJSON_AddNumberToObject(memory, key, value);
    char *text = cJSON_Print(memory), *path = text_format("%s/" MEMORY, folder);
    int status =
        text ? file_write(path, text) : hc_set_error(HC_ERROR, ENOMEM, "ENOMEM", NULL, "no memory");
    free(path);
    free(text);
    cJSON_Delete(memory);
    return status;
}
