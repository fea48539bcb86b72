// SPDX-License-Identifier: MIT
/* A text that grows: the generator writes source into one of these, a piece at a time, and only
 * asks at the end whether there was memory for all of it.
 */
#include <stdarg.h>

#include "internal.h"

static bool grow(EwText *out, size_t more) {
    if (out->failed || out->room - out->used > more) return !out->failed;
    size_t room = 2 * out->room + more + 256;
    char *text = realloc(out->text, room);
    out->failed = !text;
    if (!text) return false;
    out->text = text;
    out->room = room;
    return true;
}

void ew_add(EwText *out, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int length = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (length < 0 || !grow(out, (size_t)length + 1)) return;
    va_start(list, format);
    vsnprintf(out->text + out->used, out->room - out->used, format, list);
    va_end(list);
    out->used += (size_t)length;
}

int ew_text_take(EwText *out, char **text) {
    if (grow(out, 1)) {
        out->text[out->used] = '\0';
        *text = out->text;
        *out = (EwText){0};
        return HC_OK;
    }
    free(out->text);
    *out = (EwText){0};
    *text = NULL;
    return hc_set_error(HC_ERROR, 0, NULL, NULL, "out of memory for the generated source");
}
