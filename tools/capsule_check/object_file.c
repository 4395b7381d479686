#include "tools/capsule_check/object_file.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/capsule_check/memory.h"

enum {
    FILE_MAX_BYTES = 64 * 1024 * 1024, /* a kernel with debug information has a few */
    SYMBOL_BYTES = 16,                 /* of a 32-bit file */
    REL_BYTES = 8,
};

static bool read_file(struct object_file *object, const char *path, const char **why)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        *why = "cannot be read";
        return false;
    }
    size_t room = 0;
    bool whole = false;
    for (;;) {
        if (object->length == room) {
            room = room == 0 ? 65536 : room * 2;
            object->bytes = memory_or_exit(realloc(object->bytes, room));
        }
        size_t got = fread((char *)object->bytes + object->length, 1, room - object->length, file);
        object->length += got;
        if (got == 0 || object->length > FILE_MAX_BYTES) {
            whole = got == 0 && ferror(file) == 0;
            break;
        }
    }
    (void)fclose(file);
    *why = "cannot be read, or is larger than any kernel";
    return whole;
}

static bool is_printable(const char *name)
{
    for (const char *c = name; *c != '\0'; c++) {
        if (!isprint((unsigned char)*c)) {
            return false;
        }
    }
    return true;
}

/* Names end inside their table: elf_strptr has seen to it. */
static const char *name_at(const struct object_file *object, size_t table, size_t offset)
{
    const char *name = elf_strptr(object->elf, table, offset);
    return name != NULL && is_printable(name) ? name : NULL;
}

static bool read_section(struct object_file *object, size_t names, size_t index)
{
    struct object_section *section = &object->sections[index];
    Elf_Scn *scn = elf_getscn(object->elf, index);
    if (scn == NULL || gelf_getshdr(scn, &section->header) == NULL) {
        return false;
    }
    const GElf_Shdr *header = &section->header;
    section->name = index == 0 ? "" : name_at(object, names, header->sh_name);
    if (section->name == NULL) {
        return false;
    }
    if (header->sh_type == SHT_NULL || header->sh_type == SHT_NOBITS) {
        return header->sh_size <= UINT32_MAX;
    }
    if (header->sh_offset > object->length ||
        header->sh_size > object->length - header->sh_offset) {
        return false;
    }
    section->bytes = (const uint8_t *)object->bytes + header->sh_offset;
    return true;
}

static bool read_symbol(struct object_file *object, const struct object_section *table,
                        Elf_Data *data, size_t index)
{
    GElf_Sym symbol;
    if (gelf_getsym(data, (int)index, &symbol) == NULL) {
        return false;
    }
    bool in_section = symbol.st_shndx != SHN_UNDEF && symbol.st_shndx < SHN_LORESERVE;
    const char *name = name_at(object, table->header.sh_link, symbol.st_name);
    if (name == NULL || (in_section && symbol.st_shndx >= object->section_count)) {
        return false;
    }
    object->symbols[index] = (struct object_symbol){
        .name = name,
        .value = (uint32_t)symbol.st_value,
        .size = (uint32_t)symbol.st_size,
        .binding = (uint8_t)GELF_ST_BIND(symbol.st_info),
        .type = (uint8_t)GELF_ST_TYPE(symbol.st_info),
        .section = symbol.st_shndx,
    };
    return true;
}

static bool read_symbols(struct object_file *object)
{
    const struct object_section *table = NULL;
    size_t at = 0;
    for (size_t i = 0; i < object->section_count; i++) {
        if (object->sections[i].header.sh_type == SHT_SYMTAB) {
            if (table != NULL) {
                return false;
            }
            table = &object->sections[i];
            at = i;
        }
    }
    if (table == NULL || table->header.sh_entsize != SYMBOL_BYTES ||
        table->header.sh_link >= object->section_count) {
        return false;
    }
    Elf_Data *data = elf_getdata(elf_getscn(object->elf, at), NULL);
    object->symbol_count = (size_t)table->header.sh_size / SYMBOL_BYTES;
    if (data == NULL || object->symbol_count == 0) {
        return false;
    }
    object->symbols = memory_or_exit(calloc(object->symbol_count, sizeof *object->symbols));
    for (size_t i = 0; i < object->symbol_count; i++) {
        if (!read_symbol(object, table, data, i)) {
            return false;
        }
    }
    return true;
}

bool object_open(struct object_file *object, const char *path, enum object_kind kind,
                 const char **why)
{
    *object = (struct object_file){.length = 0};
    if (!read_file(object, path, why)) {
        return false;
    }
    const unsigned char *ident = object->bytes;
    GElf_Ehdr header;
    size_t names;
    *why = "is no ELF file for 32-bit little-endian ARM";
    if (elf_version(EV_CURRENT) == EV_NONE || object->length < sizeof(Elf32_Ehdr) ||
        memcmp(ident, ELFMAG, SELFMAG) != 0 || ident[EI_CLASS] != ELFCLASS32 ||
        ident[EI_DATA] != ELFDATA2LSB) {
        return false;
    }
    object->elf = elf_memory(object->bytes, object->length);
    if (object->elf == NULL || gelf_getehdr(object->elf, &header) == NULL ||
        header.e_machine != EM_ARM) {
        return false;
    }
    *why = kind == OBJECT_RELOCATABLE ? "is no object file" : "is no linked program";
    if (header.e_type != (kind == OBJECT_RELOCATABLE ? ET_REL : ET_EXEC)) {
        return false;
    }
    *why = "is truncated or corrupt";
    if (header.e_shentsize != sizeof(Elf32_Shdr) || header.e_shoff > object->length ||
        elf_getshdrnum(object->elf, &object->section_count) != 0 || object->section_count == 0 ||
        object->section_count > (object->length - header.e_shoff) / sizeof(Elf32_Shdr) ||
        elf_getshdrstrndx(object->elf, &names) != 0) {
        return false;
    }
    object->sections = memory_or_exit(calloc(object->section_count, sizeof *object->sections));
    for (size_t i = 0; i < object->section_count; i++) {
        if (!read_section(object, names, i)) {
            return false;
        }
    }
    return read_symbols(object);
}

void object_close(struct object_file *object)
{
    free(object->sections);
    free(object->symbols);
    (void)elf_end(object->elf);
    free(object->bytes);
    *object = (struct object_file){.length = 0};
}

const struct object_section *object_find_section(const struct object_file *object, const char *name)
{
    for (size_t i = 0; i < object->section_count; i++) {
        if (strcmp(object->sections[i].name, name) == 0 && object->sections[i].bytes != NULL) {
            return &object->sections[i];
        }
    }
    return NULL;
}

const struct object_symbol *object_find_symbol(const struct object_file *object, const char *name)
{
    for (size_t i = 0; i < object->symbol_count; i++) {
        if (object->symbols[i].binding == STB_GLOBAL &&
            strcmp(object->symbols[i].name, name) == 0) {
            return &object->symbols[i];
        }
    }
    return NULL;
}

size_t object_relocation_count(const struct object_section *section)
{
    return (size_t)section->header.sh_size / REL_BYTES;
}

bool object_relocation_get(const struct object_file *object, const struct object_section *section,
                           size_t index, struct object_relocation *relocation)
{
    if (section->bytes == NULL || section->header.sh_info >= object->section_count ||
        index >= object_relocation_count(section)) {
        return false;
    }
    uint32_t info = object_word(section, (uint32_t)(index * REL_BYTES + 4));
    *relocation = (struct object_relocation){
        .offset = object_word(section, (uint32_t)(index * REL_BYTES)),
        .type = ELF32_R_TYPE(info),
        .symbol = ELF32_R_SYM(info),
    };
    uint64_t room = object->sections[section->header.sh_info].header.sh_size;
    return relocation->symbol < object->symbol_count && room >= 4 && relocation->offset <= room - 4;
}

uint32_t object_word(const struct object_section *section, uint32_t offset)
{
    if (section->bytes == NULL || section->header.sh_size < 4 ||
        offset > section->header.sh_size - 4) {
        return 0;
    }
    const uint8_t *byte = section->bytes + offset;
    return (uint32_t)byte[0] | (uint32_t)byte[1] << 8 | (uint32_t)byte[2] << 16 |
           (uint32_t)byte[3] << 24;
}
