/* sim/ui/memory_map.h - where each byte of a memory map is drawn: to scale, but nothing gets so
 * small that it cannot be seen. Higher addresses are higher up. Plain arithmetic, no drawing. */
#ifndef SIM_UI_MEMORY_MAP_H
#define SIM_UI_MEMORY_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/view/view_processes.h"

#define MEMORY_MAP_ROWS_MAX VIEW_SPANS_MAX

struct memory_map_row {
    uint32_t address, bytes;
    float y, height; /* points */
    bool enlarged;   /* taller than to scale */
};

/* Rows by rising address, one for each span: the first is the lowest one. */
struct memory_map {
    struct memory_map_row rows[MEMORY_MAP_ROWS_MAX];
    size_t count;
    float top, height; /* of all of it, points */
};

/* Lays `spans` (in order, without gaps) out over `height` points from `top` down. Rows are at least
 * `row_min` tall where there is room for it. More spans than fit are left out at the upper end. */
void memory_map_lay_out(struct memory_map *map, const struct view_span *spans, size_t count,
                        float top, float height, float row_min);

/* The edge below the byte: of the address and of all below it. Addresses outside are clamped to the
 * ends. */
float memory_map_y(const struct memory_map *map, uint64_t address);

/* The row at a height, or -1. */
int memory_map_row_at(const struct memory_map *map, float y);
/* The address at a height, clamped to the map. */
uint32_t memory_map_address_at(const struct memory_map *map, float y);
/* The row of the address, or -1. */
int memory_map_find(const struct memory_map *map, uint32_t address);

#endif
