#include "sim/loader/tab.h"

#include <stdio.h>
#include <string.h>

#include "sim/loader/file.h"

/* POSIX ustar; the fields that count here. */
#define BLOCK_BYTES     512U
#define NAME_BYTES      100U
#define SIZE_OFFSET     124U
#define SIZE_DIGITS     12U
#define CHECKSUM_OFFSET 148U
#define CHECKSUM_BYTES  8U
#define TYPE_OFFSET     156U

static bool read_octal(const uint8_t *field, size_t digits, uint64_t *value)
{
    bool any = false;
    *value = 0;
    for (size_t i = 0; i < digits; i++) {
        if (field[i] >= '0' && field[i] <= '7') {
            *value = *value * 8 + (uint64_t)(field[i] - '0');
            any = true;
        } else if (any || field[i] != ' ') {
            return any && (field[i] == ' ' || field[i] == '\0');
        }
    }
    return any;
}

static bool checksum_is_right(const uint8_t *header)
{
    uint64_t said = 0;
    uint64_t sum = 0;
    for (size_t i = 0; i < BLOCK_BYTES; i++) {
        bool in_field = i >= CHECKSUM_OFFSET && i < CHECKSUM_OFFSET + CHECKSUM_BYTES;
        sum += in_field ? ' ' : header[i];
    }
    return read_octal(header + CHECKSUM_OFFSET, CHECKSUM_BYTES, &said) && said == sum;
}

/* The better, the lower; 0: nothing for these boards. */
static unsigned preference(const char *name)
{
    static const char *const exact[] = {"cortex-m4.tbf", NULL, "cortex-m3.tbf", "cortex-m0.tbf"};
    for (unsigned i = 0; i < sizeof exact / sizeof exact[0]; i++) {
        if (exact[i] != NULL && strcmp(name, exact[i]) == 0) {
            return i + 1;
        }
    }
    return strncmp(name, "cortex-m4.", 10) == 0 && file_has_ending(name, ".tbf") ? 2 : 0;
}

bool tab_find(const char *name, const uint8_t *data, size_t size, const uint8_t **tbf,
              size_t *tbf_size, struct sim_error *error)
{
    unsigned best = 0;
    size_t offset = 0;
    while (size - offset >= BLOCK_BYTES && data[offset] != 0) {
        const uint8_t *header = data + offset;
        char entry[NAME_BYTES + 1] = "";
        uint64_t bytes = 0;
        memcpy(entry, header, NAME_BYTES);
        if (!checksum_is_right(header) || !read_octal(header + SIZE_OFFSET, SIZE_DIGITS, &bytes)) {
            return sim_fail(error, SIM_WRONG_USE, "%s is no tar archive, or a damaged one, at %zu",
                            name, offset);
        }
        offset += BLOCK_BYTES;
        if (bytes > size - offset) {
            return sim_fail(error, SIM_WRONG_USE, "%s is truncated: download or build it again",
                            name);
        }
        bool is_file = header[TYPE_OFFSET] == '0' || header[TYPE_OFFSET] == '\0';
        unsigned found = is_file ? preference(file_base_name(entry)) : 0;
        if (found != 0 && (best == 0 || found < best)) {
            best = found;
            *tbf = data + offset;
            *tbf_size = (size_t)bytes;
        }
        size_t blocks = ((size_t)bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
        offset = blocks > size - offset ? size : offset + blocks;
    }
    return best != 0 || sim_fail(error, SIM_WRONG_USE,
                                 "%s has no cortex-m4.tbf, nor one for Cortex-M3 or M0: build the "
                                 "app for one of them",
                                 name);
}
