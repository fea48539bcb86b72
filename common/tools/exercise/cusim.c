// SPDX-License-Identifier: MIT
/* cusim's report as a sentence. It reads
 *     cusim: check memory: invalid global write of 4 bytes
 *     cusim:   at kernel double_matrix, double_matrix.cu:7 (PTX line 41: st.global.f32)
 *     cusim:   by thread (5,0,0) of block (0,0,0)
 *     cusim:     address 0x700000000fa8 is the first byte past the end of allocation 1 (...)
 *     cusim:   hint: compare the index with the number of elements before the access
 * and becomes: cusim: invalid global write of 4 bytes, at kernel double_matrix, ..., by thread ...
 */
#define _XOPEN_SOURCE 700
#include "exercise.h"

/* The report's lines begin with this; those that say no more than a total do not go on. */
static const char begins[] = "cusim: check ", goes_on[] = "cusim:   ";

/* Print a piece of a line, with files as the learner knows them: without the folders in front. */
static void print_short(FILE *out, const char *text, size_t length) {
    for (size_t i = 0; i < length;) {
        size_t word = strcspn(text + i, " \n"), name = 0;
        if (word > length - i) word = length - i;
        for (size_t k = 0; text[i] == '/' && k < word; k++)
            if (text[i + k] == '/') name = k + 1;
        fwrite(text + i + name, 1, word - name, out);
        i += word;
        if (i < length) putc(text[i++], out);
    }
}

char *cusim_translate(const char *err) {
    for (const char *p = err; (p = strstr(p, begins)) != NULL; p++) {
        const char *what = strstr(p, ": "), *line = p + strcspn(p, "\n");
        what = what ? strstr(what + 2, ": ") : NULL; /* behind the check's name */
        if (!what || what > line || strncmp(line + (*line == '\n'), goes_on, strlen(goes_on)) != 0)
            continue;
        char *text = NULL;
        size_t length;
        FILE *out = open_memstream(&text, &length);
        if (!out) return NULL;
        fputs("cusim: ", out);
        print_short(out, what + 2, (size_t)(line - what - 2));
        int threads = 0;
        bool skip = false;
        while (*line && strncmp(line + 1, goes_on, strlen(goes_on)) == 0) {
            const char *more = line + 1 + strlen(goes_on);
            more += strspn(more, " ");
            line = more + strcspn(more, "\n");
            bool hint = strncmp(more, "hint: ", 6) == 0;
            bool other = strncmp(more, "by thread ", 10) == 0 && threads++ > 0;
            if (other || strncmp(more, "and by ", 7) == 0) skip = true; /* one thread is enough */
            if (hint) skip = false;
            if (skip) continue;
            if (hint) more += 6;
            fputs(hint ? ". Hint: " : ", ", out);
            print_short(out, more, (size_t)(line - more));
        }
        fclose(out);
        return text;
    }
    return NULL;
}
