#include "kernel/capsules/screen.h"

#include "kernel/capsule/grant.h"

CAPSULE(screen, .needs = {DEFERRED, GRANT, SCREEN});

struct screen_process {
    struct hil_screen_frame frame; /* width 0: the whole picture */
    uint32_t command;              /* what waits or is under way */
    uint32_t argument;
    bool waiting;
};
GRANT(screen_grant, struct screen_process, ABI_SCREEN_UPCALLS, ABI_SCREEN_ROS, 0);

static struct hil_screen_frame frame_of(BORROWED const struct screen_driver *driver,
                                        BORROWED const struct screen_process *p)
{
    if (p->frame.width > 0) {
        return p->frame;
    }
    return (struct hil_screen_frame){0, 0, driver->screen->width, driver->screen->height};
}

static uint32_t frame_bytes(const struct screen_driver *driver, struct hil_screen_frame frame)
{
    return (uint32_t)frame.width * frame.height * driver->screen->bytes_per_pixel;
}

/* Whose turn it is: the processes in a circle, after the one that was served last. */
static struct process_id next_waiting(const struct screen_driver *driver)
{
    struct process_id first = PROCESS_ID_NONE, next = PROCESS_ID_NONE;
    bool passed = false;
    grant_each (screen_grant, id, p) {
        if (p->waiting && process_id_is_none(first)) {
            first = id;
        }
        if (p->waiting && passed && process_id_is_none(next)) {
            next = id;
        }
        passed = passed || process_id_is_equal(id, driver->latest);
    }
    return process_id_is_none(next) ? first : next;
}

static uint32_t fill_piece(struct screen_driver *driver, struct process_id id)
{
    uint32_t pixel_bytes = driver->screen->bytes_per_pixel;
    struct dma_buffer *piece = &driver->piece;
    uint32_t got = allow_read_dma(&screen_grant, id, ALLOW_READ_ONLY, ABI_SCREEN_RO_PIXELS, 0,
                                  dma_part(piece, 0, pixel_bytes));
    for (uint32_t i = pixel_bytes; i < SCREEN_PIECE_BYTES; i++) {
        (void)dma_buffer_put(piece, i, dma_buffer_get(piece, i - pixel_bytes));
    }
    return got;
}

static uint32_t smaller(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

/* Begins the process's operation at the display. Below 0: it did not come so far. */
static int begin(struct screen_driver *driver, struct process_id id)
{
    struct screen_process now = {.waiting = false};
    const struct hil_screen *screen = driver->screen;
    driver->done_bytes = 0;
    driver->total_bytes = 0;
    grant_enter (screen_grant, id, p) {
        now = *p;
    }
    switch (now.command) {
    case ABI_SCREEN_SET_POWER:
        return hil_screen_set_power(screen, now.argument != 0);
    case ABI_SCREEN_SET_INVERTED:
        return hil_screen_set_inverted(screen, now.argument != 0);
    default:
        break;
    }
    driver->fills = now.command == ABI_SCREEN_FILL;
    driver->total_bytes = frame_bytes(driver, frame_of(driver, &now));
    if (driver->fills) {
        if (fill_piece(driver, id) < screen->bytes_per_pixel) {
            return K_ESIZE;
        }
    } else {
        driver->total_bytes = smaller(driver->total_bytes, now.argument);
    }
    return hil_screen_begin(screen, frame_of(driver, &now));
}

static void finish(struct process_id id, int status)
{
    grant_enter (screen_grant, id, p) {
        p->waiting = false;
        (void)upcall_schedule(&screen_grant, id, ABI_SCREEN_UPCALL_DONE, (uint32_t)-status, 0, 0);
    }
}

/* Takes the next operation up that the display accepts. */
static void go_on(struct screen_driver *driver)
{
    while (process_id_is_none(driver->active)) {
        struct process_id id = next_waiting(driver);
        if (process_id_is_none(id)) {
            return;
        }
        int status = begin(driver, id);
        if (status == K_EBUSY) {
            return; /* it is just being started: its `done` comes */
        }
        driver->latest = id;
        if (status == K_OK) {
            driver->active = id;
        } else {
            finish(id, status);
        }
    }
}

static void screen_deferred(void *self)
{
    struct screen_driver *driver = self;
    go_on(driver);
}

/* The next piece of the operation under way; false when there is none. */
static bool put_next(struct screen_driver *driver)
{
    uint32_t count = smaller(driver->total_bytes - driver->done_bytes, SCREEN_PIECE_BYTES);
    if (!process_id_is_alive(driver->active)) {
        count = 0;
    } else if (!driver->fills) {
        count = allow_read_dma(&screen_grant, driver->active, ALLOW_READ_ONLY, ABI_SCREEN_RO_PIXELS,
                               driver->done_bytes, dma_part(&driver->piece, 0, count));
    }
    if (count == 0) {
        return false;
    }
    driver->done_bytes += count;
    return hil_screen_put(driver->screen, &driver->piece, count) == K_OK;
}

static void screen_done(void *self)
{
    struct screen_driver *driver = self;
    if (!process_id_is_none(driver->active)) {
        if (put_next(driver)) {
            return;
        }
        finish(driver->active, K_OK);
        driver->active = PROCESS_ID_NONE;
    }
    go_on(driver);
}

/* Operations that touch the display wait for their turn. */
static command_return queue(struct screen_driver *driver, struct process_id id, uint32_t command,
                            uint32_t argument)
{
    bool was_waiting = false;
    grant_enter (screen_grant, id, p) {
        was_waiting = p->waiting;
        if (!was_waiting) {
            p->command = command;
            p->argument = argument;
            p->waiting = true;
        }
    }
    deferred_call_request(&driver->deferred);
    return grant_answer(was_waiting ? command_error(K_EBUSY) : command_success());
}

static command_return write_pixels(struct screen_driver *driver, struct process_id id,
                                   uint32_t bytes)
{
    uint32_t room = allow_length(&screen_grant, id, ALLOW_READ_ONLY, ABI_SCREEN_RO_PIXELS);
    if (smaller(bytes, room) == 0) {
        return command_error(K_ESIZE);
    }
    return queue(driver, id, ABI_SCREEN_WRITE, smaller(bytes, room));
}

/* Only the process's own state changes; the upcall comes from the main loop as after the others,
 * with an operation of no bytes. */
static command_return set_frame(struct screen_driver *driver, struct process_id id, uint32_t corner,
                                uint32_t size)
{
    const struct hil_screen_frame frame = {(uint16_t)(corner >> 16), (uint16_t)corner,
                                           (uint16_t)(size >> 16), (uint16_t)size};
    bool inside = frame.width > 0 && frame.height > 0 &&
                  (uint32_t)frame.x + frame.width <= driver->screen->width &&
                  (uint32_t)frame.y + frame.height <= driver->screen->height;
    if (!inside) {
        return command_error(K_EINVAL);
    }
    command_return result = queue(driver, id, ABI_SCREEN_WRITE, 0);
    if (!command_has_failed(result)) {
        grant_enter (screen_grant, id, p) {
            p->frame = frame;
        }
    }
    return result;
}

static command_return resolution(const struct screen_driver *driver)
{
    return command_success_u32_u32(driver->screen->width, driver->screen->height);
}

/* What can be answered at once: there is one resolution, one format, and no rotation. */
static command_return answer(const struct screen_driver *driver, uint32_t command, uint32_t index)
{
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_SCREEN_HAS_SETUP:
    case ABI_SCREEN_ROTATION:
        return command_success_u32(0);
    case ABI_SCREEN_RESOLUTIONS:
    case ABI_SCREEN_FORMATS:
        return command_success_u32(1);
    case ABI_SCREEN_RESOLUTION_AT:
        return index == 0 ? resolution(driver) : command_error(K_EINVAL);
    case ABI_SCREEN_RESOLUTION:
        return resolution(driver);
    case ABI_SCREEN_FORMAT_AT:
        return index == 0 ? command_success_u32(driver->screen->format) : command_error(K_EINVAL);
    case ABI_SCREEN_FORMAT:
        return command_success_u32(driver->screen->format);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

static command_return screen_command(void *self, struct process_id id, uint32_t command,
                                     uint32_t argument0, uint32_t argument1)
{
    struct screen_driver *driver = self;
    switch (command) {
    case ABI_SCREEN_SET_POWER:
    case ABI_SCREEN_SET_INVERTED:
    case ABI_SCREEN_FILL:
        return queue(driver, id, command, argument0);
    case ABI_SCREEN_SET_FRAME:
        return set_frame(driver, id, argument0, argument1);
    case ABI_SCREEN_WRITE:
        return write_pixels(driver, id, argument0);
    default:
        return answer(driver, command, argument0);
    }
}

const struct driver_ops screen_driver_ops = {
    .number = ABI_DRIVER_SCREEN,
    .command = screen_command,
    .grant = &screen_grant,
    .owner = &this_capsule,
};

void screen_init(struct screen_driver *driver, const struct hil_screen *screen)
{
    *driver = (struct screen_driver){
        .screen = screen,
        .client = {screen_done, driver, &this_capsule},
        .deferred = {.call = screen_deferred, .self = driver, .owner = &this_capsule},
        .piece = DMA_BUFFER_OF(driver->piece_bytes),
    };
    hil_screen_set_client(screen, &driver->client);
}
