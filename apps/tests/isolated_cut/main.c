/*
 * What a loss of power leaves in the isolated storage: each start says which generation of WHO's it
 * finds, and writes the next one by one call; bytes before it, written once, are not to change.
 */
#include <stdio.h>
#include <string.h>

#include "apps/lib/isolated_storage.h"

#define HEAD_BYTES 16u
#define AT         250u /* over a page's end */
#define BYTES      24u

static unsigned char bytes[BYTES];

/* The value that all of them have, or -1. */
static int value_of(size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (bytes[i] != bytes[0]) {
            return -1;
        }
    }
    return bytes[0];
}

static int put(uint32_t offset, int value, size_t count)
{
    memset(bytes, value, sizeof(bytes));
    return isolated_storage_write(offset, bytes, count);
}

int main(void)
{
    int read = isolated_storage_read(0, bytes, HEAD_BYTES);
    int head = value_of(HEAD_BYTES);
    if (read == (int)HEAD_BYTES) {
        read = isolated_storage_read(AT, bytes, BYTES);
    }
    int value = value_of(BYTES);
    if (read != (int)BYTES) {
        printf("%c: error %d\n", WHO, read);
        return 1;
    }
    int generation = value == 0xFF ? 0 : value == -1 ? -1 : value - WHO;
    printf("%c: head %s, generation %d\n", WHO,
           head == WHO    ? "there"
           : head == 0xFF ? "missing"
                          : "wrong",
           generation);
    int status = head == WHO ? (int)HEAD_BYTES : put(0, WHO, HEAD_BYTES);
    if (status == (int)HEAD_BYTES) {
        status = put(AT, WHO + generation + 1, BYTES);
    }
    printf("%c: wrote generation %d, %d\n", WHO, generation + 1, status);
    return 0;
}
