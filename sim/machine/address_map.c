#include "sim/machine/address_map.h"

void address_map_init(struct address_map *map, struct address_window *windows, size_t capacity)
{
    *map = (struct address_map){.windows = windows, .capacity = capacity};
}

bool address_map_add(struct address_map *map, const struct address_window *window)
{
    size_t at = 0;
    if (map->count == map->capacity) {
        return false;
    }
    for (size_t i = 0; i < map->count; i++) {
        const struct address_window *other = &map->windows[i];
        if (window->base < other->base ? other->base - window->base < window->size_bytes
                                       : window->base - other->base < other->size_bytes) {
            return false;
        }
        at = other->base < window->base ? i + 1 : at;
    }
    for (size_t i = map->count; i > at; i--) {
        map->windows[i] = map->windows[i - 1];
    }
    map->windows[at] = *window;
    map->count++;
    return true;
}

static bool holds(const struct address_window *window, uint32_t address)
{
    return address - window->base < window->size_bytes;
}

const struct address_window *address_map_find(struct address_map *map, uint32_t address)
{
    size_t low = 0;
    size_t high = map->count;
    if (map->last < map->count && holds(&map->windows[map->last], address)) {
        return &map->windows[map->last];
    }
    while (low < high) { /* the first window with a base above the address */
        size_t middle = (low + high) / 2;
        if (map->windows[middle].base <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0 || !holds(&map->windows[low - 1], address)) {
        return NULL;
    }
    map->last = low - 1;
    return &map->windows[low - 1];
}
