// SPDX-License-Identifier: MIT
/* How far somebody is: for a learner by recipe, with what to do next; for a teacher a line for each
 * folder that is named, or all of it as JSON. It tells what the folders remember of checks that
 * their owners made, which is a plain file of theirs: to grade, check.
 */
#include "exercise.h"

typedef struct Sum {
    int exercises, started, passed, checks, hints, minutes, minutes_passed;
} Sum;

static void add(const Options *options, const Exercise *e, Sum *sum) {
    char *folder = learner_folder(options, e);
    const char *state = learner_state(options, e);
    int minutes = exercise_list(e, "minutes")->valueint;
    bool passed = strcmp(state, "passed") == 0;
    sum->exercises++;
    sum->started += strcmp(state, "new") != 0;
    sum->passed += passed;
    sum->checks += learner_recall(folder, "checks");
    sum->hints += learner_recall(folder, "hints");
    sum->minutes += minutes;
    sum->minutes_passed += passed ? minutes : 0;
    free(folder);
}

static Sum sum_of(const Options *options, const Catalog *catalog) {
    Sum sum = {0};
    for (size_t i = 0; i < catalog->count; i++) add(options, &catalog->items[i], &sum);
    return sum;
}

/* What to do next: go on with what was started, else the first that is new. */
static void print_next(const Options *options, const Catalog *catalog) {
    const Exercise *fresh = NULL;
    for (size_t i = 0; i < catalog->count; i++) {
        const Exercise *e = &catalog->items[i];
        const char *state = learner_state(options, e);
        if (strcmp(state, "started") == 0) {
            printf("Go on with: ./cook exercise watch %s\n", e->name);
            return;
        }
        if (strcmp(state, "new") == 0 && !fresh) fresh = e;
    }
    if (fresh) printf("Next: ./cook exercise start %s\n", fresh->name);
    else puts("All of them. What about an exercise of your own? common/tools/exercise/README.md");
}

/* The recipe that an exercise belongs to: recipes/NN_recipe/exercises/NAME, or common/cusim. */
static char *recipe_of(const Exercise *e) {
    char *copy = text_format("%s", e->folder);
    for (int up = 0; up < 2; up++) *strrchr(copy, '/') = '\0';
    char *name = text_format("%s", strrchr(copy, '/') + 1);
    free(copy);
    return name;
}

static void print_recipe(HcTable *table, const char *recipe, const Sum *sum) {
    char bar[33] = "";
    size_t room = sizeof bar - 1;
    for (size_t i = 0; i < room && i < (size_t)sum->exercises; i++) bar[i] = '.';
    for (size_t i = 0; i < room && i < (size_t)sum->started; i++) bar[i] = '+';
    for (size_t i = 0; i < room && i < (size_t)sum->passed; i++) bar[i] = '#';
    hc_table_row(table, "%s|%s|%d of %d|%d", recipe, bar, sum->passed, sum->exercises,
                 sum->minutes);
}

static int print_learner(const Options *options, const Catalog *catalog) {
    HcTable *table = hc_table_new("recipe||passed|>minutes");
    Sum sum = {0}, all = sum_of(options, catalog);
    for (size_t i = 0; i < catalog->count; i++) {
        char *recipe = recipe_of(&catalog->items[i]), *next = NULL;
        add(options, &catalog->items[i], &sum);
        if (i + 1 < catalog->count) next = recipe_of(&catalog->items[i + 1]);
        if (!next || strcmp(recipe, next) != 0) {
            print_recipe(table, recipe, &sum);
            sum = (Sum){0};
        }
        free(next);
        free(recipe);
    }
    hc_table_print(table, stdout, 0);
    hc_table_free(table);
    printf("\n%d of %d passed (#), %d begun (+); about %d of %d minutes\n", all.passed,
           all.exercises, all.started - all.passed, all.minutes_passed, all.minutes);
    print_next(options, catalog);
    return HC_OK;
}

static int print_class(const Options *options, const Catalog *catalog, char **folders, int count) {
    HcTable *table = hc_table_new("folder|>passed|>begun|>checks|>hints|>minutes");
    for (int i = 0; i < count; i++) {
        Options one = *options;
        one.dir = folders[i];
        Sum s = sum_of(&one, catalog);
        hc_table_row(table, "%s|%d|%d|%d|%d|%d", folders[i], s.passed, s.started - s.passed,
                     s.checks, s.hints, s.minutes_passed);
    }
    hc_table_print(table, stdout, 0);
    hc_table_free(table);
    Sum all = sum_of(options, catalog);
    printf("\nof %d exercises, about %d minutes; to grade: ./cook exercise check --dir FOLDER\n",
           all.exercises, all.minutes);
    return HC_OK;
}

static cJSON *folder_json(const Options *options, const Catalog *catalog) {
    cJSON *object = cJSON_CreateObject(), *list = cJSON_CreateArray();
    cJSON_AddStringToObject(object, "folder", options->dir);
    cJSON_AddNumberToObject(object, "passed", sum_of(options, catalog).passed);
    for (size_t i = 0; i < catalog->count; i++) {
        const Exercise *e = &catalog->items[i];
        char *folder = learner_folder(options, e);
        cJSON *item = cJSON_CreateObject();
        cJSON_AddStringToObject(item, "name", e->name);
        cJSON_AddStringToObject(item, "state", learner_state(options, e));
        cJSON_AddNumberToObject(item, "checks", learner_recall(folder, "checks"));
        cJSON_AddNumberToObject(item, "hints", learner_recall(folder, "hints"));
        cJSON_AddItemToArray(list, item);
        free(folder);
    }
    cJSON_AddItemToObject(object, "exercises", list);
    return object;
}

static int print_json(const Options *options, const Catalog *catalog, char **folders, int count) {
    cJSON *object = cJSON_CreateObject(), *list = cJSON_CreateArray();
    cJSON_AddNumberToObject(object, "schema", 1);
    cJSON_AddStringToObject(object, "command", "progress");
    for (int i = 0; i < (count ? count : 1); i++) {
        Options one = *options;
        if (count) one.dir = folders[i];
        cJSON_AddItemToArray(list, folder_json(&one, catalog));
    }
    cJSON_AddItemToObject(object, "folders", list);
    char *text = cJSON_PrintUnformatted(object);
    if (text) puts(text);
    free(text);
    cJSON_Delete(object);
    return HC_OK;
}

int command_progress(const Options *options, const Catalog *catalog, char **folders, int count) {
    for (int i = 0; i < count; i++)
        if (!file_exists(folders[i]))
            return hc_set_error(HC_USAGE, 0, NULL, "name the folders in which exercises were begun",
                                "there is no folder %s", folders[i]);
    if (options->json) return print_json(options, catalog, folders, count);
    if (count) return print_class(options, catalog, folders, count);
    return print_learner(options, catalog);
}
