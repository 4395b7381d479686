/* sim/loader/tests/tiny_elf.h - a small ARM executable, made in memory: one loaded segment of code,
 * one of RAM only, a symbol table with one function and one variable. */
#ifndef SIM_LOADER_TESTS_TINY_ELF_H
#define SIM_LOADER_TESTS_TINY_ELF_H

#include <elf.h>
#include <stdint.h>

#define TINY_ELF_CODE     0x00000100U
#define TINY_ELF_RAM      0x20000000U
#define TINY_ELF_BSS      0x400U
#define TINY_ELF_FUNCTION "main_loop"
#define TINY_ELF_VARIABLE "count"

struct tiny_elf {
    Elf32_Ehdr header;
    Elf32_Phdr segments[2];
    Elf32_Shdr sections[4]; /* null, symbols, strings, section names */
    Elf32_Sym symbols[3];
    char strings[20];
    char names[32];
    uint32_t code[4];
};

void tiny_elf_make(struct tiny_elf *elf);

#endif
