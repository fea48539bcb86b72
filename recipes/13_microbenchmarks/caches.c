// SPDX-License-Identifier: MIT
/* The caches of this computer as the operating system tells them: Linux has a folder for each cache
 * of each core, with its level, its type and its size.
 */
#include "bench.h"

/* The one word in a file of cpu0's cache number index; "" if there is none. */
static const char *word(unsigned index, const char *what, char text[32]) {
    char path[128];
    snprintf(path, sizeof path, "/sys/devices/system/cpu/cpu0/cache/index%u/%s", index, what);
    FILE *file = fopen(path, "r");
    if (!file || fscanf(file, "%31s", text) != 1) text[0] = '\0';
    if (file) fclose(file);
    return text;
}

size_t host_caches(Cache caches[MOST_CACHES]) {
    size_t count = 0;
    for (unsigned index = 0; count < MOST_CACHES; index++) {
        char level[32], type[32], size[32], unit = 'K';
        unsigned long kib = 0;
        if (!*word(index, "level", level)) break;
        if (strcmp(word(index, "type", type), "Instruction") == 0) continue;
        if (sscanf(word(index, "size", size), "%lu%c", &kib, &unit) < 1 || kib == 0) continue;
        if (unit == 'M') kib *= 1024;
        caches[count].bytes = kib * 1024;
        snprintf(caches[count].name, sizeof caches[count].name, "L%.3s%s", level,
                 strcmp(type, "Data") == 0 ? "d" : "");
        count++;
    }
    return count;
}
