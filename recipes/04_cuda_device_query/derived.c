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
static int cores_per_multiprocessor(int major, int minor) {
    switch (10 * major + minor) {
    case 60: return 64;
    case 70:
    case 72:
    case 75: return 64;
    case 80: return 64;
    case 50:
    case 52:
    case 53:
    case 61:
    case 62:
    case 86:
    case 87:
    case 89:
    case 90:
    case 100:
    case 103:
    case 120:
    case 121: return 128;
    default: return 0; /* newer than this program: no guess */
    }
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
