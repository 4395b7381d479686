#include "tools/pack/tests/tiny_elf.h"

#include <string.h>

#define AT(member) ((uint32_t)offsetof(struct tiny_elf, member))

/* Appends to a string table and says where. */
static uint32_t add_string(char *table, uint32_t *used, const char *text)
{
    uint32_t at = *used;
    memcpy(table + at, text, strlen(text) + 1);
    *used += (uint32_t)strlen(text) + 1;
    return at;
}

static void make_sections(struct tiny_elf *elf)
{
    static const struct {
        const char *name;
        uint32_t type, flags, address, offset, size;
    } table[TINY_SECTIONS] = {
        [TINY_NULL] = {"", SHT_NULL, 0, 0, 0, 0},
        [TINY_START] = {".start", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0x80000000, AT(start),
                        40},
        [TINY_TEXT] = {".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0x80000028, AT(text), 8},
        [TINY_STACK] = {".stack", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 0, AT(got), 512},
        [TINY_GOT] = {".got", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 0x200, AT(got), 4},
        [TINY_DATA] = {".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 0x204, AT(data), 8},
        [TINY_BSS] = {".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 0x20C, AT(data), 12},
        [TINY_REL_TEXT] = {".rel.text", SHT_REL, 0, 0, AT(rel_text), sizeof(elf->rel_text)},
        [TINY_REL_DATA] = {".rel.data", SHT_REL, 0, 0, AT(rel_data), sizeof(elf->rel_data)},
        [TINY_SYMTAB] = {".symtab", SHT_SYMTAB, 0, 0, AT(symbols), sizeof(elf->symbols)},
        [TINY_STRTAB] = {".strtab", SHT_STRTAB, 0, 0, AT(strings), sizeof(elf->strings)},
        [TINY_SHSTRTAB] = {".shstrtab", SHT_STRTAB, 0, 0, AT(section_names),
                           sizeof(elf->section_names)},
    };
    uint32_t used = 0;
    for (unsigned i = 0; i < TINY_SECTIONS; i++) {
        elf->sections[i] = (Elf32_Shdr){
            .sh_name = add_string(elf->section_names, &used, table[i].name),
            .sh_type = table[i].type,
            .sh_flags = table[i].flags,
            .sh_addr = table[i].address,
            .sh_offset = table[i].offset,
            .sh_size = table[i].size,
            .sh_addralign = 4,
        };
    }
    elf->sections[TINY_REL_TEXT].sh_info = TINY_TEXT;
    elf->sections[TINY_REL_DATA].sh_info = TINY_DATA;
    elf->sections[TINY_REL_TEXT].sh_link = elf->sections[TINY_REL_DATA].sh_link = TINY_SYMTAB;
    elf->sections[TINY_REL_TEXT].sh_entsize = elf->sections[TINY_REL_DATA].sh_entsize = 8;
    elf->sections[TINY_SYMTAB].sh_link = TINY_STRTAB;
    elf->sections[TINY_SYMTAB].sh_entsize = sizeof(Elf32_Sym);
    elf->sections[TINY_SYMTAB].sh_info = 1;
}

static void make_symbols(struct tiny_elf *elf)
{
    static const struct {
        const char *name;
        uint32_t value;
        uint8_t info;
        uint16_t section;
    } table[TINY_SYMBOLS] = {
        [0] = {"", 0, 0, SHN_UNDEF},
        [TINY_FUNCTION] = {"function", 0x80000029, ELF32_ST_INFO(STB_GLOBAL, STT_FUNC), TINY_TEXT},
        [TINY_VARIABLE] = {"variable", 0x208, ELF32_ST_INFO(STB_GLOBAL, STT_OBJECT), TINY_DATA},
        [TINY_APP_HEAP] = {"APP_HEAP_SIZE", 100, ELF32_ST_INFO(STB_GLOBAL, STT_NOTYPE), SHN_ABS},
        [TINY_KERNEL_HEAP] = {"KERNEL_HEAP_SIZE", 200, ELF32_ST_INFO(STB_GLOBAL, STT_NOTYPE),
                              SHN_ABS},
        [TINY_MISSING] = {"missing", 0, ELF32_ST_INFO(STB_WEAK, STT_NOTYPE), SHN_UNDEF},
    };
    uint32_t used = 0;
    for (unsigned i = 0; i < TINY_SYMBOLS; i++) {
        elf->symbols[i] = (Elf32_Sym){
            .st_name = add_string(elf->strings, &used, table[i].name),
            .st_value = table[i].value,
            .st_info = table[i].info,
            .st_shndx = table[i].section,
        };
    }
}

void tiny_elf_make(struct tiny_elf *elf)
{
    memset(elf, 0, sizeof(*elf));
    memcpy(elf->header.e_ident, ELFMAG, SELFMAG);
    elf->header.e_ident[EI_CLASS] = ELFCLASS32;
    elf->header.e_ident[EI_DATA] = ELFDATA2LSB;
    elf->header.e_ident[EI_VERSION] = EV_CURRENT;
    elf->header.e_type = ET_EXEC;
    elf->header.e_machine = EM_ARM;
    elf->header.e_version = EV_CURRENT;
    elf->header.e_entry = 0x80000029;
    elf->header.e_phoff = AT(segments);
    elf->header.e_shoff = AT(sections);
    elf->header.e_ehsize = sizeof(Elf32_Ehdr);
    elf->header.e_phentsize = sizeof(Elf32_Phdr);
    elf->header.e_phnum = 3;
    elf->header.e_shentsize = sizeof(Elf32_Shdr);
    elf->header.e_shnum = TINY_SECTIONS;
    elf->header.e_shstrndx = TINY_SHSTRTAB;

    elf->segments[0] = (Elf32_Phdr){PT_LOAD, AT(start), 0x80000000, 0x80000000, 48, 48, 5, 4};
    elf->segments[1] = (Elf32_Phdr){PT_LOAD, AT(got), 0x200, 0x80000030, 12, 12, 6, 4};
    elf->segments[2] = (Elf32_Phdr){PT_LOAD, AT(got), 0, 0, 0, 512, 6, 4};

    const uint32_t crt0[10] = {48, 0x200, 4, 52, 0x204, 8, 0x20C, 12, 60, 512};
    memcpy(elf->start, crt0, sizeof(crt0));
    /* movs r0, #7; bl .; bx lr: any bytes that can be told apart */
    memcpy(elf->text, "\x07\x20\xff\xf7\xfd\xff\x70\x47", 8);
    memcpy(elf->got, "\x08\x02\x00\x00", 4);
    memcpy(elf->data, "\x29\x00\x00\x80\x55\xaa\x55\xaa", 8);
    elf->rel_text[0] = (Elf32_Rel){0x8000002A, ELF32_R_INFO(TINY_FUNCTION, R_ARM_THM_PC22)};
    elf->rel_data[0] = (Elf32_Rel){0x204, ELF32_R_INFO(TINY_FUNCTION, R_ARM_ABS32)};
    make_sections(elf);
    make_symbols(elf);
}
