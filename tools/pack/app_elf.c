#include "tools/pack/app_elf.h"

#include <ctype.h>
#include <gelf.h>
#include <libelf.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/abi/tbf.h"

/* More than any chip has; keeps a corrupt file from asking for gigabytes. */
#define IMAGE_MAX_BYTES (16u * 1024u * 1024u)

/* Reading state. `elf` is libelf's view of a private copy, because libelf may write into the
 * memory. */
struct reader {
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

bool pack_fail(struct pack_error *error, const char *label, const char *format, ...)
{
    int used = snprintf(error->text, sizeof(error->text), "%.120s: ", label);
    if (used > 0 && (size_t)used < sizeof(error->text)) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(error->text + used, sizeof(error->text) - (size_t)used, format, arguments);
        va_end(arguments);
    }
    /* Names in a corrupt file can be anything; the message stays one line of plain text. */
    for (char *c = error->text; *c != '\0'; c++) {
        if (!isprint((unsigned char)*c)) {
            *c = '?';
        }
    }
    return false;
}

static bool in_flash(uint64_t address)
{
    return address >= TBF_LINK_FLASH;
}

static const char *section_name(const struct reader *r, const GElf_Shdr *section)
{
    const char *name = elf_strptr(r->elf, r->section_names, section->sh_name);
    return name != NULL ? name : "(no name)";
}

/* libelf's own message, or a plain one. */
static bool corrupt(const struct reader *r, const char *where)
{
    return pack_fail(r->error, r->label, "is truncated or corrupt (%s); build it again", where);
}

static bool check_file_header(const struct reader *r, const void *elf, GElf_Ehdr *header)
{
    if (r->file_bytes < EI_NIDENT || memcmp(elf, ELFMAG, SELFMAG) != 0) {
        return pack_fail(r->error, r->label, "is not an ELF file");
    }
    const uint8_t *ident = elf;
    if (ident[EI_CLASS] == ELFCLASS64) {
        return pack_fail(r->error, r->label,
                         "is a 64-bit ELF; build it for 32-bit ARM with arm-none-eabi-gcc");
    }
    if (r->elf == NULL || elf_kind(r->elf) != ELF_K_ELF || gelf_getehdr(r->elf, header) == NULL ||
        ident[EI_CLASS] != ELFCLASS32) {
        return corrupt(r, "file header");
    }
    if (header->e_shoff > r->file_bytes ||
        (uint64_t)header->e_shnum * header->e_shentsize > r->file_bytes - header->e_shoff) {
        return pack_fail(r->error, r->label,
                         "is truncated: its section headers lie past its end; link it again");
    }
    if (header->e_machine != EM_ARM) {
        return pack_fail(r->error, r->label,
                         "is for another machine (ELF machine %u, ARM is %u); build it with "
                         "arm-none-eabi-gcc",
                         (unsigned)header->e_machine, (unsigned)EM_ARM);
    }
    if (ident[EI_DATA] != ELFDATA2LSB) {
        return pack_fail(r->error, r->label, "is big-endian; build it little-endian");
    }
    if (header->e_type != ET_EXEC) {
        return pack_fail(r->error, r->label, "is not a linked program (ELF type %u); link it first",
                         (unsigned)header->e_type);
    }
    return true;
}

/* Where the section's bytes lie in flash: its place in the segment that loads it, by physical
 * address. */
static bool load_address(const struct reader *r, const GElf_Shdr *section, uint64_t *address)
{
    size_t count;
    if (elf_getphdrnum(r->elf, &count) != 0) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr segment;
        if (gelf_getphdr(r->elf, (int)i, &segment) == NULL) {
            return false;
        }
        if (segment.p_type == PT_LOAD && section->sh_addr >= segment.p_vaddr &&
            section->sh_addr - segment.p_vaddr < segment.p_filesz &&
            section->sh_size <= segment.p_filesz - (section->sh_addr - segment.p_vaddr)) {
            *address = segment.p_paddr + (section->sh_addr - segment.p_vaddr);
            return true;
        }
    }
    return false;
}

/* Makes the image at least so long. */
static bool grow_image(struct reader *r, uint64_t bytes)
{
    struct app_elf *app = r->app;
    if (bytes > IMAGE_MAX_BYTES) {
        return pack_fail(r->error, r->label, "needs %llu bytes of flash; no chip has that",
                         (unsigned long long)bytes);
    }
    if (bytes <= app->image_bytes) {
        return true;
    }
    uint8_t *image = realloc(app->image, (size_t)bytes);
    if (image == NULL) {
        return pack_fail(r->error, r->label, "out of memory");
    }
    memset(image + app->image_bytes, 0, (size_t)bytes - app->image_bytes);
    app->image = image;
    app->image_bytes = (uint32_t)bytes;
    return true;
}

static bool add_section(struct reader *r, Elf_Scn *handle, const GElf_Shdr *section)
{
    const char *name = section_name(r, section);
    if (!in_flash(section->sh_addr)) {
        uint64_t end = section->sh_addr + section->sh_size;
        if (end > IMAGE_MAX_BYTES) {
            return pack_fail(r->error, r->label, "%.60s ends at 0x%llx, no chip has so much RAM",
                             name, (unsigned long long)end);
        }
        if (end > r->app->ram_bytes) {
            r->app->ram_bytes = (uint32_t)end;
        }
    }
    if (section->sh_type == SHT_NOBITS) {
        return true;
    }
    if (section->sh_offset > r->file_bytes ||
        section->sh_size > r->file_bytes - section->sh_offset) {
        return corrupt(r, name);
    }
    uint64_t address;
    if (!load_address(r, section, &address)) {
        return pack_fail(r->error, r->label,
                         "%.60s is in no segment that is loaded; link with apps/lib/app.ld", name);
    }
    if (!in_flash(address)) {
        return pack_fail(r->error, r->label,
                         "%.60s is loaded at 0x%08llx, not at 0x%08x or above: this is firmware or "
                         "linked for a fixed address; link an app with apps/lib/app.ld",
                         name, (unsigned long long)address, TBF_LINK_FLASH);
    }
    uint64_t offset = address - TBF_LINK_FLASH;
    if (offset > IMAGE_MAX_BYTES || !grow_image(r, offset + section->sh_size)) {
        return offset > IMAGE_MAX_BYTES ? corrupt(r, name) : false;
    }
    const Elf_Data *data = elf_rawdata(handle, NULL);
    if (data == NULL || data->d_buf == NULL || data->d_size < section->sh_size) {
        return corrupt(r, name);
    }
    memcpy(r->app->image + offset, data->d_buf, (size_t)section->sh_size);
    if (strcmp(name, ".text") == 0) {
        r->has_text = true;
    }
    return true;
}

static bool add_sections(struct reader *r)
{
    Elf_Scn *handle = NULL;
    while ((handle = elf_nextscn(r->elf, handle)) != NULL) {
        GElf_Shdr section;
        if (gelf_getshdr(handle, &section) == NULL) {
            return corrupt(r, "section table");
        }
        if ((section.sh_flags & SHF_ALLOC) != 0 && section.sh_size > 0 &&
            !add_section(r, handle, &section)) {
            return false;
        }
    }
    return true;
}

/* ---- Relocations ---- */

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
    return in_flash(symbol->st_value) ? PLACE_FLASH : PLACE_RAM;
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
static const char *function_at(const struct reader *r, uint64_t address)
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

static bool not_pic(const struct reader *r, struct place place, const char *what)
{
    return pack_fail(r->error, r->label,
                     "not position-independent: %.40s (function %.60s) has %s %.60s; compile with "
                     "-fPIC -msingle-pic-base -mpic-register=r9 -mno-pic-data-is-text-relative",
                     place.section, function_at(r, place.address), what, place.symbol);
}

static void put_u32(uint8_t *bytes, uint32_t value)
{
    for (unsigned i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
}

static uint32_t get_u32(const uint8_t *bytes)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < 4; i++) {
        value |= (uint32_t)bytes[i] << (8 * i);
    }
    return value;
}

/* For crt0: the word at this offset of RAM is an address. */
static bool keep_relocation(struct reader *r, uint32_t offset, uint32_t info)
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
    put_u32(r->relocations + 8 * r->relocation_count, offset);
    put_u32(r->relocations + 8 * r->relocation_count + 4, info);
    r->relocation_count++;
    return true;
}

/* One relocation of a section of the app. `target` is the section it is in. */
static bool check_relocation(struct reader *r, const GElf_Shdr *target, const GElf_Rel *relocation,
                             const GElf_Sym *symbol, const char *symbol_name)
{
    struct place place = {section_name(r, target), relocation->r_offset, symbol_name};
    bool here_flash = in_flash(target->sh_addr);
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
            return corrupt(r, "relocation outside of its section");
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

static bool check_relocation_section(struct reader *r, Elf_Scn *handle, const GElf_Shdr *section,
                                     const GElf_Shdr *target)
{
    Elf_Scn *symbol_section = elf_getscn(r->elf, section->sh_link);
    GElf_Shdr symbols;
    Elf_Data *symbol_data = symbol_section != NULL ? elf_getdata(symbol_section, NULL) : NULL;
    Elf_Data *data = elf_getdata(handle, NULL);
    if (symbol_data == NULL || data == NULL || gelf_getshdr(symbol_section, &symbols) == NULL ||
        symbols.sh_type != SHT_SYMTAB || data->d_type != ELF_T_REL ||
        symbol_data->d_type != ELF_T_SYM) {
        return corrupt(r, section_name(r, section));
    }
    size_t count = data->d_size / sizeof(Elf32_Rel);
    for (size_t i = 0; i < count && i <= INT32_MAX; i++) {
        GElf_Rel relocation;
        GElf_Sym symbol;
        size_t number;
        if (gelf_getrel(data, (int)i, &relocation) == NULL ||
            (number = GELF_R_SYM(relocation.r_info)) > INT32_MAX ||
            gelf_getsym(symbol_data, (int)number, &symbol) == NULL) {
            return corrupt(r, section_name(r, section));
        }
        const char *name = elf_strptr(r->elf, symbols.sh_link, symbol.st_name);
        GElf_Shdr home;
        if (GELF_ST_TYPE(symbol.st_info) == STT_SECTION &&
            gelf_getshdr(elf_getscn(r->elf, symbol.st_shndx), &home) != NULL) {
            name = section_name(r, &home);
        }
        if (!check_relocation(r, target, &relocation, &symbol, name != NULL ? name : "(no name)")) {
            return false;
        }
    }
    return true;
}

static bool check_relocations(struct reader *r)
{
    Elf_Scn *handle = NULL;
    while ((handle = elf_nextscn(r->elf, handle)) != NULL) {
        GElf_Shdr section;
        if (gelf_getshdr(handle, &section) == NULL) {
            return corrupt(r, "section table");
        }
        if (section.sh_type != SHT_REL && section.sh_type != SHT_RELA) {
            continue;
        }
        GElf_Shdr target;
        if (gelf_getshdr(elf_getscn(r->elf, section.sh_info), &target) == NULL) {
            return corrupt(r, section_name(r, &section));
        }
        if ((target.sh_flags & SHF_ALLOC) == 0) {
            continue;
        }
        if (section.sh_type == SHT_RELA) {
            return pack_fail(r->error, r->label, "%.60s has addends, which ARM apps do not have",
                             section_name(r, &section));
        }
        r->has_relocations = true;
        if (!check_relocation_section(r, handle, &section, &target)) {
            return false;
        }
    }
    return true;
}

/* ---- Symbols, crt0 header ---- */

static void read_size_symbols(struct reader *r)
{
    Elf_Scn *handle = NULL;
    while ((handle = elf_nextscn(r->elf, handle)) != NULL) {
        GElf_Shdr section;
        Elf_Data *data;
        if (gelf_getshdr(handle, &section) == NULL || section.sh_type != SHT_SYMTAB ||
            (data = elf_getdata(handle, NULL)) == NULL || data->d_type != ELF_T_SYM) {
            continue;
        }
        size_t count = data->d_size / sizeof(Elf32_Sym);
        for (size_t i = 0; i < count && i <= INT32_MAX; i++) {
            GElf_Sym symbol;
            if (gelf_getsym(data, (int)i, &symbol) == NULL || symbol.st_shndx != SHN_ABS) {
                continue;
            }
            const char *name = elf_strptr(r->elf, section.sh_link, symbol.st_name);
            if (name != NULL && strcmp(name, "APP_HEAP_SIZE") == 0) {
                r->app->app_heap_bytes = (uint32_t)symbol.st_value;
            } else if (name != NULL && strcmp(name, "KERNEL_HEAP_SIZE") == 0) {
                r->app->kernel_heap_bytes = (uint32_t)symbol.st_value;
            }
        }
    }
}

/* The part [offset, + bytes) lies within the first `limit` bytes. */
static bool within(uint32_t offset, uint32_t bytes, uint32_t limit)
{
    return offset <= limit && bytes <= limit - offset;
}

/* Puts the relocations of .data where crt0 looks for them. */
static bool append_relocations(struct reader *r)
{
    struct app_elf *app = r->app;
    const char *remedy = "link with apps/lib/app.ld, which puts it there";
    if (app->image_bytes < sizeof(struct tbf_crt0_header)) {
        return pack_fail(r->error, r->label, "has no crt0 header at the start of its flash; %s",
                         remedy);
    }
    const uint8_t *header = app->image;
    uint32_t got_flash = get_u32(header + offsetof(struct tbf_crt0_header, got_flash));
    uint32_t got_ram = get_u32(header + offsetof(struct tbf_crt0_header, got_ram));
    uint32_t got_size = get_u32(header + offsetof(struct tbf_crt0_header, got_size));
    uint32_t data_flash = get_u32(header + offsetof(struct tbf_crt0_header, data_flash));
    uint32_t data_ram = get_u32(header + offsetof(struct tbf_crt0_header, data_ram));
    uint32_t data_size = get_u32(header + offsetof(struct tbf_crt0_header, data_size));
    uint32_t bss_ram = get_u32(header + offsetof(struct tbf_crt0_header, bss_ram));
    uint32_t bss_size = get_u32(header + offsetof(struct tbf_crt0_header, bss_size));
    uint32_t reldata = get_u32(header + offsetof(struct tbf_crt0_header, reldata_flash));
    app->stack_bytes = get_u32(header + offsetof(struct tbf_crt0_header, stack_size));

    if (!within(got_flash, got_size, app->image_bytes) ||
        !within(data_flash, data_size, app->image_bytes) ||
        !within(got_ram, got_size, app->ram_bytes) ||
        !within(data_ram, data_size, app->ram_bytes) ||
        !within(bss_ram, bss_size, app->ram_bytes) || app->stack_bytes > app->ram_bytes ||
        reldata < app->image_bytes || reldata % 4 != 0 || reldata - app->image_bytes > 64) {
        return pack_fail(r->error, r->label,
                         "has no crt0 header at the start of its flash, or a wrong one; %s",
                         remedy);
    }
    if (!grow_image(r, (uint64_t)reldata + 4 + 8 * (uint64_t)r->relocation_count)) {
        return false;
    }
    put_u32(app->image + reldata, (uint32_t)(8 * r->relocation_count));
    if (r->relocation_count > 0) {
        memcpy(app->image + reldata + 4, r->relocations, 8 * r->relocation_count);
    }
    return true;
}

static bool read_all(struct reader *r, const void *elf)
{
    GElf_Ehdr header;
    if (!check_file_header(r, elf, &header)) {
        return false;
    }
    if (elf_getshdrstrndx(r->elf, &r->section_names) != 0) {
        return corrupt(r, "section names");
    }
    if (!add_sections(r)) {
        return false;
    }
    if (!r->has_text) {
        return pack_fail(r->error, r->label,
                         "has no .text: nothing to run; is main() in the sources?");
    }
    if (!check_relocations(r)) {
        return false;
    }
    if (!r->has_relocations) {
        return pack_fail(r->error, r->label,
                         "has no relocations, without which it cannot be placed; link with "
                         "-Wl,--emit-relocs and do not strip it");
    }
    uint64_t entry = header.e_entry & ~(uint64_t)1;
    if (!in_flash(entry) || entry - TBF_LINK_FLASH >= r->app->image_bytes) {
        return pack_fail(r->error, r->label,
                         "its entry point 0x%08llx is not in its flash; define _start (apps/lib)",
                         (unsigned long long)header.e_entry);
    }
    r->app->entry_offset = (uint32_t)(entry - TBF_LINK_FLASH);
    read_size_symbols(r);
    return append_relocations(r);
}

bool app_elf_read(struct app_elf *app, const void *elf, size_t elf_bytes, const char *label,
                  struct pack_error *error)
{
    *app = (struct app_elf){.app_heap_bytes = PACK_FROM_ELF, .kernel_heap_bytes = PACK_FROM_ELF};
    struct reader r = {.app = app, .label = label, .error = error, .file_bytes = elf_bytes};
    char *copy = malloc(elf_bytes + 1);
    if (copy == NULL || elf_version(EV_CURRENT) == EV_NONE) {
        free(copy);
        return pack_fail(error, label, "out of memory");
    }
    memcpy(copy, elf, elf_bytes);
    r.elf = elf_memory(copy, elf_bytes);
    bool done = read_all(&r, elf);
    elf_end(r.elf);
    free(copy);
    free(r.relocations);
    if (!done) {
        app_elf_free(app);
    }
    return done;
}

void app_elf_free(struct app_elf *app)
{
    free(app->image);
    app->image = NULL;
    app->image_bytes = 0;
}
