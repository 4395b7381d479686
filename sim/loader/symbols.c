#include "sim/loader/symbols.h"

#include <elfutils/libdw.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/loader/symbols_internal.h"

struct symbol {
    uint32_t start, size_bytes; /* Thumb bit cleared */
    const char *name;           /* in the ELF's string table */
};

struct symbols {
    int descriptor;
    Elf *elf;
    Dwarf *dwarf; /* NULL: no debug information */
    struct symbol *functions;
    size_t function_count;
    Elf_Scn *table; /* of symbols; NULL: stripped */
    size_t strings; /* section index of their names */
};

static int compare_starts(const void *first, const void *second)
{
    const struct symbol *one = first;
    const struct symbol *other = second;
    return one->start < other->start ? -1 : one->start > other->start;
}

static void find_table(struct symbols *symbols)
{
    Elf_Scn *section = NULL;
    while ((section = elf_nextscn(symbols->elf, section)) != NULL) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) != NULL && header.sh_type == SHT_SYMTAB &&
            header.sh_entsize != 0) {
            symbols->table = section;
            symbols->strings = header.sh_link;
            return;
        }
    }
}

/* How many symbols the table has, and its data. */
static size_t table_count(const struct symbols *symbols, Elf_Data **data)
{
    *data = symbols->table == NULL ? NULL : elf_getdata(symbols->table, NULL);
    return *data == NULL ? 0 : (*data)->d_size / sizeof(Elf32_Sym);
}

static void read_functions(struct symbols *symbols)
{
    Elf_Data *data = NULL;
    size_t count = table_count(symbols, &data);
    symbols->functions = calloc(count + 1, sizeof *symbols->functions);
    for (size_t i = 0; symbols->functions != NULL && i < count; i++) {
        GElf_Sym symbol;
        if (gelf_getsym(data, (int)i, &symbol) == NULL ||
            GELF_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF) {
            continue;
        }
        const char *name = elf_strptr(symbols->elf, symbols->strings, symbol.st_name);
        if (name != NULL) {
            symbols->functions[symbols->function_count] =
                (struct symbol){.start = (uint32_t)symbol.st_value & ~1U,
                                .size_bytes = (uint32_t)symbol.st_size,
                                .name = name};
            symbols->function_count++;
        }
    }
    if (symbols->function_count > 0) {
        qsort(symbols->functions, symbols->function_count, sizeof *symbols->functions,
              compare_starts);
    }
}

struct symbols *symbols_open(const char *path)
{
    struct symbols *symbols = calloc(1, sizeof *symbols);
    if (symbols == NULL) {
        return NULL;
    }
    elf_version(EV_CURRENT);
    symbols->descriptor = open(path, O_RDONLY | O_CLOEXEC);
    symbols->elf = symbols->descriptor < 0
                       ? NULL
                       : elf_begin(symbols->descriptor, ELF_C_READ_MMAP_PRIVATE, NULL);
    if (symbols->elf == NULL || elf_kind(symbols->elf) != ELF_K_ELF ||
        elf32_getehdr(symbols->elf) == NULL) {
        symbols_close(symbols);
        return NULL;
    }
    symbols->dwarf = dwarf_begin_elf(symbols->elf, DWARF_C_READ, NULL);
    find_table(symbols);
    read_functions(symbols);
    return symbols;
}

void symbols_close(struct symbols *symbols)
{
    if (symbols == NULL) {
        return;
    }
    if (symbols->dwarf != NULL) {
        dwarf_end(symbols->dwarf);
    }
    if (symbols->elf != NULL) {
        elf_end(symbols->elf);
    }
    if (symbols->descriptor >= 0) {
        close(symbols->descriptor);
    }
    free(symbols->functions);
    free(symbols);
}

bool symbols_find_function(const struct symbols *symbols, uint32_t address, const char **name,
                           uint32_t *start)
{
    size_t low = 0;
    size_t high = symbols->functions == NULL ? 0 : symbols->function_count;
    while (low < high) { /* the first function that starts above the address */
        size_t middle = (low + high) / 2;
        if (symbols->functions[middle].start <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0) {
        return false;
    }
    const struct symbol *found = &symbols->functions[low - 1];
    /* Assembly often has functions without a size: they reach to the next one. */
    if (found->size_bytes != 0 && address - found->start >= found->size_bytes) {
        return false;
    }
    *name = found->name;
    *start = found->start;
    return true;
}

bool symbols_find_object(const struct symbols *symbols, uint32_t address, const char **name)
{
    Elf_Data *data = NULL;
    size_t count = table_count(symbols, &data);
    for (size_t i = 0; i < count; i++) {
        GElf_Sym symbol;
        if (gelf_getsym(data, (int)i, &symbol) != NULL && symbol.st_value == address &&
            GELF_ST_TYPE(symbol.st_info) == STT_OBJECT && symbol.st_shndx != SHN_UNDEF) {
            *name = elf_strptr(symbols->elf, symbols->strings, symbol.st_name);
            return *name != NULL;
        }
    }
    return false;
}

bool symbols_find_named(const struct symbols *symbols, const char *name, uint32_t *address,
                        uint32_t *size_bytes)
{
    Elf_Data *data = NULL;
    size_t count = table_count(symbols, &data);
    bool found = false, global = false;
    for (size_t i = 0; i < count && !global; i++) {
        GElf_Sym symbol;
        if (gelf_getsym(data, (int)i, &symbol) == NULL || symbol.st_shndx == SHN_UNDEF ||
            (found && GELF_ST_BIND(symbol.st_info) == STB_LOCAL)) {
            continue;
        }
        const char *own = elf_strptr(symbols->elf, symbols->strings, symbol.st_name);
        if (own == NULL || strcmp(own, name) != 0) {
            continue;
        }
        uint32_t thumb = GELF_ST_TYPE(symbol.st_info) == STT_FUNC ? 1U : 0U;
        found = true;
        global = GELF_ST_BIND(symbol.st_info) != STB_LOCAL;
        *address = (uint32_t)symbol.st_value & ~thumb;
        *size_bytes = (uint32_t)symbol.st_size;
    }
    return found;
}

/* The compilation unit whose ranges hold the address. The table that says so may be missing. */
static bool find_unit(Dwarf *dwarf, uint32_t address, Dwarf_Die *unit)
{
    Dwarf_Off offset = 0;
    Dwarf_Off next = 0;
    size_t header_bytes = 0;
    if (dwarf_addrdie(dwarf, address, unit) != NULL) {
        return true;
    }
    while (dwarf_nextcu(dwarf, offset, &next, &header_bytes, NULL, NULL, NULL) == 0) {
        if (dwarf_offdie(dwarf, offset + header_bytes, unit) != NULL &&
            dwarf_haspc(unit, address) > 0) {
            return true;
        }
        offset = next;
    }
    return false;
}

bool symbols_find_line(const struct symbols *symbols, uint32_t address, const char **file,
                       unsigned *line)
{
    Dwarf_Die unit;
    int number = 0;
    if (symbols->dwarf == NULL || !find_unit(symbols->dwarf, address, &unit)) {
        return false;
    }
    Dwarf_Line *found = dwarf_getsrc_die(&unit, address);
    *file = found == NULL ? NULL : dwarf_linesrc(found, NULL, NULL);
    if (*file == NULL || dwarf_lineno(found, &number) != 0 || number <= 0) {
        return false;
    }
    *line = (unsigned)number;
    return true;
}

bool symbols_find_unit(const struct symbols *symbols, uint32_t address, const char **file)
{
    Dwarf_Die unit;
    if (symbols->dwarf == NULL || !find_unit(symbols->dwarf, address, &unit)) {
        return false;
    }
    *file = dwarf_diename(&unit);
    return *file != NULL;
}

Dwarf_CFI *symbols_frames(const struct symbols *symbols)
{
    return symbols->dwarf == NULL ? NULL : dwarf_getcfi(symbols->dwarf);
}
