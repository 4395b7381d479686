#include "sim/loader/tests/tiny_elf.h"

#include <stddef.h>
#include <string.h>

void tiny_elf_make(struct tiny_elf *elf)
{
    *elf = (struct tiny_elf){.header = {.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS32,
                                                    ELFDATA2LSB, EV_CURRENT},
                                        .e_type = ET_EXEC,
                                        .e_machine = EM_ARM,
                                        .e_version = EV_CURRENT,
                                        .e_entry = TINY_ELF_CODE | 1,
                                        .e_phoff = offsetof(struct tiny_elf, segments),
                                        .e_shoff = offsetof(struct tiny_elf, sections),
                                        .e_ehsize = sizeof(Elf32_Ehdr),
                                        .e_phentsize = sizeof(Elf32_Phdr),
                                        .e_phnum = 2,
                                        .e_shentsize = sizeof(Elf32_Shdr),
                                        .e_shnum = 4,
                                        .e_shstrndx = 3},
                             .segments = {{.p_type = PT_LOAD,
                                           .p_offset = offsetof(struct tiny_elf, code),
                                           .p_vaddr = TINY_ELF_CODE,
                                           .p_paddr = TINY_ELF_CODE,
                                           .p_filesz = sizeof elf->code,
                                           .p_memsz = sizeof elf->code},
                                          {.p_type = PT_LOAD,
                                           .p_vaddr = TINY_ELF_RAM,
                                           .p_paddr = TINY_ELF_RAM,
                                           .p_memsz = TINY_ELF_BSS}},
                             .sections = {{0},
                                          {.sh_name = 1,
                                           .sh_type = SHT_SYMTAB,
                                           .sh_offset = offsetof(struct tiny_elf, symbols),
                                           .sh_size = sizeof elf->symbols,
                                           .sh_link = 2,
                                           .sh_entsize = sizeof(Elf32_Sym)},
                                          {.sh_name = 9,
                                           .sh_type = SHT_STRTAB,
                                           .sh_offset = offsetof(struct tiny_elf, strings),
                                           .sh_size = sizeof elf->strings},
                                          {.sh_name = 17,
                                           .sh_type = SHT_STRTAB,
                                           .sh_offset = offsetof(struct tiny_elf, names),
                                           .sh_size = sizeof elf->names}},
                             .symbols = {{0},
                                         {.st_name = 1,
                                          .st_value = TINY_ELF_CODE | 1,
                                          .st_size = 8,
                                          .st_info = ELF32_ST_INFO(STB_GLOBAL, STT_FUNC),
                                          .st_shndx = SHN_ABS},
                                         {.st_name = 11,
                                          .st_value = TINY_ELF_RAM + 8,
                                          .st_size = 4,
                                          .st_info = ELF32_ST_INFO(STB_LOCAL, STT_OBJECT),
                                          .st_shndx = SHN_ABS}},
                             .code = {0x11111111, 0x22222222, 0x33333333, 0x44444444}};
    memcpy(elf->strings + 1, TINY_ELF_FUNCTION, sizeof TINY_ELF_FUNCTION);
    memcpy(elf->strings + 11, TINY_ELF_VARIABLE, sizeof TINY_ELF_VARIABLE);
    memcpy(elf->names + 1, ".symtab", 8);
    memcpy(elf->names + 9, ".strtab", 8);
    memcpy(elf->names + 17, ".names", 7);
}
