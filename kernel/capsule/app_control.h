/*
 * app_control.h - installing, replacing and removing apps. Not for every capsule: the board grants
 * these symbols to the app loader driver and to the installer on the console only. What is
 * installed is looked at as at boot, credentials included.
 *
 * One installation at a time, of one capsule for one process (or for itself). The order is begin,
 * write and again, finish, load; abort instead of finish or load. Each answers K_OK and calls
 * `done` later, or answers with an error and calls nobody.
 *
 * An app that has the ShortId of one that is there (or, when neither has one, its name) replaces
 * it, and not before it runs: `load` ends the old one, starts the new one, and only then makes
 * flash say so. If the new one is refused, the old one stays and begins anew.
 *
 * None of it may be called from inside a grant scope.
 */
#ifndef KERNEL_CAPSULE_APP_CONTROL_H
#define KERNEL_CAPSULE_APP_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/process_id.h"
#include "kernel/capsule/texts.h"
#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"
#include "kernel/hil/slice.h"

#define APP_CONTROL_PIECE_BYTES 128u        /* the most that one write takes */
#define APP_CONTROL_ANYWHERE    0xFFFFFFFFu /* no flash address of its own */

/* Whom to call, from the kernel's main loop. */
struct app_control_client {
    /* What was asked for is over: K_OK or an error, of which app_control_why has the words. May ask
     * for the next. */
    PRIVATE void (*done)(void *self, int status);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule */
};

/* A capsule's access: the board owns one for each. */
struct app_control_user {
    PRIVATE const struct app_control_client *client;
};

/* Once, in the capsule's init. `client` is borrowed for ever. */
NOT_NULL static inline void app_control_set_client(struct app_control_user *user,
                                                   const struct app_control_client *client)
{
    user->client = client;
}

/*
 * Makes room for an app of so many bytes, at flash address `wanted` or APP_CONTROL_ANYWHERE. The
 * installation is `owner`'s; when that process ends, it is cleared away. `client` is borrowed until
 * then. K_EBUSY: somebody else's is under way, or a job of one's own; K_ENOMEM:
 * no room; K_ESIZE: no place suits an app of this length; K_ENODEVICE: this board cannot.
 */
NOT_NULL OUTSIDE_SCOPE int app_control_begin(const struct app_control_user *user,
                                             struct process_id owner, uint32_t total_bytes,
                                             uint32_t wanted);

/* The image's bytes from `offset` on, a multiple of 4; read back. The first write of the image's
 * beginning has at least 8 bytes, and they are a TBF's of the announced length. K_EINVAL: they are
 * not, or others were written there; K_ESIZE: past the end, none, or too many at once; K_ERESERVE:
 * there is no installation of this user. So below. */
NOT_NULL OUTSIDE_SCOPE int app_control_write(const struct app_control_user *user, uint32_t offset,
                                             BORROWED struct const_slice bytes);

/* All is written: looks at the header. With `at_once` an app that replaces none counts from now on,
 * and runs from the next start on if `load` does not start it before. K_EINVAL: it is no app that
 * could run; the place is kept for an abort. */
NOT_NULL OUTSIDE_SCOPE int app_control_finish(const struct app_control_user *user, bool at_once);

/* Starts it. `done` with K_ENOMEM: no RAM; K_EINVAL: the MPU cannot express it; K_EFAIL: another
 * reason. One that counts already stays in flash all the same, another one does not. K_ERESERVE:
 * not finished. */
NOT_NULL OUTSIDE_SCOPE int app_control_load(const struct app_control_user *user);

/* K_ERESERVE: there is nothing to abort. */
NOT_NULL OUTSIDE_SCOPE int app_control_abort(const struct app_control_user *user);

/* Ends the app whose TBF begins at that address and takes it out of flash. K_EINVAL: there is none;
 * K_EBUSY: an installation is under way. */
NOT_NULL OUTSIDE_SCOPE int app_control_remove(const struct app_control_user *user,
                                              uint32_t flash_start);

/* Why the latest job failed; TEXT_NOTHING when it did not. */
OUTSIDE_SCOPE enum text_id app_control_why(void);

/* An app in flash. */
struct app_view {
    struct const_slice name; /* as its image has it; stays in place */
    uint32_t short_id;       /* 0: none */
    uint32_t version;        /* 0: none */
    uint32_t flash_start, flash_end;
    bool is_enabled;
    bool has_process;
};

/* Goes through them: *place is 0 at first. False: there are no more, or an installation is under
 * way. */
NOT_NULL OUTSIDE_SCOPE bool app_view_next(BORROWED uint32_t *place, BORROWED struct app_view *view);

#endif
