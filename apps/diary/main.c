/* Counts how often it was started, over losses of power. */
#include <stdint.h>
#include <stdio.h>

#include "apps/lib/storage.h"

#define MAGIC 0x79726964u

struct entry {
    uint32_t magic, count;
};

int main(void)
{
    struct entry entry;
    int count = storage_read(0, &entry, sizeof(entry));
    if (count != (int)sizeof(entry)) {
        printf("diary: nothing can be read, %d\n", count);
        return 1;
    }
    if (entry.magic != MAGIC) {
        printf("diary: a new diary of %d bytes\n", storage_size());
        entry = (struct entry){MAGIC, 0};
    }
    entry.count++;
    count = storage_write(0, &entry, sizeof(entry));
    if (count != (int)sizeof(entry)) {
        printf("diary: nothing can be written, %d\n", count);
        return 1;
    }
    printf("diary: start number %lu\n", (unsigned long)entry.count);
    return 0;
}
