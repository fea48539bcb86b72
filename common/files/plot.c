// SPDX-License-Identifier: MIT
/* A plot is three kinds of file: NAME.tsv, the numbers; NAME.gp, a short gnuplot script, which a
 * reader may edit and run again (gnuplot NAME.gp, in that folder); and what gnuplot makes of them,
 * NAME.png and NAME.svg. The first two are always written, so that nothing depends on gnuplot but
 * the pictures.
 */
#define _XOPEN_SOURCE 700
#include "hc_plot.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <sys/stat.h>
#include <unistd.h>

#include "hc_files.h"

int hc_make_folder(const char *path) {
    char part[PATH_MAX];
    struct stat info;
    snprintf(part, sizeof part, "%s", path);
    for (char *p = part + 1;; p++) {
        if (*p != '/' && *p != '\0') continue;
        char end = *p;
        *p = '\0';
        if (mkdir(part, 0777) != 0 && (errno != EEXIST || stat(part, &info) != 0 ||
                                       (!S_ISDIR(info.st_mode) && (errno = ENOTDIR))))
            return hc_set_error(HC_ERROR, errno, NULL, "choose another folder with --output",
                                "cannot make the folder %s: %s", path, strerror(errno));
        if (end == '\0') return HC_OK;
        *p = end;
    }
}

static int open_file(const HcPlot *plot, const char *ending, char path[PATH_MAX], FILE **file) {
    *file = NULL;
    if (snprintf(path, PATH_MAX, "%s/%s.%s", plot->folder, plot->name, ending) >= PATH_MAX)
        return hc_set_error(HC_ERROR, ENAMETOOLONG, NULL, NULL, "%s: the path is too long",
                            plot->folder);
    *file = fopen(path, "w");
    if (*file) return HC_OK;
    return hc_set_error(HC_ERROR, errno, NULL, "choose another folder with --output",
                        "cannot write %s: %s", path, strerror(errno));
}

static int close_file(FILE *file, const char *path) {
    bool bad = ferror(file) != 0;
    if (fclose(file) == 0 && !bad) return HC_OK;
    return hc_set_error(HC_ERROR, errno, NULL, "is the disk full?", "cannot write %s: %s", path,
                        strerror(errno));
}

static int write_data(const HcPlot *plot, size_t curves) {
    char path[PATH_MAX];
    FILE *file;
    int status = open_file(plot, "tsv", path, &file);
    if (status != HC_OK) return status;
    fprintf(file, "# %s; columns: %s, then %s\n%s", plot->title, plot->x_label, plot->y_label, "x");
    for (size_t c = 0; c < curves; c++) fprintf(file, "\t%s", plot->series[c]);
    fputc('\n', file);
    for (size_t i = 0; i < plot->rows * (curves + 1); i++) {
        double value = plot->values[i];
        if (isfinite(value)) fprintf(file, i % (curves + 1) ? "%.6g" : "%.10g", value);
        else fputc('?', file);
        fputc((i + 1) % (curves + 1) ? '\t' : '\n', file);
    }
    return close_file(file, path);
}

/* A text as gnuplot takes it: in single quotes, a quote within it twice. */
static void quote(FILE *file, const char *before, const char *text, const char *after) {
    fprintf(file, "%s'", before);
    for (; *text; text++) fprintf(file, *text == '\'' ? "''" : "%c", *text);
    fprintf(file, "'%s", after);
}

static int write_script(const HcPlot *plot, size_t curves) {
    static const char *const colours[] = {"#1f4e79", "#c0392b", "#2e8b57", "#8e5ea2",
                                          "#d68910", "#17a2b8", "#7f8c8d", "#6e2c00"};
    char path[PATH_MAX];
    FILE *file;
    int status = open_file(plot, "gp", path, &file);
    if (status != HC_OK) return status;
    fprintf(file, "# Draws %s.png and %s.svg from %s.tsv: gnuplot %s.gp, in this folder.\n",
            plot->name, plot->name, plot->name, plot->name);
    fprintf(file, "set datafile separator tab\nset datafile missing '?'\n");
    fprintf(file, "set border 3 lc rgb '#444444'\nset tics nomirror textcolor rgb '#222222'\n"
                  "set grid xtics ytics lc rgb '#dddddd' lt 1\n"
                  "set key outside center top horizontal maxcols 3 width 1 noenhanced\n");
    quote(file, "set title ", plot->title, " noenhanced offset 0,-0.3\n");
    quote(file, "set xlabel ", plot->x_label, " noenhanced\n");
    quote(file, "set ylabel ", plot->y_label, " noenhanced\n");
    if (plot->log_x) fprintf(file, "set logscale x 2\nset xtics (");
    /* A tic for each point; of many, every second one with its number. */
    for (size_t r = 0; plot->log_x && r < plot->rows; r++)
        if (plot->rows > 12 && r % 2) fprintf(file, ", '' %.10g", plot->values[r * (curves + 1)]);
        else
            fprintf(file, "%s'%.10g' %.10g", r ? ", " : "", plot->values[r * (curves + 1)],
                    plot->values[r * (curves + 1)]);
    if (plot->log_x) fprintf(file, ")\n");
    if (plot->log_y) fprintf(file, "set logscale y 2\nset format y '%%.3g'\n");
    else if (plot->from_zero) fprintf(file, "set yrange [0:*]\n");
    fprintf(file, "set offsets graph 0.03, graph 0.03, %s, 0\n", plot->log_y ? "0" : "graph 0.08");
    if (curves == 1) fprintf(file, "unset key\n"); /* the title says what it is */
    fprintf(file,
            "do for [kind in 'png svg'] {\n"
            "    if (kind eq 'svg') {\n"
            "        set terminal svg size 760,460 background 'white' font 'sans-serif,14'\n"
            "    } else {\n"
            "        set terminal pngcairo size 1140,690 background 'white' "
            "font 'sans-serif,15' linewidth 1.4 pointscale 1.3\n"
            "    }\n"
            "    set output '%s.'.kind\n    plot",
            plot->name);
    for (size_t c = 0; c < curves; c++) {
        fprintf(file,
                "%s '%s.tsv' using 1:%zu skip 2 with linespoints pt 7 ps 0.8 lw 2 lc rgb '%s'",
                c ? ", \\\n        " : "", plot->name, c + 2, colours[c % 8]);
        quote(file, " title ", plot->series[c], "");
    }
    fprintf(file, "\n    unset output\n}\n");
    return close_file(file, path);
}

static bool is_there(const HcPlot *plot, const char *ending) {
    char path[PATH_MAX];
    struct stat info;
    snprintf(path, sizeof path, "%s/%s.%s", plot->folder, plot->name, ending);
    return stat(path, &info) == 0 && info.st_size > 0;
}

/* Run gnuplot in the plot's folder. */
static int draw(const HcPlot *plot) {
    static const char *const old[] = {"png", "svg"};
    char path[PATH_MAX], script[64];
    const char *const args[] = {
        "sh", "-c", "cd -- \"$1\" && exec gnuplot \"$2\"", "sh", plot->folder, script, NULL};
    char *out, *err;
    size_t size;
    snprintf(script, sizeof script, "%s.gp", plot->name);
    for (int i = 0; i < 2; i++) { /* no picture of an earlier run beside new numbers */
        snprintf(path, sizeof path, "%s/%s.%s", plot->folder, plot->name, old[i]);
        unlink(path);
    }
    if (!hc_find_program("gnuplot", path, sizeof path))
        return hc_set_error(HC_SKIP, 0, NULL, "install it: ./cook setup run",
                            "gnuplot is not installed, so %s/%s.tsv is there, but no picture of it",
                            plot->folder, plot->name);
    int status = HC_OK, code = hc_run_program("/bin/sh", args, "", &out, &size, &err);
    if (code != 0 || !is_there(plot, "png") || !is_there(plot, "svg")) /* code may be 0 even so */
        status = hc_set_error(HC_ERROR, code < 0 ? errno : 0, NULL, "try it there yourself",
                              "gnuplot did not draw %s/%s: %.200s", plot->folder, script,
                              code < 0 ? strerror(errno) : err);
    free(out), free(err);
    return status;
}

int hc_plot(const HcPlot *plot) {
    size_t curves = 0;
    while (plot->series[curves]) curves++;
    int status = hc_make_folder(plot->folder);
    if (status == HC_OK) status = write_data(plot, curves);
    if (status == HC_OK) status = write_script(plot, curves);
    return status == HC_OK ? draw(plot) : status;
}
