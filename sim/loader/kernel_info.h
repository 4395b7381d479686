/* sim/loader/kernel_info.h - what a kernel tells about itself in its ELF's section
 * `.sandglass.info`.
 *
 * Format: "SGLI", u32 version (1), u32 bytes per record, u32 number of records; then records of
 * name (40 bytes, zero-terminated), u32 value, u16 width, u16 count. kernel/core/info.c says what
 * the names mean. For views and reports only: nothing that judges the kernel may ask it.
 */
#ifndef SIM_LOADER_KERNEL_INFO_H
#define SIM_LOADER_KERNEL_INFO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KERNEL_INFO_NAME_BYTES 40

struct kernel_info_record {
    char name[KERNEL_INFO_NAME_BYTES]; /* terminated */
    uint32_t value;
    uint16_t width; /* bytes of an element */
    uint16_t count; /* elements */
};

struct kernel_info {
    struct kernel_info_record *records; /* owned */
    size_t count;
};

/* Reads the section of an ELF in memory. False (and an empty *info) when it has none, or one of
 * another version or damaged. */
bool kernel_info_parse(const uint8_t *section, size_t size, struct kernel_info *info);
bool kernel_info_read(const char *elf_path, struct kernel_info *info);
void kernel_info_free(struct kernel_info *info);

/* The record of that name, or NULL. */
const struct kernel_info_record *kernel_info_find(const struct kernel_info *info, const char *name);

#endif
