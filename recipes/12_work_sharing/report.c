// SPDX-License-Identifier: MIT
/* What sharing gained, and where the rest went. Everybody computes the whole picture alone, then
 * all together, in turn, several times. If speeds simply added up, all together would need
 * 1 / (1/a + 1/b + ...) where a, b, ... are the times alone. What is lost against that shows in the
 * spans: tiles that took longer than when their worker was alone, since processors share cores and
 * memory; waiting for the last tile; and the time between two tiles.
 */
#include <cjson/cJSON.h>
#include <math.h>

#include "work.h"

enum { MAX_ROUNDS = 1000 };

typedef struct Loss {                  /* of the runs together */
    double alone_ms, shared_ms;        /* the same tiles by the same workers, alone and together */
    double between_ms, end_ms, all_ms; /* of all workers' time: between tiles, after the last */
} Loss;

/* party: who takes part; negative: all. */
static int run_of(Share *share, long party) {
    for (size_t i = 0; i < share->count; i++)
        share->workers[i].resting = party >= 0 && share->workers[i].party != (size_t)party;
    return run_share(share);
}

static void remember_tiles(const Share *share, size_t party, double *tile_ms) {
    for (size_t i = 0; i < share->count; i++)
        for (size_t k = 0; k < share->workers[i].span_count; k++) {
            const Span *s = &share->workers[i].spans[k];
            tile_ms[party * share->job.tiles + s->tile] = s->end_ms - s->begin_ms;
        }
}

//> loss
static void add_loss(Loss *loss, const Share *share, const double *tile_ms) {
    for (size_t i = 0; i < share->count; i++) {
        const Worker *w = &share->workers[i];
        double at = 0; /* the worker's last tile ended here */
        if (w->failed) continue;
        for (const Span *s = w->spans; s < w->spans + w->span_count; s++) {
            loss->between_ms += s->begin_ms - at;
            loss->shared_ms += s->end_ms - s->begin_ms;
            loss->alone_ms += tile_ms[w->party * share->job.tiles + s->tile];
            at = s->end_ms;
        }
        loss->end_ms += share->ms - at;
        loss->all_ms += share->ms;
    }
}
//< loss

/* Is a party still there, and what is it called? */
static bool party_name(const Share *share, size_t party, char name[48]) {
    size_t count = 0;
    bool is_there = false;
    for (size_t i = 0; i < share->count; i++) {
        const Worker *w = &share->workers[i];
        if (w->party != party) continue;
        count++;
        is_there |= !w->failed;
        snprintf(name, 48, "%s", w->name);
    }
    if (party == 0) snprintf(name, 48, "host, %zu thread%s", count, count == 1 ? "" : "s");
    return is_there;
}

static void compare(Share *share) {
    size_t pixels = share->job.width * share->job.height;
    HcVerdict verdict = hc_compare(HC_U32, share->job.out, share->job.want, pixels, HC_EXACT);
    if (verdict.wrong) hc_verify(share->job.name, verdict); /* right once, and now wrong */
}

/* A device that is this CPU is no second processor. */
static void note_shared_cores(const Share *share) {
    for (size_t i = 0; i < share->count; i++) {
        const Worker *w = &share->workers[i];
        if (!w->failed && w->backend && (w->device.is_cpu || strcmp(w->device.api, "sim") == 0))
            hc_note_text("note", "note", "devices that are this CPU share its cores with the host");
    }
}

static void show(const Share *share, double *const *ms, unsigned rounds, const Loss *loss) {
    cJSON *json = cJSON_AddObjectToObject(share->json, "times");
    cJSON *alone = cJSON_AddObjectToObject(json, "alone_ms");
    double best = INFINITY, speeds = 0, together = hc_stats(ms[share->parties], rounds).median;
    size_t there = 0;
    char name[48], best_name[48] = "";
    for (size_t p = 0; p < share->parties; p++) {
        if (!party_name(share, p, name) || isnan(ms[p][0])) continue;
        double median = hc_stats(ms[p], rounds).median;
        hc_say("  alone    %-16s %.1f ms\n", name, median);
        cJSON_AddNumberToObject(alone, p == 0 ? "host" : name, median);
        speeds += 1 / median;
        there++;
        if (median < best) best = median, memcpy(best_name, name, sizeof name);
    }
    if (there < 2) return; /* nobody to share with */
    hc_say("  together %-16s %.1f ms\n", "", together);
    cJSON_AddNumberToObject(json, "together_ms", together);
    note_shared_cores(share);
    double slower = loss->shared_ms / loss->alone_ms, end = 100 * loss->end_ms / loss->all_ms,
           between = 100 * loss->between_ms / loss->all_ms;
    hc_say("  speed-up %.3g times as fast as the best alone (%s); if speeds added up: %.3g\n",
           best / together, best_name, best * speeds);
    hc_say("  lost     a tile takes %.3g times as long as when its worker is alone\n", slower);
    hc_say("           %.1f %% of the workers' time goes by after their last tile, %.1f %% between "
           "tiles\n",
           end, between);
    cJSON_AddNumberToObject(json, "best_alone_ms", best);
    cJSON_AddStringToObject(json, "best", best_name);
    cJSON_AddNumberToObject(json, "speedup", best / together);
    cJSON_AddNumberToObject(json, "speedup_if_added", best * speeds);
    cJSON_AddNumberToObject(json, "tile_times_as_long", slower);
    cJSON_AddNumberToObject(json, "end_percent", end);
    cJSON_AddNumberToObject(json, "between_percent", between);
}

int measure(Share *share, unsigned rounds) {
    double **ms, *tile_ms;
    Loss loss = {0};
    char name[48];
    if (rounds > MAX_ROUNDS) rounds = MAX_ROUNDS;
    int status = hc_alloc(share->parties + 1, sizeof *ms, &ms);
    if (status != HC_OK) return status;
    status = hc_alloc(share->parties * share->job.tiles, sizeof *tile_ms, &tile_ms);
    for (size_t p = 0; p <= share->parties && status == HC_OK; p++)
        status = hc_alloc(rounds, sizeof **ms, &ms[p]);
    hc_step("measuring");
    for (unsigned r = 0; r < rounds && status == HC_OK; r++) { /* a busy minute slows all of them */
        for (size_t p = 0; p < share->parties; p++) {
            bool is_whole = party_name(share, p, name) && run_of(share, (long)p) == HC_OK;
            ms[p][r] = is_whole ? share->ms : (double)NAN;
            if (!is_whole) ms[p][0] = NAN; /* nobody of this party is left: it is not shown */
            remember_tiles(share, p, tile_ms);
        }
        status = run_of(share, -1);
        ms[share->parties][r] = share->ms;
        if (status == HC_OK) compare(share);
        add_loss(&loss, share, tile_ms);
    }
    hc_step(NULL);
    if (status == HC_OK) show(share, ms, rounds, &loss);
    for (size_t p = 0; p <= share->parties; p++) free(ms[p]);
    free(tile_ms), free(ms);
    return status;
}

void show_failures(const Share *share) {
    cJSON *list = cJSON_AddArrayToObject(share->json, "failures");
    for (size_t i = 0; i < share->count; i++) {
        const Worker *w = &share->workers[i];
        if (!w->failed) continue;
        cJSON *one = cJSON_CreateObject();
        cJSON_AddItemToArray(list, one);
        cJSON_AddStringToObject(one, "worker", w->name);
        cJSON_AddStringToObject(one, "name", w->error.name);
        cJSON_AddNumberToObject(one, "code", w->error.code);
        cJSON_AddStringToObject(one, "message", w->error.message);
        cJSON_AddStringToObject(one, "call", w->call ? w->call : "");
        if (w->done_by) hc_json_u64(one, "lost_tile", w->lost_tile);
        if (w->done_by) cJSON_AddStringToObject(one, "done_by", w->done_by);
        hc_say("  failed   %s, %s (%d)", w->name, w->error.name, w->error.code);
        if (w->done_by) hc_say(": its tile %zu was done by %s", w->lost_tile, w->done_by);
        hc_say("\n");
    }
}

void show_run(Share *share, const char *folder) {
    const Job *job = &share->job;
    cJSON *jobs = cJSON_GetObjectItem(hc_results(), "jobs"), *one = cJSON_CreateObject();
    share->json = one;
    if (!jobs) jobs = cJSON_AddArrayToObject(hc_results(), "jobs");
    cJSON_AddItemToArray(jobs, one);
    cJSON_AddStringToObject(one, "name", job->name);
    hc_json_u64(one, "width", job->width);
    hc_json_u64(one, "height", job->height);
    hc_json_u64(one, "tiles", job->tiles);
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.json", folder, job->name);
    cJSON_AddStringToObject(one, "trace", path);
    hc_say("\n%s: %zux%zu pixels, %zu tiles of %zu columns\n", job->name, job->width, job->height,
           job->tiles, job->tile_columns);
    cJSON *workers = cJSON_AddArrayToObject(one, "workers");
    for (size_t i = 0; i < share->count; i++) {
        const Worker *w = &share->workers[i];
        double busy_ms = 0;
        size_t tiles = 0;
        for (const Span *s = w->spans; s < w->spans + w->span_count; s++)
            busy_ms += s->end_ms - s->begin_ms, tiles += !s->failed;
        cJSON *worker = cJSON_CreateObject();
        cJSON_AddItemToArray(workers, worker);
        cJSON_AddStringToObject(worker, "name", w->name);
        hc_json_u64(worker, "tiles", tiles);
        cJSON_AddNumberToObject(worker, "busy_ms", busy_ms);
        hc_say("  %-24s %4zu tile%s %.1f ms at work\n", w->name, tiles, tiles == 1 ? ", " : "s,",
               busy_ms);
    }
}
