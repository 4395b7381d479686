/* sim/debug/gdb_script.h - a command file for GDB: the kernel's symbols, each app's symbols where
 * it runs, the connection. */
#ifndef SIM_DEBUG_GDB_SCRIPT_H
#define SIM_DEBUG_GDB_SCRIPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/loader/sim_error.h"

/* An app's ELF is linked with flash at 0x80000000 and RAM at 0; this says where the two are. */
struct gdb_script_app {
    const char *elf_path;
    uint32_t app_start; /* address of the binary in flash (what crt0 gets) */
    uint32_t ram_start; /* of its process */
    bool ram_known;     /* false: only its flash sections are placed */
};

/* Writes the file at `path`. `source_folder` (or NULL) is where relative source names are looked
 * for. An app whose ELF cannot be read is left out with a comment in the file. False only when the
 * file itself cannot be written (SIM_WRONG_USE). kernel_elf may be NULL.
 */
bool gdb_script_write(const char *path, uint16_t port, const char *source_folder,
                      const char *kernel_elf, const struct gdb_script_app *apps, size_t app_count,
                      struct sim_error *error);

#endif
