// SPDX-License-Identifier: MIT
/* A picture and the one plain file it is drawn from, which stays beside it, so that a reader can
 * look at the numbers or draw anew. Both formats, SVG and PNG, carry the SHA-256 of that file, in
 * small letters at the bottom and in their metadata (exiftool, or a text editor, shows it).
 */
#define _XOPEN_SOURCE 700
#include <cjson/cJSON.h>
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"
#include "hc_files.h"

#ifndef HC_BENCH_SOURCE
#define HC_BENCH_SOURCE "."
#endif

enum { PATH_BYTES = 4400 };

FILE *bench_data_open(const Bench *bench, BenchPicture *picture) {
    if (bench_make_folder(bench->options.work) != HC_OK) return NULL;
    snprintf(picture->data, sizeof picture->data, "%s/%s.%s.tsv", bench->options.work,
             picture->area, picture->name);
    FILE *file = fopen(picture->data, "w");
    if (!file)
        hc_set_error(HC_ERROR, errno, NULL, "choose another folder with --work-dir", "%s: %s",
                     picture->data, strerror(errno));
    else fprintf(file, "# Drawn by gnuplot with common/tools/bench/%s\n", picture->script);
    return file;
}

int bench_data_close(FILE *file, const BenchPicture *picture) {
    bool bad = ferror(file) != 0;
    if (fclose(file) == 0 && !bad) return HC_OK;
    return hc_set_error(HC_ERROR, errno, NULL, "is the disk full?", "%s could not be written",
                        picture->data);
}

/* text as gnuplot takes it: in single quotes, a quote within it twice. */
static void quote(char *out, size_t size, const char *text) {
    size_t at = 0;
    out[at++] = '\'';
    for (; *text && at + 3 < size; text++) {
        if (*text == '\'') out[at++] = '\'';
        out[at++] = *text;
    }
    out[at++] = '\'';
    out[at] = '\0';
}

/* Draw one format aside, put the hash into it, and move it to its place. */
static int draw_as(const Bench *bench, const BenchPicture *picture, const char *kind,
                   const char *gnuplot, const char *sha256, const char *path) {
    char part[PATH_BYTES + 8], log[PATH_BYTES], script[PATH_BYTES], source[PATH_BYTES];
    char data[PATH_BYTES], out[PATH_BYTES], variables[5 * PATH_BYTES];
    struct stat info;
    int code;
    snprintf(part, sizeof part, "%s.part", path);
    snprintf(log, sizeof log, "%s/gnuplot.log", bench->options.work);
    snprintf(script, sizeof script, "%s/%s", HC_BENCH_SOURCE, picture->script);
    quote(data, sizeof data, picture->data);
    quote(out, sizeof out, part);
    quote(source, sizeof source, HC_BENCH_SOURCE);
    snprintf(
        variables, sizeof variables,
        "kind='%s'; data=%s; picture=%s; source=%s; file='%s.%s.tsv'; hash='%s'; area='%s'; %s",
        kind, data, out, source, picture->area, picture->name, sha256, picture->area,
        picture->variables);
    unlink(part);
    const char *const argv[] = {gnuplot, "-e", variables, script, NULL};
    int status = bench_run_process(&(BenchProcess){.argv = argv, .messages = log}, &code, NULL);
    if (status != HC_OK) return status;
    /* gnuplot exits 0 even if it could not write */
    if (code != 0 || stat(part, &info) != 0 || info.st_size == 0)
        return hc_set_error(HC_ERROR, errno, NULL, "its messages are there",
                            "gnuplot made no picture: %s", log);
    status = bench_stamp(part, "Data-SHA256", sha256);
    if (status == HC_OK && rename(part, path) != 0)
        status = hc_set_error(HC_ERROR, errno, NULL, NULL, "%s: %s", path, strerror(errno));
    return status;
}

int bench_draw(Bench *bench, const BenchPicture *picture) {
    static const char *const kinds[] = {"svg", "png"};
    char path[PATH_BYTES], gnuplot[4096], sha256[65];
    char *content = bench_read_file(picture->data);
    if (!content)
        return hc_set_error(HC_ERROR, errno, NULL, NULL, "%s could not be read", picture->data);
    hc_sha256(content, strlen(content), sha256);
    free(content);
    cJSON *files = cJSON_CreateObject();
    cJSON_AddStringToObject(files, "area", picture->area);
    cJSON_AddStringToObject(files, "picture", picture->name);
    cJSON_AddStringToObject(files, "data", picture->data);
    cJSON_AddStringToObject(files, "sha256", sha256);
    cJSON_AddNullToObject(files, "svg");
    cJSON_AddNullToObject(files, "png");
    cJSON_AddItemToArray(bench->files, files);
    bool can_draw = hc_find_program("gnuplot", gnuplot, sizeof gnuplot);
    for (int i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/%s.%s.%s", bench->options.work, picture->area,
                 picture->name, kinds[i]);
        unlink(path); /* no picture of an earlier run beside new numbers */
        if (!can_draw) continue;
        int status = draw_as(bench, picture, kinds[i], gnuplot, sha256, path);
        if (status != HC_OK) return status;
        cJSON_ReplaceItemInObjectCaseSensitive(files, kinds[i], cJSON_CreateString(path));
    }
    if (can_draw) return HC_OK;
    return hc_set_error(HC_SKIP, 0, NULL, "install it: ./cook setup bench",
                        "gnuplot is not installed");
}
