#include "kernel/core/app_list.h"

#include "kernel/abi/syscall.h"
#include "kernel/abi/tbf.h"
#include "kernel/core/bytes.h"
#include "kernel/core/mpu_layout.h"
#include "kernel/hil/flash.h"

#define SECTOR HIL_FLASH_SECTOR_BYTES
#define ERASED 0xFFFFFFFFu

/* Where a sector begins, from `offset` on; none is so high that this could wrap. */
static uint32_t sector_up(uint32_t offset)
{
    return offset + (0u - offset) % SECTOR;
}

enum tbf_result app_list_look(const struct app_list_area *area, uint32_t offset,
                              struct tbf_app *app)
{
    uint32_t available = offset < area->size_bytes ? area->size_bytes - offset : 0;
    return tbf_parse(area->memory + offset, available, app);
}

bool app_list_reaches(const struct app_list_area *area, uint32_t offset)
{
    struct tbf_app app;
    uint32_t at = 0;
    while (at < offset) {
        (void)app_list_look(area, at, &app);
        if (app.total_size == 0) {
            return false;
        }
        at += app.total_size;
    }
    return at == offset && at < app_list_limit(area);
}

uint32_t app_list_app_bytes(const struct app_list_area *area, uint32_t offset)
{
    struct tbf_app app;
    return app_list_reaches(area, offset) && !tbf_is_hole(app_list_look(area, offset, &app))
               ? app.total_size
               : 0;
}

static bool mpu_covers(const struct app_list_area *area, uint32_t start, uint32_t end)
{
    struct mpu_layout layout;
    mpu_layout_init(&layout);
    return mpu_layout_set_flash(&layout, area->address + start, area->address + end);
}

/* What is looked for. place->start is that of a run of holes that lie side by side: of its first
 * TBF that begins at a sector; or APP_LIST_NONE. */
struct search {
    const struct app_list_area *area;
    uint32_t total_bytes;
    uint32_t wanted; /* address or TBF_ADDRESS_ANY */
    struct app_list_place *place;
};

/* The app at `app`, in the run up to `end`, behind which the next app begins; or the area's free
 * end. What follows the app must be a header or, at the end, nothing. */
static bool settle(const struct search *search, uint32_t app, uint32_t end)
{
    const struct app_list_area *area = search->area;
    struct app_list_place *place = search->place;
    uint32_t app_end = app + search->total_bytes;
    uint32_t erase_end = sector_up(app_end);
    bool is_last = end == app_list_limit(area);
    if (app_end == erase_end && app_end < end &&
        (is_last ? bytes_get_u32(area->memory + app_end) != ERASED
                 : !app_list_reaches(area, app_end))) {
        erase_end += SECTOR;
    }
    place->end = end;
    place->app = app;
    place->app_end = app_end;
    place->erase_end = erase_end;
    place->rest = !is_last && app_end < erase_end ? app_end : APP_LIST_NONE;
    return erase_end <= end && mpu_covers(area, app, app_end);
}

static bool search_run(const struct search *search, uint32_t end)
{
    for (uint32_t app = search->place->start; app < end; app += SECTOR) {
        if ((search->wanted == TBF_ADDRESS_ANY || search->wanted == search->area->address + app) &&
            settle(search, app, end)) {
            return true;
        }
    }
    return false;
}

/* Behind the list. If its last app ends within a sector, the list goes on to the sector's end. */
static bool search_end(const struct search *search, uint32_t end)
{
    struct app_list_place *place = search->place;
    if (place->start == APP_LIST_NONE) {
        place->start = sector_up(end);
        if (place->start != end) {
            place->last_item = end;
        }
    }
    return (place->last_item == APP_LIST_NONE ||
            place->start - place->last_item >= sizeof(struct tbf_header)) &&
           search_run(search, app_list_limit(search->area));
}

int app_list_find_place(const struct app_list_area *area, uint32_t total_bytes, uint32_t wanted,
                        struct app_list_place *place)
{
    const struct search search = {area, total_bytes, wanted, place};
    uint32_t limit = app_list_limit(area);
    if (total_bytes < sizeof(struct tbf_header)) {
        return K_EINVAL;
    }
    if (total_bytes > limit || total_bytes % MPU_LAYOUT_STEP_BYTES != 0) {
        return K_ESIZE;
    }
    place->start = APP_LIST_NONE;
    place->last_item = APP_LIST_NONE;
    uint32_t at = 0;
    for (;;) {
        struct tbf_app app;
        enum tbf_result result = app_list_look(area, at, &app);
        if (app.total_size == 0) {
            return search_end(&search, at) ? K_OK : K_ENOMEM;
        }
        if (at + app.total_size > limit) {
            return K_EINVAL;
        }
        if (!tbf_is_hole(result)) {
            if (search_run(&search, at)) {
                return K_OK;
            }
            place->start = APP_LIST_NONE;
        } else if (place->start == APP_LIST_NONE && at % SECTOR == 0) {
            place->start = at;
        }
        at += app.total_size;
    }
}
