/* ELF through libelf. Every offset is checked against the file before it is used: libelf checks
 * headers, not what the headers point at. */
#include <gelf.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>

#include "sim/loader/image_internal.h"

static bool check_header(const char *name, Elf *elf, size_t size, Elf32_Ehdr *header,
                         struct sim_error *error)
{
    size_t ident_size = 0;
    const char *ident = elf_getident(elf, &ident_size);
    if (elf_kind(elf) != ELF_K_ELF || ident == NULL || ident_size < EI_NIDENT) {
        return sim_fail(error, SIM_WRONG_USE, "%s is a damaged ELF file", name);
    }
    if (ident[EI_CLASS] != ELFCLASS32) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s is a 64-bit ELF: build it for Cortex-M (arm-none-eabi-gcc)", name);
    }
    const Elf32_Ehdr *found = elf32_getehdr(elf);
    if (found == NULL || ident[EI_DATA] != ELFDATA2LSB) {
        return sim_fail(error, SIM_WRONG_USE, "%s is no little-endian ELF file", name);
    }
    if (found->e_machine != EM_ARM) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s is for machine %u, not for ARM: build it with arm-none-eabi-gcc", name,
                        found->e_machine);
    }
    if (found->e_type != ET_EXEC && found->e_type != ET_DYN) {
        return sim_fail(error, SIM_WRONG_USE, "%s is not linked (ELF type %u): link it first", name,
                        found->e_type);
    }
    /* Whether or not a segment is cut: what is missing at the end is the symbols, at least. */
    if (found->e_shoff > size ||
        (size_t)found->e_shnum * found->e_shentsize > size - found->e_shoff) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s is truncated: its section headers lie past its end", name);
    }
    *header = *found;
    return true;
}

static bool add_load(const char *name, const GElf_Phdr *segment, size_t file_size,
                     struct image *image, size_t *capacity, struct sim_error *error)
{
    if (segment->p_filesz > file_size || segment->p_offset > file_size - segment->p_filesz) {
        return sim_fail(error, SIM_WRONG_USE, "%s is truncated: a segment ends past the file",
                        name);
    }
    /* An ELF of class 32 has 32-bit fields only; libelf hands them out wider. */
    uint32_t physical = (uint32_t)segment->p_paddr;
    uint32_t linked = (uint32_t)segment->p_vaddr;
    uint32_t file_bytes = (uint32_t)segment->p_filesz;
    uint32_t memory_bytes = (uint32_t)segment->p_memsz;
    if (file_bytes > UINT32_MAX - physical || memory_bytes > UINT32_MAX - linked) {
        return sim_fail(error, SIM_WRONG_USE, "%s has a segment past the end of the address space",
                        name);
    }
    if (memory_bytes > 0 && image->span_count < IMAGE_SPANS_MAX) {
        image->spans[image->span_count] =
            (struct image_span){.address = linked, .size_bytes = memory_bytes};
        image->span_count++;
    }
    if (file_bytes == 0) {
        return true;
    }
    return image_add_segment(image, capacity,
                             (struct image_segment){.address = physical,
                                                    .size_bytes = file_bytes,
                                                    .offset = segment->p_offset},
                             error);
}

static bool read_segments(const char *name, Elf *elf, size_t size, struct image *image,
                          struct sim_error *error)
{
    size_t count = 0;
    size_t capacity = 0;
    if (elf_getphdrnum(elf, &count) != 0) {
        return sim_fail(error, SIM_WRONG_USE, "%s is a damaged ELF file", name);
    }
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr header; /* a copy: in a damaged file the original may lie at any address */
        if (gelf_getphdr(elf, (int)i, &header) != NULL && header.p_type == PT_LOAD &&
            !add_load(name, &header, size, image, &capacity, error)) {
            return false;
        }
    }
    if (image->segment_count == 0) {
        return sim_fail(error, SIM_WRONG_USE, "%s has nothing to load", name);
    }
    return true;
}

static bool parse_opened(const char *name, Elf *elf, size_t size, struct image *image,
                         struct sim_error *error)
{
    Elf32_Ehdr header = {0};
    if (!check_header(name, elf, size, &header, error) ||
        !read_segments(name, elf, size, image, error)) {
        return false;
    }
    image->entry = header.e_entry;
    return true;
}

bool image_parse_elf(const char *name, const uint8_t *data, size_t size, struct image *image,
                     struct sim_error *error)
{
    image->bytes = malloc(size);
    if (image->bytes == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory to load %s", name);
    }
    memcpy(image->bytes, data, size);
    elf_version(EV_CURRENT);
    Elf *elf = elf_memory((char *)image->bytes, size);
    if (elf == NULL) {
        return sim_fail(error, SIM_WRONG_USE, "%s is a damaged ELF file", name);
    }
    bool done = parse_opened(name, elf, size, image, error);
    elf_end(elf);
    return done;
}
