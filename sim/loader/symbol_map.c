#include "sim/loader/symbol_map.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool symbol_map_add(struct symbol_map *map, const char *path, uint32_t run_base,
                    uint32_t size_bytes, uint32_t link_base)
{
    struct symbols *symbols = map->count == SYMBOL_MAP_MAX ? NULL : symbols_open(path);
    if (symbols == NULL) {
        return false;
    }
    map->entries[map->count] = (struct symbol_map_entry){.symbols = symbols,
                                                         .path = strdup(path),
                                                         .run_base = run_base,
                                                         .size_bytes = size_bytes,
                                                         .link_base = link_base};
    map->count++;
    return true;
}

void symbol_map_free(struct symbol_map *map)
{
    for (size_t i = 0; i < map->count; i++) {
        symbols_close(map->entries[i].symbols);
        free((char *)map->entries[i].path);
    }
    *map = (struct symbol_map){0};
}

const struct symbol_map_entry *symbol_map_find(const struct symbol_map *map, uint32_t address)
{
    for (size_t i = 0; i < map->count; i++) {
        if (address - map->entries[i].run_base < map->entries[i].size_bytes) {
            return &map->entries[i];
        }
    }
    return NULL;
}

const char *symbol_map_describe(const struct symbol_map *map, uint32_t address, char *buffer,
                                size_t size)
{
    const struct symbol_map_entry *entry = symbol_map_find(map, address);
    const char *function = NULL;
    const char *file = NULL;
    unsigned line = 0;
    uint32_t start = 0;
    snprintf(buffer, size, "0x%08x", address);
    if (entry == NULL) {
        return buffer;
    }
    uint32_t linked = address - entry->run_base + entry->link_base;
    bool named = symbols_find_function(entry->symbols, linked, &function, &start);
    if (named && symbols_find_line(entry->symbols, linked, &file, &line)) {
        snprintf(buffer, size, "%s (%s:%u)", function, file, line);
    } else if (named) {
        snprintf(buffer, size, "%s + %u", function, linked - start);
    }
    return buffer;
}

const char *symbol_map_unit(const struct symbol_map *map, uint32_t address)
{
    const struct symbol_map_entry *entry = symbol_map_find(map, address);
    const char *file = NULL;
    if (entry == NULL ||
        !symbols_find_unit(entry->symbols, address - entry->run_base + entry->link_base, &file)) {
        return NULL;
    }
    return file;
}
