// SPDX-License-Identifier: MIT
/* hc_plot.h - plots: a table of numbers as a file that people and programs can read, a gnuplot
 * script beside it, and, where gnuplot is installed, the picture as PNG and SVG.
 */
#ifndef HC_PLOT_H
#define HC_PLOT_H
#include "hc.h"

typedef struct HcPlot {
    const char *folder, *name; /* FOLDER/NAME.tsv, .gp, .png, .svg; the folder is made if needed */
    const char *title, *x_label, *y_label; /* labels with units */
    bool log_x, log_y;         /* logarithmic, to base 2: a straight line is a power of x */
    bool from_zero;            /* the y axis begins at 0; without log_y */
    const char *const *series; /* names of the curves, ended by NULL */
    const double *values;      /* rows of x, then one y for each curve; NaN: no point */
    size_t rows;
} HcPlot;

/* hc_make_folder - make a folder and those above it.
 *   errors  HC_ERROR with the path and the reason */
int hc_make_folder(const char *path);

/* hc_plot - write the data and the script, and draw.
 *   errors  HC_SKIP: the data are there, but no picture, since gnuplot is absent; HC_ERROR: the
 *           folder or a file cannot be written, or gnuplot failed: its words are in the error */
int hc_plot(const HcPlot *plot);

#endif
