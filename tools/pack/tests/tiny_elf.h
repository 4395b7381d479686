/*
 * tiny_elf.h - makes the smallest app as an ELF image, for the packer's tests; each test then
 * spoils one thing. Written from the ELF specification, not from what the packer reads.
 *
 *   flash 0x80000000  .start   40 bytes: crt0 header
 *         0x80000028  .text     8 bytes, entry point
 *         0x80000030  .got      4 bytes   RAM 0x200
 *         0x80000034  .data     8 bytes   RAM 0x204
 *   RAM   0x000       .stack  512 bytes
 *         0x20C       .bss     12 bytes, so that 536 bytes of RAM are used
 *   One relocation in .data (its first word holds the address of .text), one in .text (a call).
 *   Symbols: 1 `function` (.text), 2 `variable` (.data), 3 APP_HEAP_SIZE = 100, 4 KERNEL_HEAP_SIZE
 * = 200, 5 `missing` (weak, undefined).
 */
#ifndef TOOLS_PACK_TESTS_TINY_ELF_H
#define TOOLS_PACK_TESTS_TINY_ELF_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

enum tiny_section {
    TINY_NULL,
    TINY_START,
    TINY_TEXT,
    TINY_STACK,
    TINY_GOT,
    TINY_DATA,
    TINY_BSS,
    TINY_REL_TEXT,
    TINY_REL_DATA,
    TINY_SYMTAB,
    TINY_STRTAB,
    TINY_SHSTRTAB,
    TINY_SECTIONS,
};

enum tiny_symbol {
    TINY_FUNCTION = 1,
    TINY_VARIABLE,
    TINY_APP_HEAP,
    TINY_KERNEL_HEAP,
    TINY_MISSING,
    TINY_SYMBOLS,
};

struct tiny_elf {
    Elf32_Ehdr header;
    Elf32_Phdr segments[3];
    uint32_t start[10];
    uint8_t text[8];
    uint8_t got[4];
    uint8_t data[8];
    Elf32_Rel rel_text[1];
    Elf32_Rel rel_data[1];
    Elf32_Sym symbols[TINY_SYMBOLS];
    char strings[64];
    char section_names[96];
    Elf32_Shdr sections[TINY_SECTIONS];
};

void tiny_elf_make(struct tiny_elf *elf);

#endif
