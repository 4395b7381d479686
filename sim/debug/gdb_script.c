#include "sim/debug/gdb_script.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINKED_FLASH 0x80000000U

/* A path as GDB's command line wants it: in quotes, with quotes and backslashes escaped. */
static void put_path(FILE *out, const char *path)
{
    fputc('"', out);
    for (; *path != '\0'; path++) {
        if (*path == '"' || *path == '\\') {
            fputc('\\', out);
        }
        if (*path != '\n') {
            fputc(*path, out);
        }
    }
    fputc('"', out);
}

static void put_sections(FILE *out, Elf *elf, const struct gdb_script_app *app)
{
    size_t names;
    if (elf_getshdrstrndx(elf, &names) != 0) {
        return;
    }
    for (Elf_Scn *section = elf_nextscn(elf, NULL); section != NULL;
         section = elf_nextscn(elf, section)) {
        GElf_Shdr header;
        if (gelf_getshdr(section, &header) == NULL || (header.sh_flags & SHF_ALLOC) == 0 ||
            header.sh_size == 0) {
            continue;
        }
        const char *name = elf_strptr(elf, names, header.sh_name);
        bool in_flash = header.sh_addr >= LINKED_FLASH;
        /* Only names that GDB takes without quoting: nothing else comes from a linker script. */
        bool plain = name != NULL && name[0] == '.' && strpbrk(name, " \t\"'\\\n") == NULL;
        if (plain && (in_flash || app->ram_known)) {
            uint32_t address = (uint32_t)header.sh_addr;
            address = in_flash ? address - LINKED_FLASH + app->app_start : address + app->ram_start;
            fprintf(out, " -s %s 0x%x", name, address);
        }
    }
}

static void put_app(FILE *out, const struct gdb_script_app *app)
{
    int file = open(app->elf_path, O_RDONLY | O_CLOEXEC);
    Elf *elf = file >= 0 ? elf_begin(file, ELF_C_READ, NULL) : NULL;
    GElf_Ehdr header;
    if (elf != NULL && elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &header) != NULL &&
        header.e_machine == EM_ARM) {
        fputs("add-symbol-file ", out);
        put_path(out, app->elf_path);
        put_sections(out, elf, app);
        fputc('\n', out);
    } else {
        fprintf(out, "# no symbols: %s is not a readable ARM ELF\n", app->elf_path);
    }
    elf_end(elf);
    if (file >= 0) {
        close(file);
    }
}

bool gdb_script_write(const char *path, uint16_t port, const char *source_folder,
                      const char *kernel_elf, const struct gdb_script_app *apps, size_t app_count,
                      struct sim_error *error)
{
    FILE *out = fopen(path, "w");
    if (out == NULL) {
        return sim_fail(error, SIM_WRONG_USE, "%s: %s; GDB's command file cannot be written there",
                        path, strerror(errno));
    }
    elf_version(EV_CURRENT);
    fputs("# Made by `sandglass run --gdb`: gdb-multiarch -x THIS_FILE\nset confirm off\n", out);
    if (source_folder != NULL) {
        fputs("directory ", out);
        put_path(out, source_folder);
        fputc('\n', out);
    }
    if (kernel_elf != NULL) {
        fputs("file ", out);
        put_path(out, kernel_elf);
        fputc('\n', out);
    }
    for (size_t i = 0; i < app_count; i++) {
        put_app(out, &apps[i]);
    }
    fprintf(out, "target remote 127.0.0.1:%u\n", (unsigned)port);
    if (fclose(out) != 0) {
        return sim_fail(error, SIM_WRONG_USE, "%s: %s; GDB's command file is not complete", path,
                        strerror(errno));
    }
    return true;
}
