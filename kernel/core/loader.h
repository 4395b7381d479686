/*
 * loader.h - from an app in flash to a process, or to the reason why not: format, enabled or not,
 * credentials, AppId, version, memory. Boot goes through all apps in flash; who has put a new one
 * there asks for it by a request.
 */
#ifndef KERNEL_CORE_LOADER_H
#define KERNEL_CORE_LOADER_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/process_id.h"
#include "kernel/hil/marks.h"

/* Why an app is not running. loader_refusal_text has a sentence for each. */
enum app_refusal {
    APP_LOADED,
    APP_NOT_THERE, /* nothing that begins like a TBF of this version */
    APP_PADDING,
    APP_BAD_TOTAL_SIZE, /* so that nobody knows where the next one is */
    APP_DISABLED,
    APP_BAD_HEADER_SIZE,
    APP_BAD_CHECKSUM,
    APP_BAD_TLV,
    APP_NO_PROGRAM,
    APP_BAD_ENTRY,
    APP_NO_KERNEL_VERSION,
    APP_WRONG_KERNEL_VERSION,
    APP_BAD_CREDENTIAL,     /* one was rejected */
    APP_BAD_FOOTER,         /* the board wants a credential; the footers do not fit, none is good */
    APP_NO_CREDENTIAL,      /* the board wants a credential; there is none, or none is good */
    APP_CREDENTIAL_UNKNOWN, /* whoever checks them has failed, so nobody knows */
    APP_IS_LOADED,          /* this very one */
    APP_ID_IS_TAKEN,        /* an app of the same ShortId is loaded */
    APP_NO_SLOT,
    APP_NO_RAM,
    APP_FLASH_NOT_COVERED, /* the MPU cannot express where it lies */
    APP_WRONG_FLASH_ADDRESS,
    APP_WRONG_RAM_ADDRESS,
};

/* One app to be loaded. Its memory is the asker's, from loader_load until `done`. */
struct loader_request {
    uint32_t flash_start; /* of the TBF, within the board's app flash */
    /* From the kernel's main loop. The process, when it is loaded; else PROCESS_ID_NONE. May ask
     * again. */
    void (*done)(void *self, enum app_refusal refusal, struct process_id id);
    void *self;
    PRIVATE struct loader_request *next; /* the loader's */
    PRIVATE bool under_way;              /* the loader's; false at first */
};

/* Looks at the app at flash_start as boot does and makes a process of it, in pieces from the main
 * loop; `done` is called from there. Requests wait for boot and for each other. Nobody writes to
 * the app's flash meanwhile. A process of the same ShortId, whatever its version, has to be removed
 * before. K_EBUSY: the request is under way; K_EINVAL: flash_start lies outside of the app flash or
 * is no multiple of 4. */
int loader_load(struct loader_request *request);

/* Why, in words that go on "not loaded: "; "" for APP_LOADED. */
const char *loader_refusal_text(enum app_refusal refusal);

/* How an app in flash ranks among those of its ShortId: boot loads the first of them that can be
 * loaded. The higher version goes first, of one version the lower address. */
struct app_rank {
    uint32_t version;
    uint32_t flash_start;
};
static inline bool app_ranks_before(struct app_rank a, struct app_rank b)
{
    return a.version != b.version ? a.version > b.version : a.flash_start < b.flash_start;
}

/* The app area is about to change from `start` to `end`: what is known of refused apps there is
 * forgotten. */
void loader_forget(uint32_t start, uint32_t end);

#endif
