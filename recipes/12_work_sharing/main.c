// SPDX-License-Identifier: MIT
/* Two pictures, each computed by the host's threads and all devices together: the Mandelbrot set,
 * and a photograph that is made to look painted. The work is cut into tiles, which lie in one
 * queue; whoever is free takes the next. A device that fails loses none: its tile goes back.
 *
 * Run:        ./cook run 12         or: ./cook run 12 --sim --tile 8; --device sim: host and cusim
 * Shapes:     out: height rows of width numbers: steps, or colours 0xRRGGBB; tiles are columns
 * Tolerance:  none. The filter has whole numbers only; the Mandelbrot set as in recipe 1.
 */
#include <cjson/cJSON.h>

#include "hc_plot.h"
#include "work.h"

/* The references, and what a host thread runs: some columns of the picture. */
static void mandelbrot(const Job *j, uint32_t *out, size_t first, size_t columns) {
    for (size_t row = 0; row < j->height; row++)
        for (size_t column = first; column < first + columns; column++) {
            float cx = j->left + j->step * (float)column, cy = j->top - j->step * (float)row;
            float x = 0, y = 0;
            uint32_t n = 0;
            while (n < j->limit && x * x + y * y <= 4.0f) {
                float next = x * x - y * y + cx;
                y = 2.0f * x * y + cy;
                x = next;
                n++;
            }
            out[row * j->width + column] = n;
        }
}

//> reference
/* Kuwahara's filter: of the four squares with the pixel in a corner, the mean of the calmest. */
static uint32_t kuwahara(const Job *j, int column, int row) {
    int r = (int)j->radius, right = (int)j->width - 1, below = (int)j->height - 1;
    uint32_t n = (j->radius + 1) * (j->radius + 1), least = UINT32_MAX, mean = 0;
    for (int square = 0; square < 4; square++) {
        int left = column - (square & 1 ? 0 : r), top = row - (square & 2 ? 0 : r);
        uint32_t red = 0, green = 0, blue = 0, squares = 0;
        for (int y = top; y <= top + r; y++)
            for (int x = left; x <= left + r; x++) {
                int inside_x = x < 0 ? 0 : x > right ? right : x;
                int inside_y = y < 0 ? 0 : y > below ? below : y;
                uint32_t p = j->in[(size_t)inside_y * j->width + (size_t)inside_x];
                uint32_t p_red = p >> 16, p_green = p >> 8 & 255, p_blue = p & 255;
                red += p_red, green += p_green, blue += p_blue;
                squares += p_red * p_red + p_green * p_green + p_blue * p_blue;
            }
        uint32_t spread = n * squares - red * red - green * green - blue * blue; /* n*n variances */
        if (spread >= least) continue;
        least = spread;
        mean = (red + n / 2) / n << 16 | (green + n / 2) / n << 8 | (blue + n / 2) / n;
    }
    return mean;
}
//< reference

void compute_columns(const Job *job, uint32_t *out, size_t first, size_t columns) {
    if (!job->in) mandelbrot(job, out, first, columns);
    for (size_t row = 0; job->in && row < job->height; row++)
        for (size_t column = first; column < first + columns; column++)
            out[row * job->width + column] = kuwahara(job, (int)column, (int)row);
}

static const char *work = "both", *picture, *mark = "tint", *output = "work_sharing";
static size_t host_threads, tile = 32, limit = 256, radius = 5;
static bool sim;
static const HcOption options[] = {
    HC_CHOICE("work", &work, "both|mandelbrot|photo", "which of the two pictures"),
    HC_TEXT("picture", &picture, "FILE", "another photograph, in PNG"),
    HC_COUNT("host", &host_threads, "host threads that take part; 0: none"),
    HC_FLAG("sim", &sim, "cusim takes part, in place of CUDA's GPUs"),
    HC_COUNT("tile", &tile, "columns of a tile"),
    HC_COUNT("limit", &limit, "mandelbrot: steps after which a point counts as inside"),
    HC_COUNT("radius", &radius, "photo: pixels to each side that a stroke reaches, at most 11"),
    HC_CHOICE("mark", &mark, "tint|none", "whether the pictures show who computed what"),
    HC_TEXT("output", &output, "DIR", "the folder for pictures and timelines; '': none"),
    HC_OPTIONS_END};
static const HcRecipe recipe = {.name = "12_work_sharing",
                                .summary = "one picture by all devices, from a queue of tiles",
                                .apis = device_apis,
                                .options = options,
                                .size = {960, 640},
                                .rank = 2,
                                .repeat = 3};

int main(int argc, char **argv) {
    HcArgs args;
    host_threads = hc_cores();
    HC_START(&args, &recipe, argc, argv);

    /* 1. The jobs, cut into tiles. */
    Share shares[2] = {0}, all = {0};
    size_t jobs = 0;
    if (strcmp(work, "photo") != 0)
        CHECK_HC(mandelbrot_job(&shares[jobs++].job, args.size, limit, tile));
    if (strcmp(work, "mandelbrot") != 0)
        CHECK_HC(photo_job(&shares[jobs++].job, picture, args.size, radius, tile));

    /* 2. The workers: threads of the host, and devices. */
    CHECK_HC(find_workers(&args, host_threads, sim, &all));
    cJSON *pictures = cJSON_AddArrayToObject(hc_results(), "pictures");
    const char *wish = args.device ? args.device : getenv("HC_DEVICE");
    bool right = true, named = wish && *wish;

    for (Share *s = shares; s < shares + jobs; s++) {
        Job *job = &s->job;
        size_t pixels = job->width * job->height;
        hc_step("plain C, on one thread");
        compute_columns(job, job->want, 0, job->width);
        hc_step(job->name);
        //> share
        /* 3. All tiles by all workers. A pixel that nobody computes is wrong. */
        CHECK_HC(open_workers(s, &all, named));
        memset(job->out, 0xff, pixels * sizeof *job->out);
        CHECK_HC(run_share(s));

        /* 4. The answer first; then the picture of it, and of who was at work when. */
        HcVerdict verdict = hc_compare(HC_U32, job->out, job->want, pixels, HC_EXACT);
        right &= hc_verify(job->name, verdict);
        //< share
        if (verdict.wrong || pixels == 0 || !*output) continue;
        CHECK_HC(hc_make_folder(output));
        CHECK_HC(write_picture(s, output, strcmp(mark, "tint") == 0));
        CHECK_HC(write_timeline(s, output));
        char path[4096];
        for (const char *end = "png\0svg\0"; *end; end += 4) {
            snprintf(path, sizeof path, "%s/%s.%s", output, job->name, end);
            cJSON_AddItemToArray(pictures, cJSON_CreateString(path));
        }
    }

    /* 5. Times: everybody alone, and all together, in turn. */
    for (Share *s = shares; s < shares + jobs && right; s++) {
        if (s->job.tiles == 0) continue;
        show_run(s, output);
        if (args.json || !args.quiet) CHECK_HC(measure(s, args.repeat));
        show_failures(s);
    }
    for (Share *s = shares; s < shares + jobs; s++) close_workers(s), free_job(&s->job);
    free(all.workers);
    return hc_end();
}
