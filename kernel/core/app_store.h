/*
 * app_store.h - changes the apps in flash so that power may fail at any moment: afterwards, once
 * app_store_recover has run, an app is there as it was before, or as it is to be, or (a new one)
 * not at all; and all others are there.
 *
 * One installation at a time:
 *
 *   begin    finds a place (app_list.h), notes it in the journal, which is the area's last sector,
 *            and makes it blank, with padding around the app's part
 *   put      the app's bytes, each once, read back
 *   look     is it an app?
 *   commit   one word of the journal, from ones to 0: from then on the new app counts, and the one
 *            that it replaces does not. What is left to do can be done again after a power cut
 *   abort    instead of commit: the place is a hole again
 *
 * While an installation is under way the journal's note, and not what the flash has, says what lies
 * there; nobody else may walk the list before the next start's app_store_recover. The note is
 *
 *   word 0   NOTE_MAGIC; 0: done with       word 4   check of words 0 to 3
 *   word 1   start of the hole              word 5   the app to retire, or ones
 *   word 2   its end                        word 6   check of words 0 to 5
 *   word 3   the new app                    word 7   0: committed
 *
 * and a note whose check is wrong (half written) is none.
 */
#ifndef KERNEL_CORE_APP_STORE_H
#define KERNEL_CORE_APP_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/abi/syscall.h"
#include "kernel/core/app_list.h"
#include "kernel/hil/flash.h"
#include "kernel/hil/slice.h"

#define APP_STORE_PIECE_BYTES 128u /* the most that one put takes */

/* Its value is what somebody who wants to begin an installation is told. */
enum app_store_phase {
    APP_STORE_IDLE = K_OK,
    APP_STORE_OPEN = K_EALREADY, /* begun: put, look, commit, abort */
    APP_STORE_FAILED = K_EFAIL,  /* the flash did not do as told; the next start tries again */
};

/* What comes next, in this order within a job; but a commit is followed by RETIRE. */
enum app_store_step {
    APP_STORE_REST, /* nothing: the job is over */
    APP_STORE_ERASE_JOURNAL,
    APP_STORE_LAST_ITEM,
    APP_STORE_NOTE,
    APP_STORE_ERASE,
    APP_STORE_LEAD,
    APP_STORE_TRAIL,
    APP_STORE_PUT,
    APP_STORE_OPENED,
    APP_STORE_NAME_REPLACED,
    APP_STORE_COMMIT,
    APP_STORE_ABORT_ERASE, /* nothing is retired then */
    APP_STORE_ABORT_PADDING,
    APP_STORE_RETIRE,
    APP_STORE_CLOSE,
    APP_STORE_CLOSED,
};

typedef void (*app_store_done)(void *self, int status);

/* What is used most lies first, where instructions are half as long. */
struct app_store {
    struct app_list_area area;
    enum app_store_phase phase;
    enum app_store_step step;
    int status;      /* what the job will end with */
    uint32_t note;   /* offset of the open note, or APP_LIST_NONE */
    uint32_t retire; /* the app to retire, or APP_LIST_NONE */
    uint32_t at;     /* of the flash operation under way */
    uint32_t length; /* its bytes; 0: it is an erase */
    uint32_t left;   /* bytes that the step has to program behind those */
    struct app_list_place place;
    const struct hil_flash *flash;
    app_store_done done;
    void *self;
    uint32_t page_words[APP_STORE_PIECE_BYTES / 4u]; /* what is programmed */
    struct dma_buffer page;
    struct hil_flash_client client;
};

/* All borrowed for ever. `flash` is the area; `memory` and `address` as in struct app_list_area.
 * What a job ends with goes to `done`. */
void app_store_init(struct app_store *store, const struct hil_flash *flash, const uint8_t *memory,
                    uint32_t address, app_store_done done, void *self);

/*
 * The jobs, one at a time: not while one is under way. Each ends with done(self, status), from the
 * flash's callback, or (if there was nothing to do, or the job cannot be) from inside the call. A
 * job that fails with K_EFAIL in the flash has tried to abort. A commit that counts ends with K_OK,
 * even when the flash then fails to take the old app away: the next start's recovery does that, and
 * until then each job ends with K_EFAIL.
 */

/* First of all: what a power cut has left is brought to its end, or undone. */
void app_store_recover(struct app_store *store);

/* Room for an app of so many bytes, at the address `wanted` or TBF_ADDRESS_ANY. The errors are
 * those of app_list_find_place. K_EALREADY: an installation is under way. */
void app_store_begin(struct app_store *store, uint32_t total_bytes, uint32_t wanted);

/* The image's bytes from `offset` (a multiple of 4) on. This one says at once whether it can be:
 * K_OK, and done() comes, or an error, and nothing happens. K_ESIZE: more than
 * APP_STORE_PIECE_BYTES, none, or past the image's end; K_EINVAL: no multiple of 4, or bytes are
 * there already that are others; or it is the image's first 8 and they do not say TBF version 2 and
 * the announced length; K_ERESERVE: nothing was begun. A length that is no multiple of 4 ends in
 * bytes of ones. */
int app_store_put(struct app_store *store, uint32_t offset, struct const_slice bytes);

/* What lies there now. TBF_END when nothing is open. */
enum tbf_result app_store_look(const struct app_store *store, struct tbf_app *app);
static inline uint32_t app_store_new_app(const struct app_store *store)
{
    return store->place.app;
}

/* Makes it count. `retire`: the app that no longer does (offset), or APP_LIST_NONE. K_EINVAL: it is
 * no app, or what is to go is none. */
void app_store_commit(struct app_store *store, uint32_t retire);

/* K_EALREADY: nothing was begun. */
void app_store_abort(struct app_store *store);

/* The app at `offset` no longer counts. K_EINVAL: there is none. K_EALREADY: an installation is
 * under way. */
void app_store_retire(struct app_store *store, uint32_t offset);

static inline bool app_store_is_busy(const struct app_store *store)
{
    return store->step != APP_STORE_REST;
}

#endif
