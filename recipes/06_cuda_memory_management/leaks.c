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

//> report
int leaks_check(void) {
    char *list = NULL;
    char text[48];
    size_t length, bytes = 0;
    FILE *out = open_memstream(&list, &length);
    size_t left = count;
    for (size_t i = 0; i < count; i++) {
        const Allocation *a = &alive[i];
        size_t times = 0, sum = 0;
        for (size_t k = i;
             k < count;) { /* what the same line took goes into one line of the report */
            if (alive[k].line != a->line || strcmp(alive[k].file, a->file) != 0) {
                k++;
                continue;
            }
            times++, sum += alive[k].bytes;
            if (k == i) k++;
            else alive[k] = alive[--count];
        }
        bytes += sum;
        hc_format_bytes(sum, true, text, sizeof text);
        if (out)
            fprintf(out, "    %s:%d: %s, %zu time%s, %s\n", a->file, a->line, a->call, times,
                    times == 1 ? "" : "s", text);
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
