/* sim/ui/window_link.h - the mailbox between the machine's thread and the window's: pictures of the
 * machine go one way, commands the other. Neither side ever waits for the other: what is held while
 * both want it is a lock around a few words.
 *
 * Two frames exist. The machine fills one and hands it over; it may begin the next when the window
 * has taken that. So a window that is slow gets fewer frames, and none that was filled is lost:
 * what a frame tells "since the frame before" is complete.
 *
 * Commands lie in a bounded queue. When it is full, a value that the very next input of the same
 * device replaces (a slider or a finger that moves) goes first; room is kept for letting go
 * ("release", "untouch") of what was pressed before; VIEW_COMMAND_QUIT needs none.
 */
#ifndef SIM_UI_WINDOW_LINK_H
#define SIM_UI_WINDOW_LINK_H

#include <stdbool.h>
#include <stdint.h>

#include "sim/loader/sim_error.h"
#include "sim/view/view_command.h"
#include "sim/view/view_frame.h"

#define WINDOW_LINK_COMMANDS_MAX 256U

struct window_link; /* opaque */

/* How a run ended. */
struct window_link_end {
    bool close; /* the window goes, too; else it stays, for people to look at the end */
};

/* NULL with a message: no memory. */
struct window_link *window_link_create(struct sim_error *error);
/* When neither thread uses it any more. */
void window_link_destroy(struct window_link *link);

/* The machine's thread: */

/* The frame to fill, or NULL while the last one was not taken. The same one until it is given. */
struct view_frame *window_link_free_frame(struct window_link *link);
/* Hands that frame over; it is not the caller's any more. Not without a free frame. */
void window_link_give_frame(struct window_link *link);
/* The oldest command; false: there is none. */
bool window_link_take_command(struct window_link *link, struct view_command *command);
/* The window was closed, or wants to: the run is to end. It stays so. */
bool window_link_is_quitting(struct window_link *link);
/* Waits until there is a command or the window wants to quit, at most so long. Returns at once when
 * that is so already. */
void window_link_wait(struct window_link *link, uint64_t timeout_ns);
/* The run is over; the last frame says why. Call it after that frame was given. */
void window_link_finish(struct window_link *link, const struct window_link_end *end);
/* For the last frame of a run, which must arrive: waits until the slot is empty, at most so long,
 * and not when the window wants to quit. */
void window_link_wait_taken(struct window_link *link, uint64_t timeout_ns);

/* The window's thread: */

/* The newest frame, when there is one that was not taken yet; else NULL. It is the caller's until
 * the next call that returns one. */
const struct view_frame *window_link_take_frame(struct window_link *link);
/* Queues a command; `input` is borrowed for as long as the machine lives. False: the queue is full
 * and the command is dropped, which the window should say. VIEW_COMMAND_QUIT is never dropped. */
bool window_link_send(struct window_link *link, const struct view_command *command);
/* The machine's thread is done with the run. The last frame may be there to take all the same. */
bool window_link_finished(struct window_link *link, struct window_link_end *end);

#endif
