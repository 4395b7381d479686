/*
 * What a loss of power leaves in the storage. Two blocks are written by one call, over and over;
 * each start says first which generation it finds in each, and whether anything is torn.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "apps/lib/storage.h"

#define PREFIX_BYTES 2000u
#define PREFIX       0x5A
#define BYTES        4000u
#define FIRST_BYTES  (STORAGE_BLOCK - PREFIX_BYTES) /* of them in the first block */

static unsigned char bytes[BYTES];

/* The value that all of them have, or -1. */
static int value_of(size_t from, size_t to)
{
    for (size_t i = from; i < to; i++) {
        if (bytes[i] != bytes[from]) {
            return -1;
        }
    }
    return bytes[from];
}

static bool read_all(uint32_t offset, size_t count)
{
    int done = storage_read(offset, bytes, count);
    if (done != (int)count) {
        printf("cut: %d bytes read of %zu\n", done, count);
        return false;
    }
    return true;
}

static bool write_all(uint32_t offset, int value, size_t count)
{
    memset(bytes, value, count);
    int done = storage_write(offset, bytes, count);
    if (done != (int)count) {
        printf("cut: %d bytes written of %zu\n", done, count);
        return false;
    }
    return true;
}

/* Erased flash is generation 0. */
static int generation(size_t from, size_t to)
{
    int value = value_of(from, to);
    return value == 0xFF ? 0 : value;
}

int main(void)
{
    if (!read_all(0, PREFIX_BYTES)) {
        return 1;
    }
    int prefix = value_of(0, PREFIX_BYTES);
    if (!read_all(PREFIX_BYTES, BYTES)) {
        return 1;
    }
    int first = generation(0, FIRST_BYTES), second = generation(FIRST_BYTES, BYTES);
    printf("cut: prefix %02x, generations %d %d\n", (unsigned)prefix & 0xFFu, first, second);
    if (prefix != PREFIX && !write_all(0, PREFIX, PREFIX_BYTES)) {
        return 1;
    }
    if (write_all(PREFIX_BYTES, first + 1, BYTES)) {
        printf("cut: wrote generation %d\n", first + 1);
    }
    return 0;
}
