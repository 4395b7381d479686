/*
 * app_elf_internal.h - what the files that read an app's ELF share.
 */
#ifndef TOOLS_PACK_APP_ELF_INTERNAL_H
#define TOOLS_PACK_APP_ELF_INTERNAL_H

#include <gelf.h>
#include <libelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/abi/tbf.h"
#include "tools/pack/app_elf.h"

/* Reading state. `elf` is libelf's view of a private copy, because libelf may write into the
 * memory. */
struct app_elf_reader {
    struct app_elf *app;
    const char *label;
    struct pack_error *error;
    Elf *elf;
    size_t file_bytes;
    size_t section_names; /* index of the string table of section names */
    uint8_t *relocations; /* of .data, as crt0 wants them */
    size_t relocation_count, relocation_room;
    bool has_text, has_relocations;
};

static inline bool app_elf_in_flash(uint64_t address)
{
    return address >= TBF_LINK_FLASH;
}

static inline void app_elf_put_u32(uint8_t *bytes, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
}

static inline uint32_t app_elf_get_u32(const uint8_t *bytes)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < 4; i++) {
        value |= (uint32_t)bytes[i] << (8 * i);
    }
    return value;
}

/* "(no name)" where it has none. */
const char *app_elf_section_name(const struct app_elf_reader *r, const GElf_Shdr *section);

/* Says that the file is truncated or corrupt, and where. Always false. */
bool app_elf_corrupt(const struct app_elf_reader *r, const char *where);

/* Refuses every relocation that cannot be done at run time, and keeps those of .data for crt0 in
 * r->relocations. */
bool app_elf_check_relocations(struct app_elf_reader *r);

#endif
