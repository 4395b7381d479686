/* Whether an app's relocations can be done where it is loaded, and those that crt0 has to do. */
#include <stdlib.h>

#include "tools/pack/app_elf_internal.h"

enum placement { PLACE_NOWHERE, PLACE_CONSTANT, PLACE_FLASH, PLACE_RAM };

/* Where a symbol lies. Nowhere: a weak one that nobody defined, whose address stays 0. */
static enum placement symbol_placement(const GElf_Sym *symbol)
{
    if (symbol->st_shndx == SHN_UNDEF) {
        return PLACE_NOWHERE;
    }
    if (symbol->st_shndx == SHN_ABS) {
        return PLACE_CONSTANT;
    }
    return app_elf_in_flash(symbol->st_value) ? PLACE_FLASH : PLACE_RAM;
}

/* What a relocation type asks of the distance between place and symbol. */
enum relocation_kind {
    KIND_NONE,       /* nothing */
    KIND_ADDRESS,    /* the word is an address: crt0 has to move it */
    KIND_FIXED,      /* part of an address in an instruction or a short word: cannot be moved */
    KIND_RELATIVE,   /* distance from the place: place and symbol must move together */
    KIND_TABLE,      /* the symbol's slot in the table at r9: always right */
    KIND_FROM_TABLE, /* distance from that table: right for RAM only */
    KIND_UNKNOWN,
};

static enum relocation_kind kind_of(uint32_t type)
{
    switch (type) {
    case R_ARM_NONE:
    case R_ARM_V4BX:
        return KIND_NONE;
    case R_ARM_ABS32:
    case R_ARM_TARGET1:
        return KIND_ADDRESS;
    case R_ARM_ABS16:
    case R_ARM_ABS12:
    case R_ARM_ABS8:
    case R_ARM_THM_ABS5:
    case R_ARM_MOVW_ABS_NC:
    case R_ARM_MOVT_ABS:
    case R_ARM_THM_MOVW_ABS_NC:
    case R_ARM_THM_MOVT_ABS:
        return KIND_FIXED;
    case R_ARM_REL32:
    case R_ARM_PREL31:
    case R_ARM_PC24:
    case R_ARM_CALL:
    case R_ARM_JUMP24:
    case R_ARM_THM_PC22: /* also called THM_CALL */
    case R_ARM_THM_JUMP24:
    case R_ARM_THM_JUMP19:
    case R_ARM_THM_PC8:
    case R_ARM_THM_PC9:  /* also called THM_JUMP8 */
    case R_ARM_THM_PC11: /* also called THM_JUMP11 */
    case R_ARM_THM_ALU_PREL_11_0:
    case R_ARM_THM_PC12:
    case R_ARM_THM_MOVW_PREL_NC:
    case R_ARM_THM_MOVT_PREL:
    case R_ARM_MOVW_PREL_NC:
    case R_ARM_MOVT_PREL:
    case R_ARM_GOTPC: /* from the place to the table: flash to RAM */
    case R_ARM_GOT_PREL:
        return KIND_RELATIVE;
    case R_ARM_GOT32: /* also called GOT_BREL */
    case R_ARM_GOT_BREL12:
        return KIND_TABLE;
    case R_ARM_GOTOFF: /* also called GOTOFF32 */
        return KIND_FROM_TABLE;
    default:
        return KIND_UNKNOWN;
    }
}

/* The function that this address is in, or "?". */
static const char *function_at(const struct app_elf_reader *r, uint64_t address)
{
    Elf_Scn *handle = NULL;
    while ((handle = elf_nextscn(r->elf, handle)) != NULL) {
        GElf_Shdr section;
        Elf_Data *data;
        if (gelf_getshdr(handle, &section) == NULL || section.sh_type != SHT_SYMTAB ||
            (data = elf_getdata(handle, NULL)) == NULL || data->d_type != ELF_T_SYM) {
            continue;
        }
        GElf_Sym symbol;
        for (int i = 0; gelf_getsym(data, i, &symbol) != NULL; i++) {
            uint64_t start = symbol.st_value & ~(uint64_t)1;
            if (GELF_ST_TYPE(symbol.st_info) == STT_FUNC && address >= start &&
                address - start < symbol.st_size) {
                const char *name = elf_strptr(r->elf, section.sh_link, symbol.st_name);
                return name != NULL ? name : "?";
            }
        }
    }
    return "?";
}

/* A relocation that cannot be done at run time, the section and place it is in, and what it points
 * to. */
struct place {
    const char *section;
    uint64_t address;
    const char *symbol;
};

static bool not_pic(const struct app_elf_reader *r, struct place place, const char *what)
{
    return pack_fail(r->error, r->label,
                     "not position-independent: %.40s (function %.60s) has %s %.60s; compile with "
                     "-fPIC -msingle-pic-base -mpic-register=r9 -mno-pic-data-is-text-relative",
                     place.section, function_at(r, place.address), what, place.symbol);
}

/* For crt0: the word at this offset of RAM is an address. */
static bool keep_relocation(struct app_elf_reader *r, uint32_t offset, uint32_t info)
{
    if (r->relocation_count == r->relocation_room) {
        size_t room = r->relocation_room == 0 ? 64 : 2 * r->relocation_room;
        uint8_t *grown = realloc(r->relocations, room * 8);
        if (grown == NULL) {
            return pack_fail(r->error, r->label, "out of memory");
        }
        r->relocations = grown;
        r->relocation_room = room;
    }
    app_elf_put_u32(r->relocations + 8 * r->relocation_count, offset);
    app_elf_put_u32(r->relocations + 8 * r->relocation_count + 4, info);
    r->relocation_count++;
    return true;
}

/* One relocation of a section of the app. `target` is the section it is in. */
static bool check_relocation(struct app_elf_reader *r, const GElf_Shdr *target,
                             const GElf_Rel *relocation, const GElf_Sym *symbol,
                             const char *symbol_name)
{
    struct place place = {app_elf_section_name(r, target), relocation->r_offset, symbol_name};
    bool here_flash = app_elf_in_flash(target->sh_addr);
    enum placement there = symbol_placement(symbol);
    uint32_t type = (uint32_t)GELF_R_TYPE(relocation->r_info);

    switch (kind_of(type)) {
    case KIND_NONE:
    case KIND_TABLE:
        return true;
    case KIND_ADDRESS:
        if (there == PLACE_NOWHERE || there == PLACE_CONSTANT) {
            return true;
        }
        if (here_flash) {
            return not_pic(r, place, "the absolute address of");
        }
        if (relocation->r_offset < target->sh_addr || target->sh_size < 4 ||
            relocation->r_offset - target->sh_addr > target->sh_size - 4) {
            return app_elf_corrupt(r, "relocation outside of its section");
        }
        return keep_relocation(r, (uint32_t)relocation->r_offset,
                               ELF32_R_INFO((uint32_t)GELF_R_SYM(relocation->r_info), type));
    case KIND_FIXED:
        if (there == PLACE_NOWHERE || there == PLACE_CONSTANT) {
            return true;
        }
        return not_pic(r, place, "the absolute address of");
    case KIND_RELATIVE:
        if (type == R_ARM_GOTPC || type == R_ARM_GOT_PREL) {
            return not_pic(r, place, "the distance from code to the table entry of");
        }
        if (there == PLACE_NOWHERE || (here_flash ? PLACE_FLASH : PLACE_RAM) == there) {
            return true;
        }
        return not_pic(r, place, "the distance between flash and RAM to");
    case KIND_FROM_TABLE:
        if (there == PLACE_RAM) {
            return true;
        }
        return not_pic(r, place, "the distance from the offset table to");
    case KIND_UNKNOWN:
        break;
    }
    return pack_fail(r->error, r->label,
                     "%.60s has a relocation of type %u to %.80s, which no app "
                     "here can have (thread-local data, perhaps)",
                     place.section, (unsigned)type, symbol_name);
}

static bool check_relocation_section(struct app_elf_reader *r, Elf_Scn *handle,
                                     const GElf_Shdr *section, const GElf_Shdr *target)
{
    Elf_Scn *symbol_section = elf_getscn(r->elf, section->sh_link);
    GElf_Shdr symbols;
    Elf_Data *symbol_data = symbol_section != NULL ? elf_getdata(symbol_section, NULL) : NULL;
    Elf_Data *data = elf_getdata(handle, NULL);
    if (symbol_data == NULL || data == NULL || gelf_getshdr(symbol_section, &symbols) == NULL ||
        symbols.sh_type != SHT_SYMTAB || data->d_type != ELF_T_REL ||
        symbol_data->d_type != ELF_T_SYM) {
        return app_elf_corrupt(r, app_elf_section_name(r, section));
    }
    size_t count = data->d_size / sizeof(Elf32_Rel);
    for (size_t i = 0; i < count && i <= INT32_MAX; i++) {
        GElf_Rel relocation;
        GElf_Sym symbol;
        size_t number;
        if (gelf_getrel(data, (int)i, &relocation) == NULL ||
            (number = GELF_R_SYM(relocation.r_info)) > INT32_MAX ||
            gelf_getsym(symbol_data, (int)number, &symbol) == NULL) {
            return app_elf_corrupt(r, app_elf_section_name(r, section));
        }
        const char *name = elf_strptr(r->elf, symbols.sh_link, symbol.st_name);
        GElf_Shdr home;
        if (GELF_ST_TYPE(symbol.st_info) == STT_SECTION &&
            gelf_getshdr(elf_getscn(r->elf, symbol.st_shndx), &home) != NULL) {
            name = app_elf_section_name(r, &home);
        }
        if (!check_relocation(r, target, &relocation, &symbol, name != NULL ? name : "(no name)")) {
            return false;
        }
    }
    return true;
}

bool app_elf_check_relocations(struct app_elf_reader *r)
{
    Elf_Scn *handle = NULL;
    while ((handle = elf_nextscn(r->elf, handle)) != NULL) {
        GElf_Shdr section;
        if (gelf_getshdr(handle, &section) == NULL) {
            return app_elf_corrupt(r, "section table");
        }
        if (section.sh_type != SHT_REL && section.sh_type != SHT_RELA) {
            continue;
        }
        GElf_Shdr target;
        if (gelf_getshdr(elf_getscn(r->elf, section.sh_info), &target) == NULL) {
            return app_elf_corrupt(r, app_elf_section_name(r, &section));
        }
        if ((target.sh_flags & SHF_ALLOC) == 0) {
            continue;
        }
        if (section.sh_type == SHT_RELA) {
            return pack_fail(r->error, r->label, "%.60s has addends, which ARM apps do not have",
                             app_elf_section_name(r, &section));
        }
        r->has_relocations = true;
        if (!check_relocation_section(r, handle, &section, &target)) {
            return false;
        }
    }
    return true;
}
