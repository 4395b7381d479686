/*
 * object_file.h - an object file or a linked program, read with every bound checked: sections,
 * symbols, relocations. Made for files by a stranger.
 */
#ifndef TOOLS_CAPSULE_CHECK_OBJECT_FILE_H
#define TOOLS_CAPSULE_CHECK_OBJECT_FILE_H

#include <gelf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct object_section {
    const char *name; /* in the file; printable */
    GElf_Shdr header;
    const uint8_t *bytes; /* of header.sh_size; NULL when it has none in the file */
};

struct object_symbol {
    const char *name; /* in the file; printable, may be "" */
    uint32_t value;
    uint32_t size;
    uint8_t binding;  /* STB_... */
    uint8_t type;     /* STT_... */
    uint16_t section; /* an index below section_count, or SHN_UNDEF, SHN_ABS, SHN_COMMON */
};

struct object_relocation {
    uint32_t offset; /* into the section that is relocated */
    uint32_t type;   /* R_ARM_... */
    uint32_t symbol; /* an index below symbol_count */
};

struct object_file {
    void *bytes; /* owned, like the arrays */
    size_t length;
    Elf *elf;
    struct object_section *sections;
    size_t section_count;
    struct object_symbol *symbols;
    size_t symbol_count;
};

enum object_kind {
    OBJECT_RELOCATABLE,
    OBJECT_PROGRAM,
};

/* Reads the file, 32-bit little-endian ARM. False with the reason in `why`, a few words, when it is
 * not what it should be. Close it in either case. */
bool object_open(struct object_file *object, const char *path, enum object_kind kind,
                 const char **why);
void object_close(struct object_file *object);

/* NULL when there is none, or when its bytes are not in the file. */
const struct object_section *object_find_section(const struct object_file *object,
                                                 const char *name);
/* NULL when there is none. Global ones only. */
const struct object_symbol *object_find_symbol(const struct object_file *object, const char *name);

size_t object_relocation_count(const struct object_section *section);
/* False when it lies outside of what it relocates, or names no symbol. `section` is of SHT_REL. */
bool object_relocation_get(const struct object_file *object, const struct object_section *section,
                           size_t index, struct object_relocation *relocation);

/* The word at `offset` of the section; 0 outside of it. */
uint32_t object_word(const struct object_section *section, uint32_t offset);

#endif
