// SPDX-License-Identifier: MIT
/* memory_parts.h - what the files memory*.c and hostfault.c share; everybody else wants device.h.
 *
 *   memory.c        cuMemAlloc and its like: accounting, kinds, owners
 *   memory_space.c  the address space: ranges that the host cannot touch, and their pages
 *   memory_table.c  the sorted table of allocations, which kernels read without a lock
 *   memory_fault.c  the sentence about an address that is wrong
 *   hostfault.c     the same for host code that touches a device address */
#ifndef CUSIM_MEMORY_PARTS_H
#define CUSIM_MEMORY_PARTS_H

#include "device.h"

/* ---- memory_table.c ---- */

/* What readers see of an allocation. All atomic: they look while a writer may be at work. */
typedef struct {
    _Atomic uint64_t base;
    _Atomic uint64_t bytes; /* 0: freed; the record stays for a while, to be named in reports */
    _Atomic uint64_t shift; /* bit 0: read-only; shifts are multiples of a page */
} CusimKey;

/* The same and the rest, for those who hold the lock. */
typedef struct {
    CusimAllocation it;
    int64_t shift;
    bool read_only;
    uint64_t freed_at; /* counts frees: which freed record is the oldest */
} CusimRecord;

/* Records in the order of their addresses; none overlaps another, be it living or freed. */
typedef struct {
    _Atomic uint32_t sequence; /* odd while a writer is at work */
    _Atomic size_t n;
    _Atomic(CusimKey *) key;
    CusimRecord *record;
    size_t room, n_freed;
    uint64_t frees;
    CusimKey *old[40]; /* outgrown, but a reader may still be looking */
    size_t n_old;
} CusimMemTable;

/* Without a lock: the living allocation that holds address. Gives up, with false, after so many
 * disturbed tries; 0: never. */
bool cusim_table_find(const CusimMemTable *table, uint64_t address, CusimWindow *window,
                      unsigned tries);
/* The rest wants the lock. */
/* The number of records that begin at or below address: the one before that may hold it. */
size_t cusim_table_upto(const CusimMemTable *table, uint64_t address);
bool cusim_table_insert(CusimMemTable *table, const CusimRecord *record); /* false: out of memory */
void cusim_table_mark_freed(CusimMemTable *table, size_t i);
void cusim_table_mark_read_only(CusimMemTable *table, size_t i);

/* ---- memory_space.c: wants the lock, but for cusim_space_holds ---- */

/* Make the first range: false, with a report, if there is no address space. */
bool cusim_space_start(size_t limit);
/* Addresses for bytes, with nothing else within a red zone's reach. 0: none left. */
uint64_t cusim_space_take(const CusimMemTable *table, size_t bytes, size_t align, int64_t *shift);
/* Give back the pages of a record that is marked freed; its addresses rest until all others were
 * used. */
void cusim_space_give(const CusimMemTable *table, size_t i);
/* Is this a device address, allocated or not? Safe in a signal handler. */
bool cusim_space_holds(uint64_t address);

/* ---- memory.c ---- */

/* cusim_memory_describe for a signal handler: -3 if the lock is taken. */
int cusim_memory_try_describe(uint64_t address, CusimAllocation *allocation);

/* ---- hostfault.c ---- */
void cusim_hostfault_start(void);
#endif
