#include "tools/pack/app_elf.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/abi/tbf.h"
#include "tools/pack/app_elf_internal.h"

/* More than any chip has; keeps a corrupt file from asking for gigabytes. */
#define IMAGE_MAX_BYTES (16u * 1024u * 1024u)

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

const char *app_elf_section_name(const struct app_elf_reader *r, const GElf_Shdr *section)
{
    const char *name = elf_strptr(r->elf, r->section_names, section->sh_name);
    return name != NULL ? name : "(no name)";
}

bool app_elf_corrupt(const struct app_elf_reader *r, const char *where)
{
    return pack_fail(r->error, r->label, "is truncated or corrupt (%s); build it again", where);
}

static bool check_file_header(const struct app_elf_reader *r, const void *elf, GElf_Ehdr *header)
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
        return app_elf_corrupt(r, "file header");
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
static bool load_address(const struct app_elf_reader *r, const GElf_Shdr *section,
                         uint64_t *address)
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
static bool grow_image(struct app_elf_reader *r, uint64_t bytes)
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

static bool add_section(struct app_elf_reader *r, Elf_Scn *handle, const GElf_Shdr *section)
{
    const char *name = app_elf_section_name(r, section);
    if (!app_elf_in_flash(section->sh_addr)) {
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
        return app_elf_corrupt(r, name);
    }
    uint64_t address;
    if (!load_address(r, section, &address)) {
        return pack_fail(r->error, r->label,
                         "%.60s is in no segment that is loaded; link with apps/lib/app.ld", name);
    }
    if (!app_elf_in_flash(address)) {
        return pack_fail(r->error, r->label,
                         "%.60s is loaded at 0x%08llx, not at 0x%08x or above: this is firmware or "
                         "linked for a fixed address; link an app with apps/lib/app.ld",
                         name, (unsigned long long)address, TBF_LINK_FLASH);
    }
    uint64_t offset = address - TBF_LINK_FLASH;
    if (offset > IMAGE_MAX_BYTES || !grow_image(r, offset + section->sh_size)) {
        return offset > IMAGE_MAX_BYTES ? app_elf_corrupt(r, name) : false;
    }
    const Elf_Data *data = elf_rawdata(handle, NULL);
    if (data == NULL || data->d_buf == NULL || data->d_size < section->sh_size) {
        return app_elf_corrupt(r, name);
    }
    memcpy(r->app->image + offset, data->d_buf, (size_t)section->sh_size);
    if (strcmp(name, ".text") == 0) {
        r->has_text = true;
    }
    return true;
}

static bool add_sections(struct app_elf_reader *r)
{
    Elf_Scn *handle = NULL;
    while ((handle = elf_nextscn(r->elf, handle)) != NULL) {
        GElf_Shdr section;
        if (gelf_getshdr(handle, &section) == NULL) {
            return app_elf_corrupt(r, "section table");
        }
        if ((section.sh_flags & SHF_ALLOC) != 0 && section.sh_size > 0 &&
            !add_section(r, handle, &section)) {
            return false;
        }
    }
    return true;
}

/* ---- symbols, crt0 header ---- */

static void read_size_symbols(struct app_elf_reader *r)
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
static bool append_relocations(struct app_elf_reader *r)
{
    struct app_elf *app = r->app;
    const char *remedy = "link with apps/lib/app.ld, which puts it there";
    if (app->image_bytes < sizeof(struct tbf_crt0_header)) {
        return pack_fail(r->error, r->label, "has no crt0 header at the start of its flash; %s",
                         remedy);
    }
    const uint8_t *header = app->image;
    uint32_t got_flash = app_elf_get_u32(header + offsetof(struct tbf_crt0_header, got_flash));
    uint32_t got_ram = app_elf_get_u32(header + offsetof(struct tbf_crt0_header, got_ram));
    uint32_t got_size = app_elf_get_u32(header + offsetof(struct tbf_crt0_header, got_size));
    uint32_t data_flash = app_elf_get_u32(header + offsetof(struct tbf_crt0_header, data_flash));
    uint32_t data_ram = app_elf_get_u32(header + offsetof(struct tbf_crt0_header, data_ram));
    uint32_t data_size = app_elf_get_u32(header + offsetof(struct tbf_crt0_header, data_size));
    uint32_t bss_ram = app_elf_get_u32(header + offsetof(struct tbf_crt0_header, bss_ram));
    uint32_t bss_size = app_elf_get_u32(header + offsetof(struct tbf_crt0_header, bss_size));
    uint32_t reldata = app_elf_get_u32(header + offsetof(struct tbf_crt0_header, reldata_flash));
    app->stack_bytes = app_elf_get_u32(header + offsetof(struct tbf_crt0_header, stack_size));

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
    app_elf_put_u32(app->image + reldata, (uint32_t)(8 * r->relocation_count));
    if (r->relocation_count > 0) {
        memcpy(app->image + reldata + 4, r->relocations, 8 * r->relocation_count);
    }
    return true;
}

static bool read_all(struct app_elf_reader *r, const void *elf)
{
    GElf_Ehdr header;
    if (!check_file_header(r, elf, &header)) {
        return false;
    }
    if (elf_getshdrstrndx(r->elf, &r->section_names) != 0) {
        return app_elf_corrupt(r, "section names");
    }
    if (!add_sections(r)) {
        return false;
    }
    if (!r->has_text) {
        return pack_fail(r->error, r->label,
                         "has no .text: nothing to run; is main() in the sources?");
    }
    if (!app_elf_check_relocations(r)) {
        return false;
    }
    if (!r->has_relocations) {
        return pack_fail(r->error, r->label,
                         "has no relocations, without which it cannot be placed; link with "
                         "-Wl,--emit-relocs and do not strip it");
    }
    uint64_t entry = header.e_entry & ~(uint64_t)1;
    if (!app_elf_in_flash(entry) || entry - TBF_LINK_FLASH >= r->app->image_bytes) {
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
    struct app_elf_reader r = {.app = app, .label = label, .error = error, .file_bytes = elf_bytes};
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
