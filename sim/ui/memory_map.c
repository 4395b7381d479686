#include "sim/ui/memory_map.h"

/* All rows together must leave something for what is to scale. */
#define SHARE_OF_SMALL 0.75F

static float limit_row(size_t count, float height, float row_min)
{
    float most = height * SHARE_OF_SMALL / (float)count;
    return row_min < most ? row_min : most;
}

/* Rows that are too small get `row_min`, which makes the scale of the others smaller, which may
 * make further ones too small: at most as often as there are rows. */
static float find_scale(struct memory_map *map, float height, float row_min)
{
    float scale = 0;
    for (size_t turn = 0; turn <= map->count; turn++) {
        float room = height;
        double bytes = 0;
        bool settled = true;
        for (size_t i = 0; i < map->count; i++) {
            const struct memory_map_row *row = &map->rows[i];
            room -= row->enlarged ? row_min : 0;
            bytes += row->enlarged ? 0 : row->bytes;
        }
        scale = bytes > 0 ? room / (float)bytes : 0;
        for (size_t i = 0; i < map->count; i++) {
            struct memory_map_row *row = &map->rows[i];
            if (!row->enlarged && (float)row->bytes * scale < row_min) {
                row->enlarged = true;
                settled = false;
            }
        }
        if (settled) {
            break;
        }
    }
    return scale;
}

void memory_map_lay_out(struct memory_map *map, const struct view_span *spans, size_t count,
                        float top, float height, float row_min)
{
    *map = (struct memory_map){.top = top, .height = height};
    map->count = count < MEMORY_MAP_ROWS_MAX ? count : MEMORY_MAP_ROWS_MAX;
    for (size_t i = 0; i < map->count; i++) {
        map->rows[i].address = spans[i].address;
        map->rows[i].bytes = spans[i].bytes;
    }
    if (map->count == 0) {
        return;
    }
    float smallest = limit_row(map->count, height, row_min);
    float scale = find_scale(map, height, smallest);
    float y = top + height;
    for (size_t i = 0; i < map->count; i++) {
        struct memory_map_row *row = &map->rows[i];
        row->height = row->enlarged ? smallest : (float)row->bytes * scale;
        y -= row->height;
        row->y = y;
    }
}

float memory_map_y(const struct memory_map *map, uint64_t address)
{
    for (size_t i = 0; i < map->count; i++) {
        const struct memory_map_row *row = &map->rows[i];
        uint64_t first = row->address;
        if (address < first) {
            break;
        }
        if (address < first + row->bytes) {
            float part = (float)(address - first) / (float)row->bytes;
            return row->y + row->height * (1 - part);
        }
    }
    bool below = map->count == 0 || address < map->rows[0].address;
    return below ? map->top + map->height : map->top;
}

int memory_map_row_at(const struct memory_map *map, float y)
{
    for (size_t i = 0; i < map->count; i++) {
        if (y >= map->rows[i].y && y < map->rows[i].y + map->rows[i].height) {
            return (int)i;
        }
    }
    return -1;
}

uint32_t memory_map_address_at(const struct memory_map *map, float y)
{
    int index = memory_map_row_at(map, y);
    if (map->count == 0) {
        return 0;
    }
    if (index < 0) {
        const struct memory_map_row *last = &map->rows[map->count - 1];
        return y < map->top ? last->address + last->bytes - 1 : map->rows[0].address;
    }
    const struct memory_map_row *row = &map->rows[index];
    double part = (double)(row->y + row->height - y) / (double)row->height;
    uint32_t offset = (uint32_t)(part * row->bytes);
    return row->address + (offset < row->bytes ? offset : row->bytes - 1);
}

int memory_map_find(const struct memory_map *map, uint32_t address)
{
    for (size_t i = 0; i < map->count; i++) {
        if (address - map->rows[i].address < map->rows[i].bytes) {
            return (int)i;
        }
    }
    return -1;
}
