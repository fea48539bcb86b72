// SPDX-License-Identifier: MIT
/* The two jobs: recipe 1's picture of the Mandelbrot set, and a photograph from a PNG file. The one
 * that comes with this recipe is of a cat, Chelsea; README names its source.
 */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <unistd.h>

#include "hc_png.h"
#include "work.h"

static const char photograph[] = "chelsea.png";

static int cut(Job *job, size_t tile_columns) {
    if (tile_columns == 0)
        return hc_set_error(HC_USAGE, 0, NULL, NULL, "--tile: a tile has at least 1 column");
    job->tile_columns = tile_columns < job->width ? tile_columns : job->width;
    bool is_empty = job->width == 0 || job->height == 0;
    job->tiles = is_empty ? 0 : (job->width - 1) / job->tile_columns + 1;
    int status = hc_alloc(job->width * job->height, sizeof *job->out, &job->out);
    if (status != HC_OK) return status;
    return hc_alloc(job->width * job->height, sizeof *job->want, &job->want);
}

int mandelbrot_job(Job *job, const size_t size[2], size_t limit, size_t tile_columns) {
    const size_t most = 1000000; /* of a PNG file's side */
    if (size[0] > most || size[1] > most)
        return hc_set_error(HC_USAGE, 0, NULL, NULL, "--size: %zu pixels each way are the most",
                            most);
    if (limit > INT32_MAX) /* the kernel counts in 32 bits */
        return hc_set_error(HC_USAGE, 0, NULL, NULL, "--limit: %d steps are the most", INT32_MAX);
    double wide = 3.0 / fmax((double)size[0], 1), high = 2.5 / fmax((double)size[1], 1);
    double step = fmax(wide, high); /* all of -2.25 .. 0.75 and of -1.25 .. 1.25 */
    *job = (Job){.name = "mandelbrot", .kernel = "mandelbrot"};
    job->width = size[0], job->height = size[1], job->limit = (uint32_t)limit;
    job->step = (float)step;
    job->left = (float)(-0.75 - step * ((double)size[0] - 1) / 2);
    job->top = (float)(step * ((double)size[1] - 1) / 2);
    return cut(job, tile_columns);
}

/* Where the photograph is: beside the program, in an installation, or in the sources. */
static void find_photograph(char *path, size_t size) {
    static const char *const places[] = {"", "/../share/hc/recipes/12_work_sharing"};
    char program[3000];
    ssize_t length = readlink("/proc/self/exe", program, sizeof program - 1);
    program[length > 0 ? length : 0] = '\0';
    char *slash = strrchr(program, '/');
    if (slash) *slash = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(path, size, "%s%s/%s", program, places[i], photograph);
        if (access(path, R_OK) == 0) return;
    }
#ifdef PHOTOGRAPH_FOLDER
    snprintf(path, size, "%s/%s", PHOTOGRAPH_FOLDER, photograph);
#else
    snprintf(path, size, "%s", photograph);
#endif
}

int photo_job(Job *job, const char *file, const size_t size[2], size_t radius,
              size_t tile_columns) {
    const size_t most = 11; /* with 12, the kernel's sums would not fit in 32 bits */
    char path[4096];
    unsigned char *rgb;
    size_t width, height;
    if (radius > most)
        return hc_set_error(HC_USAGE, 0, NULL, NULL, "--radius: %zu pixels are the most", most);
    if (!file) find_photograph(path, sizeof path);
    int status = hc_png_read(file ? file : path, &rgb, &width, &height);
    if (status != HC_OK) return status;
    *job = (Job){.name = "photo", .kernel = "kuwahara", .radius = (uint32_t)radius};
    job->width = width < size[0] ? width : size[0];
    job->height = height < size[1] ? height : size[1];
    status = hc_alloc(job->width * job->height, sizeof *job->in, &job->in);
    size_t left = (width - job->width) / 2, top = (height - job->height) / 2;
    for (size_t row = 0; status == HC_OK && row < job->height; row++)
        for (size_t column = 0; column < job->width; column++) {
            const unsigned char *p = rgb + 3 * ((top + row) * width + left + column);
            job->in[row * job->width + column] = (uint32_t)(p[0] << 16 | p[1] << 8 | p[2]);
        }
    free(rgb);
    return status == HC_OK ? cut(job, tile_columns) : status;
}

void free_job(Job *job) { free(job->want), free(job->out), free(job->in); }
