// SPDX-License-Identifier: MIT
/* run.h - the texts of the scan, which partition.c has. Nothing here needs to be changed. */
#ifndef RUN_H
#define RUN_H

extern const char *const item_type, *const neutral, *const map, *const scan, *const output;

#endif
