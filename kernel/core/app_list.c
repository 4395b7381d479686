#include "kernel/core/app_list.h"

#include <stddef.h>

#include "kernel/abi/syscall.h"
#include "kernel/abi/tbf.h"
#include "kernel/core/memory.h"
#include "kernel/core/mpu_layout.h"
#include "kernel/hil/flash.h"

#define SECTOR HIL_FLASH_SECTOR_BYTES
#define ERASED 0xFFFFFFFFu

static uint32_t sector_down(uint32_t offset)
{
    return offset / SECTOR * SECTOR;
}

/* No offset is so high that this could wrap. */
static uint32_t sector_up(uint32_t offset)
{
    return sector_down(offset + SECTOR - 1u);
}

uint32_t app_list_limit(const struct app_list_area *area)
{
    return area->size_bytes - SECTOR;
}

static uint32_t word_at(const struct app_list_area *area, uint32_t offset)
{
    const uint8_t *at = area->memory + offset;
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

void app_list_look(const struct app_list_area *area, uint32_t offset, struct app_list_item *item)
{
    *item = (struct app_list_item){.offset = offset, .result = TBF_END};
    if (offset >= area->size_bytes) {
        return;
    }
    item->result = tbf_parse(area->memory + offset, area->size_bytes - offset, &item->app);
    if (tbf_is_end(item->result)) {
        item->result = TBF_END;
        return;
    }
    item->bytes = item->app.total_size;
    item->is_hole = item->result == TBF_PADDING || item->result == TBF_BAD_CHECKSUM;
}

bool app_list_reaches(const struct app_list_area *area, uint32_t offset)
{
    struct app_list_item item = {.bytes = 0};
    uint32_t at = 0;
    do {
        app_list_look(area, at, &item);
        if (at == offset) {
            return true;
        }
        at += item.bytes;
    } while (item.bytes != 0 && at <= offset);
    return false;
}

static bool mpu_covers(const struct app_list_area *area, uint32_t start, uint32_t end)
{
    struct mpu_layout layout;
    mpu_layout_init(&layout);
    return mpu_layout_set_flash(&layout, area->address + start, area->address + end);
}

/* What is looked for, and a run of holes that lie side by side. */
struct search {
    const struct app_list_area *area;
    uint32_t total_bytes;
    uint32_t wanted; /* offset or APP_LIST_NONE */
    uint32_t start;  /* of the run's first TBF that begins at a sector; or APP_LIST_NONE */
    struct app_list_place *place;
};

static bool is_item_start(const struct search *search, uint32_t offset)
{
    return app_list_reaches(search->area, offset);
}

/* The app at `app`, in the run up to `end`, behind which the next app begins; or the area's free
 * end. What follows the app must be a header or, at the end, nothing. */
static bool settle(const struct search *search, uint32_t app, uint32_t end, bool is_last)
{
    uint32_t app_end = app + search->total_bytes;
    uint32_t erase_end = sector_up(app_end);
    uint32_t rest = APP_LIST_NONE;
    if (app_end > end || erase_end > end) {
        return false;
    }
    if (is_last) {
        if (erase_end == app_end && app_end < end && word_at(search->area, app_end) != ERASED) {
            erase_end += SECTOR;
        }
    } else if (app_end < erase_end) {
        rest = app_end;
    } else if (app_end < end && !is_item_start(search, app_end)) {
        rest = app_end;
        erase_end += SECTOR;
    }
    if (erase_end > end || !mpu_covers(search->area, app, app_end)) {
        return false;
    }
    *search->place = (struct app_list_place){.start = search->start,
                                             .end = end,
                                             .app = app,
                                             .app_end = app_end,
                                             .erase_end = erase_end,
                                             .rest = rest,
                                             .last_item = APP_LIST_NONE};
    return true;
}

static bool search_run(const struct search *search, uint32_t end, bool is_last)
{
    if (search->start == APP_LIST_NONE || search->start >= end) {
        return false;
    }
    if (search->wanted != APP_LIST_NONE) {
        return search->wanted >= search->start && search->wanted < end &&
               search->wanted % SECTOR == 0 && settle(search, search->wanted, end, is_last);
    }
    for (uint32_t app = search->start; app < end && search->total_bytes <= end - app;
         app += SECTOR) {
        if (settle(search, app, end, is_last)) {
            return true;
        }
    }
    return false;
}

/* Behind the list. If its last app ends within a sector, the list goes on to the sector's end. */
static bool search_end(struct search *search, uint32_t end)
{
    uint32_t limit = app_list_limit(search->area);
    uint32_t padding = APP_LIST_NONE;
    if (search->start == APP_LIST_NONE) {
        search->start = sector_up(end);
        if (search->start != end) {
            padding = end;
        }
    }
    if (padding != APP_LIST_NONE && search->start - padding < sizeof(struct tbf_header)) {
        return false;
    }
    bool found = search_run(search, limit, true);
    if (found) {
        search->place->last_item = padding;
    }
    return found;
}

int app_list_find_place(const struct app_list_area *area, uint32_t total_bytes, uint32_t wanted,
                        struct app_list_place *place)
{
    uint32_t limit = app_list_limit(area);
    struct search search = {.area = area,
                            .total_bytes = total_bytes,
                            .wanted = APP_LIST_NONE,
                            .start = APP_LIST_NONE,
                            .place = place};
    if (total_bytes < sizeof(struct tbf_header)) {
        return K_EINVAL;
    }
    if (total_bytes > limit || total_bytes % MPU_LAYOUT_STEP_BYTES != 0) {
        return K_ESIZE;
    }
    if (wanted != TBF_ADDRESS_ANY) {
        if (wanted < area->address || wanted - area->address >= limit) {
            return K_ENOMEM;
        }
        search.wanted = wanted - area->address;
    }
    struct app_list_item item = {.bytes = 0};
    for (uint32_t at = 0;; at += item.bytes) {
        app_list_look(area, at, &item);
        if (item.bytes != 0 && at + item.bytes > limit) {
            return K_EINVAL;
        }
        if (item.bytes == 0) {
            break;
        }
        if (!item.is_hole) {
            if (search_run(&search, at, false)) {
                return K_OK;
            }
            search.start = APP_LIST_NONE;
        } else if (search.start == APP_LIST_NONE && at % SECTOR == 0) {
            search.start = at;
        }
    }
    return search_end(&search, item.offset) ? K_OK : K_ENOMEM;
}

uint32_t app_list_find_app(const struct app_list_area *area, uint32_t short_id, const uint8_t *name,
                           uint32_t name_length, uint32_t except)
{
    struct app_list_item item = {.bytes = 0};
    for (uint32_t at = 0;; at += item.bytes) {
        app_list_look(area, at, &item);
        if (item.bytes == 0) {
            return APP_LIST_NONE;
        }
        if (item.result != TBF_APP || at == except || item.app.short_id != short_id) {
            continue;
        }
        if (short_id != 0 || (name_length != 0 && item.app.name_length == name_length &&
                              memcmp(area->memory + at + item.app.name, name, name_length) == 0)) {
            return at;
        }
    }
}
