// SPDX-License-Identifier: MIT
/* application.h - what the files of this recipe share: the objects of one OpenCL program.
 */
#ifndef APPLICATION_H
#define APPLICATION_H
#include "hc_cl.h"

typedef struct Application {
    cl_device_id device;
    cl_context context;
    cl_command_queue queue;
    cl_kernel kernel; /* vector_sum, built for type */
    HcType type;
    size_t n; /* elements, at least 1 where these functions are called */
} Application;

/* group_size - how many work-items to put into one group: 256, or what the device allows. */
size_t group_size(const Application *app);

/* measure_kernels - run the kernel (its arguments are set) and a copy kernel of the same shape in
 * turn, repeat times each, and note both rates.
 *   shapes  d_z, d_x: n elements; d_z is overwritten */
void measure_kernels(const Application *app, cl_mem d_z, cl_mem d_x, unsigned repeat);

/* measure_transfers - upload x and download z, repeat times each, and note the times.
 *   shapes  n elements each; z is overwritten with what d_z holds */
void measure_transfers(const Application *app, cl_mem d_x, const void *x, cl_mem d_z, void *z,
                       unsigned repeat);

/* sum_mapped - the same sum with buffers that the host maps instead of copying; verified, measured.
 *   shapes  want: n elements; the input is made in place from seed, streams 0 and 1 */
void sum_mapped(const Application *app, const void *want, uint64_t seed, unsigned repeat);

#endif
