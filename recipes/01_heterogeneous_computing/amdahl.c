// SPDX-License-Identifier: MIT
/* What two processors gained over one, and Amdahl's law with the numbers of this very run: if the
 * share s of the work stays on one thread and the rest becomes k times as fast, then the whole
 * becomes 1 / (s + (1 - s) / k) times as fast, and never more than 1 / s.
 */
#include <math.h>

#include "mandelbrot.h"

void report(Job *job, const HcDevice *chosen, unsigned rounds, double picture_ms) {
    enum { SERIAL, HOST, DEVICE, BOTH, HOST_PART, DEVICE_PART, KINDS };
    double *ms[KINDS], median_ms[KINDS];
    size_t first = job->first, width = job->view.width;
    Job one_thread = *job;
    one_thread.threads = 1;
    for (int i = 0; i < KINDS; i++) CHECK_HC(hc_alloc(rounds, sizeof(double), &ms[i]));
    hc_step("measuring");
    //> in_turn
    for (unsigned i = 0; i < rounds; i++) { /* in turn, so that a busy minute slows all of them */
        Times serial = compute(&one_thread, width);
        Times host = compute(job, width), device = compute(job, 0);
        Times both = compute(job, first);
        ms[SERIAL][i] = serial.all;
        ms[HOST][i] = host.all;
        ms[DEVICE][i] = device.all;
        ms[BOTH][i] = both.all;
        ms[HOST_PART][i] = both.host;
        ms[DEVICE_PART][i] = both.device;
        hc_note_time(HC_TIME_KERNEL, device.device);
    }
    //< in_turn
    hc_step(NULL);
    for (int i = 0; i < KINDS; i++) median_ms[i] = hc_stats(ms[i], rounds).median, free(ms[i]);
    double serial_ms = median_ms[SERIAL], host = median_ms[HOST], device = median_ms[DEVICE],
           both = median_ms[BOTH];
    double overlap = fmax(median_ms[HOST_PART] + median_ms[DEVICE_PART] - both, 0);

    hc_note_f64("serial_ms", "one thread", serial_ms, "ms, plain C");
    hc_note_f64("host_ms", "host", host, "ms alone");
    hc_note_f64("device_ms", "device", device, "ms alone, with the way back");
    hc_note_f64("both_ms", "both", both, "ms at the same time");
    hc_note_f64("host_part_ms", "  host", median_ms[HOST_PART], "ms for its part");
    hc_note_f64("device_part_ms", "  device", median_ms[DEVICE_PART],
                "ms for its part, the kernel");
    hc_note_f64("overlap_percent", "  overlap", 100 * overlap / both, "% of the time both worked");
    hc_note_f64("to_host", "host/both", host / both, "times as fast as the host alone");
    hc_note_f64("to_device", "dev./both", device / both, "times as fast as the device alone");
    //> amdahl
    double share = picture_ms / (serial_ms + picture_ms); /* of one thread's time: stays serial */
    double sum = serial_ms / host + serial_ms / device;   /* the rest, if both speeds add up */
    double predicted = 1 / (share + (1 - share) / sum);
    double observed = (serial_ms + picture_ms) / (both + picture_ms);
    //< amdahl
    hc_note_f64("serial_percent", "serial", 100 * share, "% of one thread's time: colours, file");
    hc_note_f64("parallel_times", "the rest", sum, "times as fast, if both speeds add up");
    hc_note_f64("amdahl_predicted", "predicted", predicted, "times as fast as one thread, in all");
    hc_note_f64("amdahl_observed", "observed", observed, "times as fast as one thread, in all");
    hc_note_f64("amdahl_limit", "limit", 1 / share, "times, with any number of processors");
    bool simulated = strcmp(chosen->api, "sim") == 0;
    char note[128];
    snprintf(note, sizeof note, "the device is this CPU%s: the host's threads share its cores",
             simulated ? ", playing a GPU" : "");
    if (simulated || chosen->is_cpu) hc_note_text("note", "note", note);
}
