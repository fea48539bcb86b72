// SPDX-License-Identifier: MIT
/* The last error of each thread: a number, its name, a sentence, and what to do next.
 * A function that fails fills it in and returns a status; the caller decides whether to print it.
 */
#include <stdarg.h>

#include "internal.h"

static _Thread_local HcError last;

const HcError *hc_last_error(void) { return &last; }

int hc_set_error(int status, int code, const char *name, const char *hint, const char *format,
                 ...) {
    hc_set_error_detail(NULL);
    last.code = code;
    snprintf(last.name, sizeof last.name, "%s", name ? name : "");
    snprintf(last.hint, sizeof last.hint, "%s", hint ? hint : "");
    va_list list;
    va_start(list, format);
    vsnprintf(last.message, sizeof last.message, format, list);
    va_end(list);
    return status;
}

void hc_set_error_detail(char *text) {
    free(last.detail);
    last.detail = text;
}

const HcCode *hc_find_code(const HcCode *codes, int code) {
    while (codes->code != code && codes->code != HC_CODES_END) codes++;
    return codes;
}

int hc_set_code(int status, const HcCode *codes, int code) {
    const HcCode *found = hc_find_code(codes, code);
    return hc_set_error(status, code, found->name, found->hint, "%s", found->meaning);
}
