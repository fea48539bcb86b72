// SPDX-License-Identifier: MIT
/* harness.h - what main.c asks of harness.c: run a list of cases, or write their PTX. */
#ifndef HARNESS_H
#define HARNESS_H

#include "ops.h"

int run_cases(Case **list, size_t n, bool verbose); /* exit code */
int write_ptx(const char *folder, Case **list, size_t n);
#endif
