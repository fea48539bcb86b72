// SPDX-License-Identifier: MIT
/* doctor.h - what the files of the doctor share: findings, and running other programs to look at
 * them.
 */
#ifndef DOCTOR_H
#define DOCTOR_H
#include "hc.h"

/* A problem keeps the recipes from running; a note does not, but is worth knowing. */
typedef enum { DOCTOR_OK, DOCTOR_NOTE, DOCTOR_PROBLEM } DoctorState;

/* doctor_find - add a finding: what was looked at, in one or two words, and what was found there.
 * doctor_advise - say of the last finding why it matters and what to do; remedy NULL if nothing. */
void doctor_find(DoctorState state, const char *group, const char *check, const char *found, ...)
    HC_PRINTF(4, 5);
void doctor_advise(const char *why, const char *remedy, ...) HC_PRINTF(2, 3);

/* doctor_problems - how many problems there are so far. */
int doctor_problems(void);

/* doctor_device - add a device to the JSON's list. kernel_ms < 0: it could not run a kernel. */
void doctor_device(const HcDevice *device, double kernel_ms);

/* What a program that was run left: its exit code, 128 + signal, or -1 if it could not be started.
 */
typedef struct DoctorRun {
    int status;
    char out[16384], err[2048]; /* of err, the end */
} DoctorRun;

/* doctor_run - run a program found in PATH, without input, and wait for it. doctor_self - the same
 * for this program. The arguments end with NULL. */
void doctor_run(DoctorRun *run, const char *const *argv);
void doctor_self(DoctorRun *run, const char *a, const char *b, const char *c);

/* doctor_end - how a program ended badly, with the last line that it left on stderr; good until the
 * next call. doctor_fields - the next line of text as at most 8 fields split by tabs, "" for those
 * that are not there; false at the end. */
const char *doctor_end(const DoctorRun *run);
bool doctor_fields(char **text, char *fields[8]);

/* doctor_read - the first line of a small file, without its end; false if it cannot be read. */
bool doctor_read(const char *path, char *line, size_t size);

/* doctor_is_set - an environment variable that is not empty. */
const char *doctor_is_set(const char *name);

/* The groups of checks. That of OpenCL leaves the PCI vendor numbers of the GPUs it found, ended by
 * 0. */
void doctor_check_opencl(unsigned vendors[16]);
void doctor_check_hardware(const unsigned *vendors);
void doctor_check_system(void);
void doctor_check_build(const char *packages);

/* CUDA: gather asks drivers and devices, before OpenCL's check, which reads HC_DEVICE by all
 * devices; check reports. Left out where the build has no CUDA, or links it. */
void doctor_gather_cuda(void);
void doctor_check_cuda(const char *kernels);
#ifdef DOCTOR_CUDA
extern const HcApi doctor_gpu_api, doctor_sim_api;
#define DOCTOR_CUDA_APIS &doctor_gpu_api, &doctor_sim_api,
#else
#define DOCTOR_CUDA_APIS
#endif

/* doctor_probe - the part that runs in a child process, since a driver may crash or hang; that of
 * CUDA. */
int doctor_probe(int argc, char **argv);
int doctor_probe_cuda(int argc, char **argv);

#endif
