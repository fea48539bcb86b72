// SPDX-License-Identifier: MIT
/* memory_table.c - the sorted table of allocations.
 *
 * Every load and store of a kernel asks "which allocation is this?". Mostly a worker's window
 * answers; when it does not, many threads search this table while the host may allocate and free.
 * Searching takes no lock: a writer makes a sequence number odd, changes the table and makes it
 * even again; a reader that saw an odd number, or another number afterwards, tries again (a
 * "sequence lock"). All that readers touch is atomic, written with release and read with acquire
 * order, which keeps the numbers and the data in order and costs nothing on x86.
 *
 * Since device addresses are handed out in rising order, a new record mostly goes to the end. Freed
 * records stay for a while, so that a report can say "inside memory that was freed". */
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "memory_parts.h"

#define READ(x) atomic_load_explicit(&(x), memory_order_acquire)
#define WRITE(x, value) atomic_store_explicit(&(x), (value), memory_order_release)

enum { FIRST_ROOM = 256, KEEP_FREED = 1024 };

/* ---- Readers ---- */

static bool look(const CusimMemTable *table, uint64_t address, CusimWindow *window) {
    /* The number first: keys read later hold at least that many. The other way round a writer that
     * grows the table in between would lead us past the end of the old keys. */
    size_t low = 0, high = READ(table->n);
    CusimKey *key = READ(table->key);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (READ(key[middle].base) <= address) low = middle + 1;
        else high = middle;
    }
    if (low == 0) return false;
    uint64_t base = READ(key[low - 1].base), bytes = READ(key[low - 1].bytes);
    uint64_t shift = READ(key[low - 1].shift);
    if (address - base >= bytes) return false;
    *window = (CusimWindow){base, bytes, (int64_t)(shift & ~1ull), shift & 1};
    return true;
}

bool cusim_table_find(const CusimMemTable *table, uint64_t address, CusimWindow *window,
                      unsigned tries) {
    for (unsigned n = 1;; n++) {
        uint32_t before = READ(table->sequence);
        if (before % 2 == 0) {
            bool found = look(table, address, window);
            if (READ(table->sequence) == before) return found;
        }
        if (n == tries) return false;
        if (n % 64 == 0) (void)sched_yield(); /* the writer may have lost its core */
    }
}

/* ---- Writers, one at a time ---- */

static void begin(CusimMemTable *table) {
    WRITE(table->sequence, atomic_load_explicit(&table->sequence, memory_order_relaxed) + 1);
}

static void end(CusimMemTable *table) { begin(table); }

static size_t count(const CusimMemTable *table) {
    return atomic_load_explicit(&table->n, memory_order_relaxed);
}

/* Make record i known to readers. */
static void publish(CusimMemTable *table, size_t i) {
    CusimKey *key = atomic_load_explicit(&table->key, memory_order_relaxed) + i;
    const CusimRecord *record = &table->record[i];
    WRITE(key->base, record->it.base);
    WRITE(key->bytes, record->it.freed ? 0 : record->it.bytes);
    WRITE(key->shift, (uint64_t)record->shift | record->read_only);
}

/* Room for one more. A reader may still search the old keys: they are kept for good, all of them
 * together being smaller than the new ones. */
static bool grow(CusimMemTable *table) {
    size_t n = count(table);
    if (n < table->room) return true;
    size_t room = table->room ? 2 * table->room : FIRST_ROOM;
    if (table->n_old == sizeof(table->old) / sizeof(table->old[0])) return false;
    CusimRecord *record = realloc(table->record, room * sizeof(*record));
    if (!record) return false;
    table->record = record;
    CusimKey *key = calloc(room, sizeof(*key));
    if (!key) return false;
    table->old[table->n_old++] = atomic_load_explicit(&table->key, memory_order_relaxed);
    begin(table);
    WRITE(table->key, key);
    for (size_t i = 0; i < n; i++) publish(table, i);
    end(table);
    table->room = room;
    return true;
}

size_t cusim_table_upto(const CusimMemTable *table, uint64_t address) {
    size_t low = 0, high = count(table);
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (table->record[middle].it.base <= address) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* Put one record in the place of those from first to before last. */
static void splice(CusimMemTable *table, size_t first, size_t last, const CusimRecord *record) {
    size_t n = count(table), tail = n - last;
    begin(table);
    memmove(table->record + first + 1, table->record + last, tail * sizeof(*record));
    table->record[first] = *record;
    size_t now = first + 1 + tail;
    for (size_t i = first; i < (now == n ? first + 1 : now); i++) publish(table, i);
    WRITE(table->n, now);
    end(table);
}

bool cusim_table_insert(CusimMemTable *table, const CusimRecord *record) {
    if (!grow(table)) return false;
    uint64_t base = record->it.base, past = base + record->it.bytes;
    /* What lies there was freed long ago: its record makes room. */
    size_t last = cusim_table_upto(table, past - 1), first = last;
    while (first > 0 && table->record[first - 1].it.base + table->record[first - 1].it.bytes > base)
        first--;
    table->n_freed -= last - first;
    splice(table, first, last, record);
    return true;
}

/* Forget the older ones of the freed records. */
static void compact(CusimMemTable *table) {
    size_t n = count(table), keep = (KEEP_FREED + (n - table->n_freed)) / 2, to = 0;
    begin(table);
    for (size_t i = 0; i < n; i++) {
        const CusimRecord *record = &table->record[i];
        if (record->it.freed && record->freed_at + keep <= table->frees) continue;
        if (to != i) table->record[to] = *record;
        publish(table, to++);
    }
    WRITE(table->n, to);
    end(table);
    table->n_freed -= n - to;
}

void cusim_table_mark_freed(CusimMemTable *table, size_t i) {
    table->record[i].it.freed = true;
    table->record[i].freed_at = ++table->frees;
    table->n_freed++;
    begin(table);
    publish(table, i);
    end(table);
    if (table->n_freed > KEEP_FREED + (count(table) - table->n_freed)) compact(table);
}

void cusim_table_mark_read_only(CusimMemTable *table, size_t i) {
    table->record[i].read_only = true;
    begin(table);
    publish(table, i);
    end(table);
}
