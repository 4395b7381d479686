#include "sim/ui/window_link.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* Kept for letting go: a window holds no more parts than a board has. */
#define RESERVE     BOARD_DEVICES_MAX
#define NO_FRAME    (-1)
#define NS_PER_S    1000000000U
#define FRAME_COUNT 2

struct window_link {
    struct view_frame *frames[FRAME_COUNT]; /* owned */
    pthread_mutex_t lock;                   /* of all that follows */
    pthread_cond_t to_machine;              /* a command, or the end of the window */
    int given;                              /* in the slot; NO_FRAME: it was taken */
    int shown;                              /* the window's; NO_FRAME: it has none yet */
    struct view_command commands[WINDOW_LINK_COMMANDS_MAX];
    size_t first, count; /* a ring */
    bool quitting;
    bool waits_for_slot;
    bool finished;
    struct window_link_end end;
};

struct window_link *window_link_create(struct sim_error *error)
{
    struct window_link *link = calloc(1, sizeof *link);
    pthread_condattr_t attributes;
    if (link == NULL) {
        sim_fail(error, SIM_INTERNAL, "no memory for the window");
        return NULL;
    }
    link->given = NO_FRAME;
    link->shown = NO_FRAME;
    pthread_mutex_init(&link->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&link->to_machine, &attributes);
    pthread_condattr_destroy(&attributes);
    for (int i = 0; i < FRAME_COUNT; i++) {
        link->frames[i] = calloc(1, sizeof *link->frames[i]);
        if (link->frames[i] == NULL) {
            sim_fail(error, SIM_INTERNAL, "no memory for the window's frames");
            window_link_destroy(link);
            return NULL;
        }
    }
    return link;
}

void window_link_destroy(struct window_link *link)
{
    if (link == NULL) {
        return;
    }
    for (int i = 0; i < FRAME_COUNT; i++) {
        free(link->frames[i]);
    }
    pthread_cond_destroy(&link->to_machine);
    pthread_mutex_destroy(&link->lock);
    free(link);
}

/* With an empty slot, of two frames the one that is not shown: only the machine's thread fills the
 * slot, so the answer holds until it does. */
static int free_index(const struct window_link *link)
{
    return link->given != NO_FRAME ? NO_FRAME : link->shown == 0 ? 1 : 0;
}

struct view_frame *window_link_free_frame(struct window_link *link)
{
    pthread_mutex_lock(&link->lock);
    int index = free_index(link);
    pthread_mutex_unlock(&link->lock);
    return index == NO_FRAME ? NULL : link->frames[index];
}

void window_link_give_frame(struct window_link *link)
{
    pthread_mutex_lock(&link->lock);
    link->given = free_index(link);
    pthread_mutex_unlock(&link->lock);
}

const struct view_frame *window_link_take_frame(struct window_link *link)
{
    pthread_mutex_lock(&link->lock);
    int taken = link->given;
    if (taken != NO_FRAME) {
        link->shown = taken;
        link->given = NO_FRAME;
        if (link->waits_for_slot) {
            pthread_cond_signal(&link->to_machine);
        }
    }
    pthread_mutex_unlock(&link->lock);
    return taken == NO_FRAME ? NULL : link->frames[taken];
}

static struct view_command *command_at(struct window_link *link, size_t index)
{
    return &link->commands[(link->first + index) % WINDOW_LINK_COMMANDS_MAX];
}

static bool is_letting_go(const struct view_command *command)
{
    return command->kind == VIEW_COMMAND_INPUT &&
           (strcmp(command->input, "release") == 0 || strcmp(command->input, "untouch") == 0);
}

/* The next input of the same device gives the same thing another value. */
static bool is_replaced(struct window_link *link, size_t index)
{
    const struct view_command *command = command_at(link, index);
    if (command->kind != VIEW_COMMAND_INPUT || is_letting_go(command)) {
        return false;
    }
    for (size_t i = index + 1; i < link->count; i++) {
        const struct view_command *later = command_at(link, i);
        if (later->kind == VIEW_COMMAND_INPUT && later->device == command->device) {
            return strcmp(later->input, command->input) == 0;
        }
    }
    return false;
}

static void drop_replaced(struct window_link *link)
{
    size_t index = 0;
    while (index < link->count && !is_replaced(link, index)) {
        index++;
    }
    if (index == link->count) {
        return;
    }
    for (size_t i = index; i + 1 < link->count; i++) {
        *command_at(link, i) = *command_at(link, i + 1);
    }
    link->count--;
}

/* Under the lock. */
static bool queue_command(struct window_link *link, const struct view_command *command)
{
    size_t room = WINDOW_LINK_COMMANDS_MAX - (is_letting_go(command) ? 0 : RESERVE);
    if (link->count >= room) {
        drop_replaced(link);
    }
    if (link->count >= room) {
        return false;
    }
    link->count++;
    *command_at(link, link->count - 1) = *command;
    return true;
}

bool window_link_send(struct window_link *link, const struct view_command *command)
{
    bool queued = true;
    pthread_mutex_lock(&link->lock);
    if (command->kind == VIEW_COMMAND_QUIT) {
        link->quitting = true;
    } else {
        queued = queue_command(link, command);
    }
    pthread_cond_signal(&link->to_machine);
    pthread_mutex_unlock(&link->lock);
    return queued;
}

bool window_link_take_command(struct window_link *link, struct view_command *command)
{
    pthread_mutex_lock(&link->lock);
    bool taken = link->count > 0;
    if (taken) {
        *command = link->commands[link->first];
        link->first = (link->first + 1) % WINDOW_LINK_COMMANDS_MAX;
        link->count--;
    }
    pthread_mutex_unlock(&link->lock);
    return taken;
}

bool window_link_is_quitting(struct window_link *link)
{
    pthread_mutex_lock(&link->lock);
    bool quitting = link->quitting;
    pthread_mutex_unlock(&link->lock);
    return quitting;
}

static struct timespec time_after(uint64_t timeout_ns)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    uint64_t ns = (uint64_t)at.tv_nsec + timeout_ns % NS_PER_S;
    at.tv_sec += (time_t)(timeout_ns / NS_PER_S + ns / NS_PER_S);
    at.tv_nsec = (long)(ns % NS_PER_S);
    return at;
}

void window_link_wait(struct window_link *link, uint64_t timeout_ns)
{
    const struct timespec end = time_after(timeout_ns);
    int result = 0;
    pthread_mutex_lock(&link->lock);
    while (result == 0 && link->count == 0 && !link->quitting) {
        result = pthread_cond_timedwait(&link->to_machine, &link->lock, &end);
    }
    pthread_mutex_unlock(&link->lock);
}

void window_link_wait_taken(struct window_link *link, uint64_t timeout_ns)
{
    const struct timespec end = time_after(timeout_ns);
    int result = 0;
    pthread_mutex_lock(&link->lock);
    link->waits_for_slot = true;
    while (result == 0 && link->given != NO_FRAME && !link->quitting) {
        result = pthread_cond_timedwait(&link->to_machine, &link->lock, &end);
    }
    link->waits_for_slot = false;
    pthread_mutex_unlock(&link->lock);
}

void window_link_finish(struct window_link *link, const struct window_link_end *end)
{
    pthread_mutex_lock(&link->lock);
    link->finished = true;
    link->end = *end;
    pthread_mutex_unlock(&link->lock);
}

bool window_link_finished(struct window_link *link, struct window_link_end *end)
{
    pthread_mutex_lock(&link->lock);
    bool finished = link->finished;
    *end = link->end;
    pthread_mutex_unlock(&link->lock);
    return finished;
}
