#include "tools/pack/tab.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/abi/tbf.h"
#include "tools/pack/app_elf.h"

/* POSIX ustar (IEEE 1003.1, pax): blocks of 512 bytes, two empty ones at the end. */
#define BLOCK_BYTES 512u
struct tar_header {
    char name[100];
    char mode[8], uid[8], gid[8];
    char size[12], mtime[12];
    char checksum[8];
    char type;
    char link_name[100];
    char magic[6], version[2];
    char user_name[32], group_name[32];
    char device_major[8], device_minor[8];
    char prefix[155];
    char unused[12];
};
_Static_assert(sizeof(struct tar_header) == BLOCK_BYTES, "a header fills a block");

static size_t in_blocks(size_t bytes)
{
    return (bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
}

/* The same input makes the same archive: no times, no names of people. Returns the end. */
static uint8_t *put_file(uint8_t *at, const char *name, const void *data, size_t size)
{
    struct tar_header header = {.type = '0'};
    snprintf(header.name, sizeof header.name, "%s", name);
    snprintf(header.mode, sizeof header.mode, "%07o", 0644u);
    snprintf(header.uid, sizeof header.uid, "%07o", 0u);
    snprintf(header.gid, sizeof header.gid, "%07o", 0u);
    snprintf(header.size, sizeof header.size, "%011zo", size);
    snprintf(header.mtime, sizeof header.mtime, "%011o", 0u);
    memcpy(header.magic, "ustar", sizeof header.magic);
    memcpy(header.version, "00", sizeof header.version);
    memset(header.checksum, ' ', sizeof header.checksum);
    unsigned sum = 0;
    for (size_t i = 0; i < sizeof header; i++) {
        sum += ((const uint8_t *)&header)[i];
    }
    snprintf(header.checksum, sizeof header.checksum, "%06o", sum);
    memcpy(at, &header, sizeof header);
    memcpy(at + BLOCK_BYTES, data, size);
    return at + BLOCK_BYTES + in_blocks(size);
}

/* A string of TOML: what would end it or is no text is left out. */
static void toml_name(char text[PACK_NAME_MAX + 1], const char *name)
{
    size_t count = 0;
    for (; *name != '\0'; name++) {
        bool plain = (unsigned char)*name >= ' ' && *name != '"' && *name != '\\' && *name != 0x7F;
        text[count] = plain ? *name : '_';
        count++;
    }
    text[count] = '\0';
}

bool tab_write(const struct pack_output *app, const char *label, uint8_t **bytes, size_t *size,
               struct pack_error *error)
{
    char name[PACK_NAME_MAX + 1];
    char metadata[256];
    toml_name(name, app->name);
    int length = snprintf(metadata, sizeof metadata,
                          "tab-version = 1\n"
                          "name = \"%s\"\n"
                          "only-for-boards = \"\"\n"
                          "minimum-tock-kernel-version = \"%u.%u\"\n",
                          name, TBF_KERNEL_MAJOR, TBF_KERNEL_MINOR);
    *size = BLOCK_BYTES + in_blocks((size_t)length) + BLOCK_BYTES + in_blocks(app->size) +
            2 * BLOCK_BYTES;
    *bytes = calloc(1, *size);
    if (*bytes == NULL) {
        return pack_fail(error, label, "out of memory");
    }
    uint8_t *at = put_file(*bytes, "metadata.toml", metadata, (size_t)length);
    (void)put_file(at, TAB_ARCHITECTURE ".tbf", app->bytes, app->size);
    return true;
}
