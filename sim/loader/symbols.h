/* sim/loader/symbols.h - names and source lines of one ELF file, through libelf and libdw.
 * Addresses are those the ELF was linked at. */
#ifndef SIM_LOADER_SYMBOLS_H
#define SIM_LOADER_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>

struct symbols; /* opaque */

/* NULL when the file is no ELF or cannot be read: symbols are a help, never a condition. */
struct symbols *symbols_open(const char *path);
void symbols_close(struct symbols *symbols); /* NULL is fine */

/* The function that holds the address: its name and first address. The name lives as long as the
 * symbols. */
bool symbols_find_function(const struct symbols *symbols, uint32_t address, const char **name,
                           uint32_t *start);

/* The name of the variable or constant that begins at the address; as long-lived. Looks through all
 * symbols. */
bool symbols_find_object(const struct symbols *symbols, uint32_t address, const char **name);

/* The function or variable of this name: where it was linked (without the Thumb bit) and its bytes,
 * 0 where the ELF does not say. A global one goes before those of single files. Looks through all
 * symbols. */
bool symbols_find_named(const struct symbols *symbols, const char *name, uint32_t *address,
                        uint32_t *size_bytes);

/* The source line of the address. The file's name is as the compiler recorded it. */
bool symbols_find_line(const struct symbols *symbols, uint32_t address, const char **file,
                       unsigned *line);

/* The source file that was compiled into the code at the address, whatever headers its functions
 * came from. As the compiler recorded it. */
bool symbols_find_unit(const struct symbols *symbols, uint32_t address, const char **file);

#endif
