// SPDX-License-Identifier: MIT
/* Figures that no driver tells, though every data sheet has them: they follow from attributes, by
 * rules that are true of the generations known here. They are marked as derived wherever they are
 * shown, for they are limits on paper: measured bandwidth is often a tenth less (recipe 10).
 */
#include <math.h>

#include "query.h"

//> cores
/* Units for float arithmetic in one multiprocessor, which NVIDIA counts as "CUDA cores".
 *   source  CUDA C++ Programming Guide, arithmetic instructions by compute capability */
static const struct {
    int capability, cores;
} generations[] = {{50, 128},  {52, 128},  {53, 128},  {60, 64},   {61, 128}, {62, 128}, {70, 64},
                   {72, 64},   {75, 64},   {80, 64},   {86, 128},  {87, 128}, {89, 128}, {90, 128},
                   {100, 128}, {103, 128}, {110, 128}, {120, 128}, {121, 128}};

static int cores_per_multiprocessor(int major, int minor) {
    for (size_t i = 0; i < sizeof generations / sizeof generations[0]; i++)
        if (generations[i].capability == 10 * major + minor) return generations[i].cores;
    return 0; /* newer than this program: no guess */
}
//< cores

static double number(const Device *device, CUdevice_attribute what) {
    const Answer *answer = &device->answers[what];
    return answer->code == CUDA_SUCCESS && answer->value > 0 ? answer->value : (double)NAN;
}

void derive(const Machine *machine, const Device *device, Derived figures[DERIVED]) {
    double multiprocessors = number(device, CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT);
    int cores = cores_per_multiprocessor(
        device->answers[CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR].value,
        device->answers[CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR].value);
    double all_cores = cores ? cores * multiprocessors : (double)NAN;
    double resident =
        multiprocessors * number(device, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR);
    double registers = number(device, CU_DEVICE_ATTRIBUTE_MAX_REGISTERS_PER_MULTIPROCESSOR) /
                       number(device, CU_DEVICE_ATTRIBUTE_MAX_THREADS_PER_MULTIPROCESSOR);
    //> bandwidth
    /* kHz to Hz; twice per period; bits to bytes; bytes per second to GB/s. */
    double gbps = number(device, CU_DEVICE_ATTRIBUTE_MEMORY_CLOCK_RATE) * 1e3 * 2 *
                  number(device, CU_DEVICE_ATTRIBUTE_GLOBAL_MEMORY_BUS_WIDTH) / 8 * 1e-9;
    /* A fused multiply-add in each core and period, which counts as two operations. */
    double gflops = all_cores * 2 * number(device, CU_DEVICE_ATTRIBUTE_CLOCK_RATE) * 1e3 * 1e-9;
    //< bandwidth
    const Derived all[DERIVED] = {{"resident_threads", "threads resident at once", "",
                                   "multiprocessors x threads of each", resident, ""},
                                  {"registers_per_thread", "registers per thread then", "",
                                   "registers / threads", registers, ""},
                                  {"cores", "cores", "",
                                   "multiprocessors x cores of each, by compute capability",
                                   all_cores, ""},
                                  {"peak_f32_gflops", "float arithmetic, at most", "GFLOP/s",
                                   "cores x 2 x clock", gflops, ""},
                                  {"bandwidth_gbps", "memory bandwidth, at most", "GB/s",
                                   "2 x memory clock x bus width", gbps, ""}};
    for (int i = 0; i < DERIVED; i++) {
        figures[i] = all[i];
        if (machine->software && i >= 2) { /* its clocks and its bus are invented */
            figures[i].value = (double)NAN;
            figures[i].why = "a software device has none";
        } else if (isnan(figures[i].value)) {
            figures[i].why = "not known for this device";
        }
    }
}
