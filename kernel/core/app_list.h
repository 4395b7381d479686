/*
 * app_list.h - the area of apps as a list: TBFs one after the other, some of which are holes, and
 * behind them what is free. Reads only; all offsets count from the area's start.
 *
 * A hole is a padding TBF, one whose header is damaged but says how long it is, or one that was
 * removed: a removed app keeps its header, whose words `flags` and `checksum` are 0. The list ends
 * at the first place that is no TBF. The area's last sector belongs to app_store.
 *
 * New apps lie in sectors of their own, since erasing takes whole ones. So a hole counts from the
 * first TBF in it that begins at a sector; what is before that is free again when the apps beside
 * it in its sector are gone, too.
 */
#ifndef KERNEL_CORE_APP_LIST_H
#define KERNEL_CORE_APP_LIST_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/core/tbf.h"
#include "kernel/hil/flash.h"

#define APP_LIST_NONE 0xFFFFFFFFu /* an offset that is none */

struct app_list_area {
    const uint8_t *memory; /* of the offset 0 */
    uint32_t address;      /* of the offset 0 for the MPU; a multiple of the sector's bytes */
    uint32_t size_bytes;   /* with the last sector; a multiple of the sector's bytes */
};

/* What is at `offset`, which is 0 or the end of an item: as tbf_parse says it, so app->total_size
 * is 0 at the list's end. */
enum tbf_result app_list_look(const struct app_list_area *area, uint32_t offset,
                              struct tbf_app *app);

/* Whether the list has an item that begins there, before the last sector; or its end. */
bool app_list_reaches(const struct app_list_area *area, uint32_t offset);

/* Bytes of the app that begins there; 0: none does. */
uint32_t app_list_app_bytes(const struct app_list_area *area, uint32_t offset);

/* Where the last sector, which is no app's, begins. */
static inline uint32_t app_list_limit(const struct app_list_area *area)
{
    return area->size_bytes - HIL_FLASH_SECTOR_BYTES;
}

/* A place for an app. */
struct app_list_place {
    uint32_t start;     /* of the hole that is used; of a sector */
    uint32_t end;       /* of the hole; app_list_limit(): it is the free end of the area */
    uint32_t app;       /* where the app begins, from `start` on; of a sector */
    uint32_t app_end;   /* and ends */
    uint32_t erase_end; /* sectors from `start` to here are to be erased */
    uint32_t rest;      /* a padding from here to `end` has to be written; or APP_LIST_NONE */
    uint32_t last_item; /* a padding from here to `start` must be written first; or NONE */
};

/*
 * The first place for an app of so many bytes that the MPU can cover exactly; at `wanted`, an
 * address, unless that is TBF_ADDRESS_ANY. K_OK, K_ENOMEM: no room; K_ESIZE: too large for the
 * area, or a length that no place suits; K_EINVAL: too short, or the list leaves no sector for
 * app_store.
 */
int app_list_find_place(const struct app_list_area *area, uint32_t total_bytes, uint32_t wanted,
                        struct app_list_place *place);

#endif
