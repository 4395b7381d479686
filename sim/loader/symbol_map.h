/* sim/loader/symbol_map.h - the symbols of everything that runs: the firmware where it was linked,
 * each app moved to where it was placed. */
#ifndef SIM_LOADER_SYMBOL_MAP_H
#define SIM_LOADER_SYMBOL_MAP_H

#include <stddef.h>
#include <stdint.h>

#include "sim/loader/symbols.h"

#define SYMBOL_MAP_MAX 20

struct symbol_map_entry {
    struct symbols *symbols;       /* owned */
    const char *path;              /* of the ELF; owned */
    uint32_t run_base, size_bytes; /* where its code runs */
    uint32_t link_base;            /* what run_base was linked as */
};

struct symbol_map {
    struct symbol_map_entry entries[SYMBOL_MAP_MAX];
    size_t count;
};

/* Adds the ELF at `path`; false (and nothing added) when it has no symbols or the map is full. */
bool symbol_map_add(struct symbol_map *map, const char *path, uint32_t run_base,
                    uint32_t size_bytes, uint32_t link_base);
void symbol_map_free(struct symbol_map *map);

/* The entry whose code runs at the address, or NULL. */
const struct symbol_map_entry *symbol_map_find(const struct symbol_map *map, uint32_t address);

/* "main (apps/blink/main.c:42)", or as much as is known, at least "0x00030080". Returns buffer. */
const char *symbol_map_describe(const struct symbol_map *map, uint32_t address, char *buffer,
                                size_t size);

/* The source file that was compiled into the code at the address (symbols_find_unit), or NULL. */
const char *symbol_map_unit(const struct symbol_map *map, uint32_t address);

#endif
