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
#include "kernel/capsule/texts.h"
#include "kernel/core/app_refusal.h"
#include "kernel/hil/marks.h"

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
static inline enum text_id loader_refusal_text(enum app_refusal refusal)
{
    return (enum text_id)((uint32_t)TEXT_APP_LOADED + (uint32_t)refusal);
}

/* Having credentials checked, for struct kernel_credentials. */
struct loader;
struct loader_credentials {
    void (*start)(struct loader *loader);      /* at boot */
    void (*check_next)(struct loader *loader); /* the candidate's next credential, if any */
    void (*note_dead)(struct loader *loader);  /* a capsule has died: it may be who checks */
};
extern const struct loader_credentials loader_credentials;

/* How an app in flash ranks among those of its ShortId: boot loads the one of the highest rank that
 * can be loaded. The higher version goes first, of one version the lower address. Never 0. */
static inline uint64_t app_rank(uint32_t version, uint32_t flash_start)
{
    return (uint64_t)version << 32 | (uint32_t)~flash_start;
}

/* The app area is about to change from `start` to `end`: what is known of refused apps there is
 * forgotten. */
void loader_forget(uint32_t start, uint32_t end);

#endif
