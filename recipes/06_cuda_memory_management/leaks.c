// SPDX-License-Identifier: MIT
/* The list of memory that is alive, and the report of what was never given back.
 */
#define _XOPEN_SOURCE 700 /* open_memstream */
#include "leaks.h"

typedef struct Allocation {
    uint64_t address;
    size_t bytes;
    const char *call, *file;
    int line;
} Allocation;

static Allocation *alive;
static size_t count, room;
static bool incomplete; /* no memory for the list itself */

CUresult leaks_taken(CUresult code, const void *address, size_t bytes, const char *call,
                     const char *file, int line) {
    if (code != CUDA_SUCCESS) return code;
    if (count == room) {
        size_t more = room ? 2 * room : 16;
        Allocation *grown = realloc(alive, more * sizeof *grown);
        if (!grown) return incomplete = true, code;
        alive = grown, room = more;
    }
    Allocation *a = &alive[count++];
    *a = (Allocation){.bytes = bytes, .call = call, .file = file, .line = line};
    memcpy(&a->address, address, sizeof a->address); /* CUdeviceptr and void * have 64 bits */
    return code;
}

CUresult leaks_given_back(CUresult code, uint64_t address) {
    if (code != CUDA_SUCCESS)
        return code; /* not given back: a wrong address, or given back twice */
    for (size_t i = 0; i < count; i++)
        if (alive[i].address == address) {
            alive[i] = alive[--count];
            break;
        }
    return code;
}

/* Take all that the same line of code took as entry i out of the list: how often, and how much. */
static Allocation gather(size_t i, size_t *times) {
    Allocation sum = alive[i];
    sum.bytes = 0, *times = 0;
    for (size_t k = i; k < count;) {
        bool same = alive[k].line == sum.line && strcmp(alive[k].file, sum.file) == 0;
        if (same) sum.bytes += alive[k].bytes, ++*times, alive[k] = alive[--count];
        else k++;
    }
    return sum;
}

//> report
int leaks_check(void) {
    char *list = NULL, text[48];
    size_t length, left = count, bytes = 0, times;
    FILE *out = open_memstream(&list, &length);
    while (out && count > 0) {
        Allocation a = gather(0, &times);
        hc_format_bytes(a.bytes, true, text, sizeof text);
        fprintf(out, "    %s:%d: %s, %zu time%s, %s\n", a.file, a.line, a.call, times,
                times == 1 ? "" : "s", text);
        bytes += a.bytes;
    }
    if (out) fclose(out);
    free(alive);
    alive = NULL, count = room = 0;
    if (left == 0 && !incomplete) return free(list), HC_OK;
    hc_set_error(HC_WRONG, (int)left, "LEAK", "give back what each of these lines takes",
                 "%zu allocation%s, %s, never given back%s", left, left == 1 ? "" : "s",
                 hc_format_bytes(bytes, true, text, sizeof text),
                 incomplete ? " (there was no memory to list them all)" : "");
    hc_set_error_detail(list);
    return HC_WRONG;
}
//< report
