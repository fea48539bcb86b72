// SPDX-License-Identifier: MIT
/* attributes.def as an array, and the words and JSON keys that are made from the names of the
 * constants: MAX_SHARED_MEMORY_PER_BLOCK is "max shared memory per block" for people and
 * "max_shared_memory_per_block_bytes" for programs.
 */
#include <ctype.h>

#include "query.h"

//> table
const Attribute attributes[] = {
#define GROUP(heading) {heading, 0, KIND_HEADING, false, NULL},
#define A(name, kind, meaning) {#name, CU_DEVICE_ATTRIBUTE_##name, KIND_##kind, true, meaning},
#define B(name, kind, meaning) {#name, CU_DEVICE_ATTRIBUTE_##name, KIND_##kind, false, meaning},
#include "attributes.def"
};
//< table
const size_t attribute_count = sizeof attributes / sizeof attributes[0];
_Static_assert(sizeof attributes / sizeof attributes[0] <= ROWS, "ROWS in query.h is too small");

const char *label_of(const Attribute *attribute, char *buffer, size_t size) {
    size_t i = 0;
    for (const char *p = attribute->name; *p && i + 1 < size; p++)
        buffer[i++] = (char)(*p == '_' ? ' ' : tolower((unsigned char)*p));
    buffer[i] = '\0';
    return buffer;
}

const char *key_of(const Attribute *attribute, char *buffer, size_t size) {
    Kind kind = attribute->kind;
    label_of(attribute, buffer, size);
    for (char *p = buffer; *p; p++)
        if (*p == ' ') *p = '_';
    const char *unit = kind == KIND_BYTES || kind == KIND_BYTES_OR_NONE ? "_bytes"
                       : kind == KIND_KHZ                               ? "_khz"
                       : kind == KIND_BITS                              ? "_bits"
                                                                        : "";
    size_t length = strlen(buffer);
    snprintf(buffer + length, size - length, "%s", unit);
    return buffer;
}
