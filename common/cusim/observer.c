// SPDX-License-Identifier: MIT
/* observer.c - the list of those who watch kernels run, and which of them the user has asked for.
 *
 *   CUSIM_STATS=text|json     counts, shown when the process ends (stats.c)
 *   CUSIM_CHECK=memory        checks, separated by commas (check.c)
 *
 * Nobody is watching unless one of the two is set, and then a launch pays nothing for them. */
#include "observer.h"

#include <string.h>

CusimObserver *cusim_observers;

/* The checks by name. common/tools/sim.sh shows the same list. */
static const struct {
    const char *name;
    CusimObserver *(*start)(void);
} checks[] = {
    {"memory", cusim_check_memory},
};
enum { N_CHECKS = sizeof checks / sizeof checks[0] };

void cusim_observer_add(CusimObserver *observer) {
    CusimObserver **end = &cusim_observers;
    while (*end) end = &(*end)->next;
    *end = observer;
}

CusimSpace cusim_access_space(const CusimAccess *access, int lane, uint64_t *address) {
    uint64_t raw = access->address[lane];
    *address = raw;
    if (access->space != CUSIM_SPACE_GENERIC) return access->space;
    *address = raw & ~CUSIM_WINDOW_MASK;
    switch (raw & CUSIM_WINDOW_MASK) {
    case CUSIM_SHARED_WINDOW: return CUSIM_SPACE_SHARED;
    case CUSIM_LOCAL_WINDOW: return CUSIM_SPACE_LOCAL;
    case CUSIM_PARAM_WINDOW: return CUSIM_SPACE_PARAM;
    default: *address = raw; return CUSIM_SPACE_GLOBAL;
    }
}

/* Add the check called name, n characters; false if there is none. */
static bool add_check(const char *name, size_t n) {
    for (size_t i = 0; i < N_CHECKS; i++) {
        if (strlen(checks[i].name) != n || memcmp(checks[i].name, name, n) != 0) continue;
        CusimObserver *observer = checks[i].start();
        for (CusimObserver *o = cusim_observers; o; o = o->next)
            if (o == observer) return true; /* named twice */
        if (observer) cusim_observer_add(observer);
        return observer;
    }
    return false;
}

/* A misspelt check that stays silent would look like a clean program, so cuInit fails instead. */
static CUresult start_checks(const char *list) {
    for (const char *at = list; *at;) {
        size_t n = strcspn(at, ",");
        if (n > 0 && !add_check(at, n)) {
            char names[128] = "";
            for (size_t i = 0; i < N_CHECKS; i++) {
                strncat(names, " ", sizeof names - strlen(names) - 1);
                strncat(names, checks[i].name, sizeof names - strlen(names) - 1);
            }
            cusim_report("CUSIM_CHECK=%s: no check is called '%.*s'; there are:%s", list, (int)n,
                         at, names);
            return CUDA_ERROR_INVALID_VALUE;
        }
        at += n;
        if (*at == ',') at++;
    }
    return CUDA_SUCCESS;
}

static CUresult start(void) {
    const char *stats = cusim_env("CUSIM_STATS"), *check = cusim_env("CUSIM_CHECK");
    if (stats) {
        bool json = strcmp(stats, "json") == 0;
        if (!json && strcmp(stats, "text") != 0) {
            cusim_report("CUSIM_STATS=%s is neither text nor json", stats);
            return CUDA_ERROR_INVALID_VALUE;
        }
        CusimObserver *observer = cusim_stats(json);
        if (!observer) return CUDA_ERROR_OUT_OF_MEMORY;
        cusim_observer_add(observer);
    }
    return check ? start_checks(check) : CUDA_SUCCESS;
}

CUresult cusim_observers_start(void) {
    static bool started;
    static CUresult result; /* kept: a second cuInit must not make good what the first refused */
    if (!started) {
        started = true;
        result = start();
    }
    return result;
}
