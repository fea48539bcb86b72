// SPDX-License-Identifier: MIT
/* The catalog: every folder recipes/NN_recipe/exercises/NAME, or common/cusim/exercises/NAME, that
 * has an exercise.json. The file is checked here, once, so that the rest of the runner can rely on
 * it; what a teacher forgot is named.
 */
#define _XOPEN_SOURCE 700
#include <errno.h>

#include "exercise.h"

const char *exercise_text(const Exercise *exercise, const char *key) {
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(exercise->json, key));
}

const cJSON *exercise_list(const Exercise *exercise, const char *key) {
    return cJSON_GetObjectItemCaseSensitive(exercise->json, key);
}

const char *check_text(const Exercise *exercise, const char *key) {
    const cJSON *check = exercise_list(exercise, "check");
    return cJSON_GetStringValue(cJSON_GetObjectItemCaseSensitive(check, key));
}

bool is_program(const Exercise *exercise) {
    const char *program = check_text(exercise, "program");
    size_t length = program ? strlen(program) : 0;
    return length > 2 && strcmp(program + length - 2, ".c") == 0;
}

bool has_answers(const Exercise *exercise) {
    return strcmp(exercise_text(exercise, "kind"), "predict") == 0;
}

bool is_ptx(const Exercise *exercise) {
    return strcmp(exercise_text(exercise, "kind"), "ptx") == 0;
}

bool uses_cuda(const Exercise *exercise) {
    return is_ptx(exercise) || cJSON_HasObjectItem(exercise_list(exercise, "check"), "sim_sizes");
}

bool has_solution(const Exercise *exercise) {
    char *path = text_format("%s/solution", exercise->folder);
    bool there = file_exists(path);
    free(path);
    return there;
}

static int faulty(const Exercise *exercise, const char *what) {
    return hc_set_error(HC_USAGE, 0, NULL,
                        "common/tools/exercise/README.md says what belongs there",
                        "%s/exercise.json: %s", exercise->folder, what);
}

static bool is_text(const Exercise *exercise, const char *key) {
    const char *text = exercise_text(exercise, key);
    return text && *text;
}

static bool is_list(const cJSON *list, bool of_texts) {
    const cJSON *item;
    if (!cJSON_IsArray(list) || cJSON_GetArraySize(list) == 0) return false;
    cJSON_ArrayForEach(item, list) {
        if (of_texts && !cJSON_IsString(item)) return false;
    }
    return true;
}

/* Everything that the runner needs of the file; what proves the exercise is prove.c's business. */
static int examine(const Exercise *exercise) {
    static const char *const texts[] = {"name", "title", "kind", "starter_fails_because"};
    static const char *const numbers[] = {"minutes", "difficulty"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
        if (!is_text(exercise, texts[i])) return faulty(exercise, texts[i]);
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++)
        if (!cJSON_IsNumber(exercise_list(exercise, numbers[i])))
            return faulty(exercise, numbers[i]);
    if (strcmp(exercise_text(exercise, "name"), exercise->name) != 0)
        return faulty(exercise, "name differs from the folder's name");
    const char *kind = exercise_text(exercise, "kind");
    if (strcmp(kind, "code") != 0 && strcmp(kind, "predict") != 0 && strcmp(kind, "ptx") != 0)
        return faulty(exercise, "kind is neither code nor predict nor ptx");
    if (!is_list(exercise_list(exercise, "files"), true)) return faulty(exercise, "files");
    if (!is_list(exercise_list(exercise, "hints"), true)) return faulty(exercise, "hints");
    const cJSON *check = exercise_list(exercise, "check");
    if (!cJSON_IsObject(check) && !is_ptx(exercise)) return faulty(exercise, "check");
    if (has_answers(exercise)) {
        if (!is_list(cJSON_GetObjectItemCaseSensitive(check, "questions"), true))
            return faulty(exercise, "check.questions");
    } else if (!is_ptx(exercise)) {
        const char *program = check_text(exercise, "program");
        if (!program || !*program) return faulty(exercise, "check.program");
        if (!is_list(cJSON_GetObjectItemCaseSensitive(check, "sizes"), false))
            return faulty(exercise, "check.sizes");
    }
    const cJSON *file;
    cJSON_ArrayForEach(file, exercise_list(exercise, "files")) {
        if (strchr(file->valuestring, '/')) return faulty(exercise, "files: a name has a slash");
    }
    return HC_OK;
}

int exercise_read(const char *folder, Exercise *exercise) {
    *exercise = (Exercise){.folder = text_format("%s", folder)};
    const char *slash = strrchr(exercise->folder, '/');
    exercise->name = slash ? slash + 1 : exercise->folder;
    char *path = text_format("%s/exercise.json", folder), *text = file_read(path);
    int code = errno;
    free(path);
    if (!text) return faulty(exercise, strerror(code));
    exercise->json = cJSON_Parse(text);
    free(text);
    if (!cJSON_IsObject(exercise->json)) return faulty(exercise, "not a JSON object");
    return examine(exercise);
}

void exercise_free(Exercise *exercise) {
    free(exercise->folder);
    cJSON_Delete(exercise->json);
}

static int by_name(const void *a, const void *b) {
    return strcmp(((const Exercise *)a)->name, ((const Exercise *)b)->name);
}

static int add_from(const char *folder, Catalog *catalog) {
    char **names = folder_names(folder);
    int status = HC_OK;
    for (size_t i = 0; names && names[i] && status == HC_OK; i++) {
        char *path = text_format("%s/%s", folder, names[i]);
        char *file = text_format("%s/exercise.json", path);
        Exercise *more = realloc(catalog->items, (catalog->count + 1) * sizeof *more);
        if (more) catalog->items = more;
        if (!more) status = hc_set_error(HC_ERROR, ENOMEM, "ENOMEM", NULL, "no memory");
        else if (file_exists(file)) status = exercise_read(path, &catalog->items[catalog->count++]);
        free(file);
        free(path);
    }
    names_free(names);
    return status;
}

int catalog_load(const char *root, Catalog *catalog) {
    *catalog = (Catalog){0};
    char *recipes = text_format("%s/recipes", root), **names = folder_names(recipes);
    int status = HC_OK;
    for (size_t i = 0; names && names[i] && status == HC_OK; i++) {
        char *folder = text_format("%s/%s/exercises", recipes, names[i]);
        status = add_from(folder, catalog);
        free(folder);
    }
    names_free(names);
    free(recipes);
    char *in_ptx = text_format("%s/common/cusim/exercises", root);
    if (status == HC_OK) status = add_from(in_ptx, catalog);
    free(in_ptx);
    if (status == HC_OK && catalog->count == 0)
        status = hc_set_error(HC_USAGE, 0, NULL, "is --root the cookbook's folder?",
                              "no exercises below %s/recipes", root);
    if (status == HC_OK) qsort(catalog->items, catalog->count, sizeof *catalog->items, by_name);
    return status;
}

void catalog_free(Catalog *catalog) {
    for (size_t i = 0; i < catalog->count; i++) exercise_free(&catalog->items[i]);
    free(catalog->items);
}

int catalog_find(const Catalog *catalog, const char *name, const Exercise **found) {
    char *list = NULL;
    size_t length, matches = 0;
    FILE *out = open_memstream(&list, &length);
    if (!out) return hc_set_error(HC_ERROR, ENOMEM, "ENOMEM", NULL, "no memory");
    *found = NULL;
    for (size_t i = 0; i < catalog->count; i++) {
        const Exercise *exercise = &catalog->items[i];
        if (strcmp(exercise->name, name) == 0) {
            *found = exercise;
            matches = 1;
            break;
        }
        if (!*name || !strstr(exercise->name, name)) continue;
        *found = exercise;
        matches++;
        fprintf(out, "    %s\n", exercise->name);
    }
    for (size_t i = 0; i < catalog->count && matches == 0; i++)
        fprintf(out, "    %s\n", catalog->items[i].name);
    fclose(out);
    int status = HC_OK;
    if (matches != 1) {
        status = hc_set_error(HC_USAGE, 0, NULL, NULL,
                              matches ? "'%s' means several exercises:"
                                      : "no exercise is called '%s'. There are:",
                              name);
        hc_set_error_detail(list);
        list = NULL;
    }
    free(list);
    return status;
}
