// SPDX-License-Identifier: MIT
/* The picture that was computed, and in it who computed what: a tint over each tile in its worker's
 * colour, and a bar of the full colour below it. The timeline has the same colours.
 */
#include <math.h>

#include "hc_png.h"
#include "work.h"

/* The colour of the worker that computed each tile in the last run. */
static int owners(const Share *share, const unsigned char ***colour) {
    int status = hc_alloc(share->job.tiles, sizeof **colour, colour);
    for (size_t i = 0; status == HC_OK && i < share->count; i++)
        for (const Span *s = share->workers[i].spans, *end = s + share->workers[i].span_count;
             s < end; s++)
            if (!s->failed) (*colour)[s->tile] = share->workers[i].colour;
    return status;
}

/* Steps by recipe 1's palette, those inside black; or a photograph's colour as it is. */
static void true_colour(const Job *job, uint32_t value, double scale, double rgb[3]) {
    if (job->in) rgb[0] = value >> 16, rgb[1] = value >> 8 & 255, rgb[2] = value & 255;
    else if (value < job->limit) hc_palette(log2(value + 1.0) * scale, rgb);
    else rgb[0] = rgb[1] = rgb[2] = 0;
}

int write_picture(const Share *share, const char *folder, bool tint) {
    const Job *job = &share->job;
    const double part = 0.4, scale = 1 / log2(job->limit + 2.0);
    size_t bar = tint ? 1 + job->height / 50 : 0; /* rows at the bottom */
    const unsigned char **colour;
    unsigned char *rgb;
    char path[4096];
    int status = owners(share, &colour);
    if (status != HC_OK) return status;
    status = hc_alloc(job->width * job->height, 3, &rgb);
    for (size_t row = 0; status == HC_OK && row < job->height; row++)
        for (size_t column = 0; column < job->width; column++) {
            size_t p = row * job->width + column;
            const unsigned char *own = colour[column / job->tile_columns];
            double c[3], share_of_tint = !tint ? 0 : row + bar >= job->height ? 1 : part;
            true_colour(job, job->out[p], scale, c);
            for (int i = 0; i < 3; i++)
                rgb[3 * p + (size_t)i] =
                    (unsigned char)lround(c[i] + share_of_tint * (own[i] - c[i]));
        }
    snprintf(path, sizeof path, "%s/%s.png", folder, job->name);
    if (status == HC_OK) status = hc_png_write(path, rgb, job->width, job->height);
    if (status == HC_OK) hc_say("picture    %s\n", path);
    free(rgb), free(colour);
    return status;
}
