// SPDX-License-Identifier: MIT
/* A word inside a picture: which data it was drawn from. Anyone can then tell whether a picture and
 * a data file belong together, also when the picture has travelled alone. A PNG is a list of
 * chunks (length, type, bytes, checksum), and has one for texts, tEXt; an SVG is XML, and has the
 * element metadata.
 *   source  PNG: ISO/IEC 15948, 5.3 and 11.3.4.3; SVG 1.1, 21
 */
#define _XOPEN_SOURCE 700
#include <errno.h>
#include <sys/stat.h>

#include "bench.h"

enum { SIGNATURE = 8, HEADER = 25 /* the chunk IHDR, always first: 4 + 4 + 13 + 4 bytes */ };

static uint32_t crc32(const unsigned char *bytes, size_t n) {
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < n; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
    }
    return ~crc;
}

static void put_u32(unsigned char *at, uint32_t value) {
    for (int i = 0; i < 4; i++) at[i] = (unsigned char)(value >> (24 - 8 * i));
}

/* Write the file anew: the first split bytes, what is put in, the rest. */
static int insert(const char *path, const char *bytes, size_t size, size_t split, const void *put,
                  size_t put_size) {
    FILE *file = fopen(path, "wb");
    bool good = file && fwrite(bytes, 1, split, file) == split &&
                fwrite(put, 1, put_size, file) == put_size &&
                fwrite(bytes + split, 1, size - split, file) == size - split;
    if (file && fclose(file) != 0) good = false;
    return good ? HC_OK
                : hc_set_error(HC_ERROR, errno, NULL, "is the disk full?",
                               "%s could not be written", path);
}

static int stamp_png(const char *path, const char *bytes, size_t size, const char *keyword,
                     const char *text) {
    unsigned char chunk[512];
    size_t key = strlen(keyword), length = key + 1 + strlen(text);
    if (key < 1 || key > 79 || length > sizeof chunk - 12)
        return hc_set_error(HC_ERROR, 0, NULL, NULL, "%s: a text too long for a picture", path);
    put_u32(chunk, (uint32_t)length);
    memcpy(chunk + 4, (const char[4]){'t', 'E', 'X', 't'}, 4);
    memcpy(chunk + 8, keyword, key + 1);
    for (size_t i = 0; text[i]; i++) chunk[8 + key + 1 + i] = (unsigned char)text[i];
    put_u32(chunk + 8 + length, crc32(chunk + 4, 4 + length));
    return insert(path, bytes, size, SIGNATURE + HEADER, chunk, length + 12);
}

int bench_stamp(const char *path, const char *keyword, const char *text) {
    char element[512];
    struct stat info;
    char *bytes = bench_read_file(path);
    int status = HC_ERROR;
    if (!bytes || stat(path, &info) != 0) {
        free(bytes);
        return hc_set_error(HC_ERROR, errno, NULL, NULL, "%s: %s", path, strerror(errno));
    }
    size_t size = (size_t)info.st_size;
    const char *svg = strstr(bytes, "<svg"), *end = svg ? strchr(svg, '>') : NULL;
    if (size >= SIGNATURE + HEADER && memcmp(bytes, "\x89PNG\r\n\x1a\n", SIGNATURE) == 0) {
        status = stamp_png(path, bytes, size, keyword, text);
    } else if (end) {
        snprintf(element, sizeof element, "\n<metadata>%s: %s</metadata>", keyword, text);
        status = insert(path, bytes, size, (size_t)(end + 1 - bytes), element, strlen(element));
    } else {
        hc_set_error(HC_ERROR, 0, NULL, NULL, "%s is neither PNG nor SVG", path);
    }
    free(bytes);
    return status;
}
