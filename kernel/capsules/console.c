#include "kernel/capsules/console.h"

#include "kernel/capsule/grant.h"

CAPSULE(console, .needs = {DEFERRED, GRANT, UART});

struct console_process {
    uint32_t write_length;
    uint32_t written;
    uint32_t ticket; /* of the write: the oldest goes first */
    uint32_t read_length;
    bool writing;
};
GRANT(console_grant, struct console_process, ABI_CONSOLE_UPCALLS, ABI_CONSOLE_ROS, ABI_CONSOLE_RWS);

/* --- Writing --- */

static void finish_write(BORROWED struct console_process *p, struct process_id id)
{
    p->writing = false;
    (void)upcall_schedule(&console_grant, id, ABI_CONSOLE_UPCALL_WRITTEN, p->written, 0, 0);
}

static struct process_id oldest_writer(const struct console_driver *console)
{
    struct process_id first = PROCESS_ID_NONE;
    uint32_t first_age = 0;
    grant_each (console_grant, id, p) {
        uint32_t age = console->tickets - p->ticket;
        if (p->writing && (process_id_is_none(first) || age > first_age)) {
            first = id;
            first_age = age;
        }
    }
    return first;
}

/* How many of the `count` bytes in tx to send now, with `left` still to go: what does not fit as a
 * whole is cut after a newline where there is one. */
static uint32_t piece_length(BORROWED const struct dma_buffer *tx, uint32_t count, uint32_t left)
{
    uint32_t cut = count;
    if (left > count) {
        while (cut > 0 && dma_buffer_get(tx, cut - 1) != '\n') {
            cut--;
        }
    }
    return cut > 0 ? cut : count;
}

/* Fills tx from the process's buffer as it is now. Nothing left there ends the write. */
static void fill_piece(struct console_driver *console, struct process_id id)
{
    grant_enter (console_grant, id, p) {
        uint32_t left = p->write_length - p->written;
        uint32_t count = allow_read_dma(&console_grant, id, ALLOW_READ_ONLY, ABI_CONSOLE_RO_WRITE,
                                        p->written, dma_part(&console->tx, 0, left));
        console->piece_bytes = piece_length(&console->tx, count, left);
        if (console->piece_bytes == 0) {
            finish_write(p, id);
        }
    }
}

/* The piece is sent, or has failed: its write ends, goes on, or waits for its next turn. */
static void end_piece(struct console_driver *console, int status)
{
    uint32_t sent = status == K_OK ? console->piece_bytes : 0;
    bool line_ended = sent > 0 && dma_buffer_get(&console->tx, sent - 1) == '\n';
    bool stays = false;
    console->piece_bytes = 0;
    console->held++;
    grant_enter (console_grant, console->writer, p) {
        p->written += sent;
        if (status != K_OK || p->written >= p->write_length) {
            finish_write(p, console->writer);
        } else if (line_ended || console->held >= CONSOLE_HOLD) {
            console->tickets++;
            p->ticket = console->tickets;
        } else {
            stays = true;
        }
    }
    if (!stays) {
        console->writer = PROCESS_ID_NONE;
    }
}

/* Each turn of the loop ends one write, and no new one can come meanwhile. */
static void send_next(struct console_driver *console)
{
    while (console->piece_bytes == 0) {
        if (process_id_is_none(console->writer)) {
            console->writer = oldest_writer(console);
            console->held = 0;
        }
        if (process_id_is_none(console->writer)) {
            return;
        }
        fill_piece(console, console->writer);
        if (console->piece_bytes == 0) {
            console->writer = PROCESS_ID_NONE;
            continue;
        }
        int status = hil_uart_transmit(console->uart, &console->tx, 0, console->piece_bytes);
        if (status != K_OK) {
            end_piece(console, status);
        }
    }
}

static void console_transmitted(void *self, int status)
{
    struct console_driver *console = self;
    end_piece(console, status);
    send_next(console);
}

static command_return start_write(struct console_driver *console, struct process_id id,
                                  uint32_t length)
{
    uint32_t room = allow_length(&console_grant, id, ALLOW_READ_ONLY, ABI_CONSOLE_RO_WRITE);
    int status = K_OK;
    grant_enter (console_grant, id, p) {
        if (p->writing) {
            status = K_EBUSY;
        } else {
            console->tickets++;
            p->write_length = length < room ? length : room;
            p->written = 0;
            p->ticket = console->tickets;
            p->writing = true;
        }
    }
    deferred_call_request(&console->deferred);
    return grant_answer(command_status(status));
}

/* --- Reading --- */

static void finish_read(struct console_driver *console, uint32_t count, int status)
{
    struct process_id id = console->reader;
    console->reader = PROCESS_ID_NONE;
    /* Its buffer may have shrunk or gone meanwhile: what it has is what it is told. */
    uint32_t stored = allow_write_dma(&console_grant, id, ABI_CONSOLE_RW_READ, 0,
                                      dma_part(&console->rx, 0, count));
    (void)upcall_schedule(&console_grant, id, ABI_CONSOLE_UPCALL_READ, (uint32_t)-status, stored,
                          0);
}

static void console_received(void *self, uint32_t count, int status)
{
    struct console_driver *console = self;
    bool stale = console->read_stale;
    bool aborted = console->read_aborted;
    uint32_t length = 0;
    console->read_stale = false;
    console->read_aborted = false;
    if (!stale) {
        finish_read(console, count, status);
        return;
    }
    /* These bytes were meant for a process that has ended; the reader of now begins here. */
    if (aborted) {
        finish_read(console, 0, K_ECANCEL);
        return;
    }
    grant_enter (console_grant, console->reader, p) {
        length = p->read_length;
    }
    if (length == 0) {
        console->reader = PROCESS_ID_NONE;
        return;
    }
    status = hil_uart_receive(console->uart, &console->rx, 0, length);
    if (status != K_OK) {
        finish_read(console, 0, status);
    }
}

static command_return start_read(struct console_driver *console, struct process_id id,
                                 uint32_t length)
{
    uint32_t room = allow_length(&console_grant, id, ALLOW_READ_WRITE, ABI_CONSOLE_RW_READ);
    length = length < room ? length : room;
    if (!process_id_is_none(console->reader) && process_id_is_alive(console->reader)) {
        return command_error(K_EBUSY);
    }
    if (length == 0 || length > ABI_CONSOLE_READ_MAX) {
        return command_error(K_EINVAL);
    }
    grant_enter (console_grant, id, p) {
        p->read_length = length;
    }
    int status = grant_error();
    if (status == K_OK && process_id_is_none(console->reader)) {
        status = hil_uart_receive(console->uart, &console->rx, 0, length);
    } else if (status == K_OK) {
        /* Whoever was reading has ended. K_EALREADY: the reception is over and about to say so. */
        (void)hil_uart_abort_receive(console->uart);
        console->read_stale = true;
        console->read_aborted = false;
    }
    if (status == K_OK) {
        console->reader = id;
    }
    return command_status(status);
}

static void abort_read(struct console_driver *console, struct process_id id)
{
    if (process_id_is_equal(console->reader, id)) {
        console->read_aborted = console->read_stale;
        (void)hil_uart_abort_receive(console->uart);
    }
}

/* --- */

static void console_deferred(void *self)
{
    struct console_driver *console = self;
    send_next(console);
}

static command_return console_command(void *self, struct process_id id, uint32_t command,
                                      uint32_t argument0, uint32_t unused)
{
    struct console_driver *console = self;
    (void)unused;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_CONSOLE_WRITE:
        return start_write(console, id, argument0);
    case ABI_CONSOLE_READ:
        return start_read(console, id, argument0);
    case ABI_CONSOLE_ABORT_READ:
        abort_read(console, id);
        return command_success();
    default:
        return command_error(K_ENOSUPPORT);
    }
}

const struct driver_ops console_driver_ops = {
    .number = ABI_DRIVER_CONSOLE,
    .command = console_command,
    .owner = &this_capsule,
    .grant = &console_grant,
};

void console_init(struct console_driver *console, const struct hil_uart *uart)
{
    *console = (struct console_driver){
        .uart = uart,
        .client = {console_transmitted, console_received, console, &this_capsule},
        .deferred = {.call = console_deferred, .self = console, .owner = &this_capsule},
        .tx = DMA_BUFFER_OF(console->tx_bytes),
        .rx = DMA_BUFFER_OF(console->rx_bytes),
    };
    hil_uart_set_client(uart, &console->client);
}
