#include "kernel/capsules/app_install.h"

#include "kernel/abi/syscall.h"
#include "kernel/capsule/driver.h"
#include "kernel/capsule/text.h"

CAPSULE(app_install, .needs = {APP_CONTROL, DELAY, TEXT, UART});

#define FRAME_FIRST  0x01u
#define FRAME_SECOND 0x53u
#define HEAD_BYTES   3u /* type, sequence number, length; behind the two above */
#define CHECK_BYTES  4u
#define WORD_BYTES   4u
#define VERSION      1u
#define NAME_BYTES   40u
#define WHY_BYTES    56u

#define CRC_START 0xFFFFFFFFu
#define CRC_RIGHT 0xDEBB20E3u /* of any bytes with their CRC behind them */

/* Types of frames. */
enum app_install_type {
    TYPE_HELLO = 'H',  /* -> version, bytes a write may have, seconds of silence that end it */
    TYPE_BEGIN = 'B',  /* u32 bytes of the TBF, u32 flash address or ones -> */
    TYPE_WRITE = 'W',  /* u32 offset, bytes -> */
    TYPE_START = 'S',  /* -> or why not */
    TYPE_ABORT = 'A',  /* -> */
    TYPE_LIST = 'L',   /* u32 place, 0 at first -> u32 next place, and the app, if there is one */
    TYPE_REMOVE = 'R', /* u32 flash address -> */
    TYPE_QUIT = 'Q',   /* -> and the console is everybody's again */
};

static const struct const_slice typed_line = SLICE_OF_TEXT("install");

/* CRC-32 (IEEE 802.3), which is sent inverted. */
static uint32_t crc_add(uint32_t crc, uint8_t byte)
{
    crc ^= byte;
    for (uint32_t bit = 0; bit < 8u; bit++) {
        crc = crc >> 1 ^ (0xEDB88320u & (0u - (crc & 1u)));
    }
    return crc;
}

/* --- The frame --- */

static uint32_t payload_bytes(const struct app_install *install)
{
    return install->frame[HEAD_BYTES - 1u];
}

/* The number at `index` of the frame's words. */
static uint32_t argument(const struct app_install *install, uint32_t index)
{
    uint32_t word = 0;
    for (uint32_t i = WORD_BYTES; i > 0; i--) {
        word = word << 8 | install->frame[HEAD_BYTES + index * WORD_BYTES + i - 1u];
    }
    return word;
}

/* --- Answers --- */

static void send(struct app_install *install)
{
    install->again = dma_buffer_is_lent(&install->out);
    if (!install->again) {
        (void)hil_uart_transmit(install->uart, &install->out, 0, install->reply_length);
    }
}

static void reply_add(struct app_install *install, uint8_t byte)
{
    (void)dma_buffer_put(&install->out, install->reply_length, byte);
    install->reply_length++;
    install->reply_crc = crc_add(install->reply_crc, byte);
}

static void reply_add_word(struct app_install *install, uint32_t word)
{
    for (uint32_t i = 0; i < WORD_BYTES; i++) {
        reply_add(install, (uint8_t)(word & 0xFFu));
        word >>= 8;
    }
}

static void reply_add_text(struct app_install *install, BORROWED struct const_slice text)
{
    for (uint32_t i = 0; i < text.length; i++) {
        reply_add(install, slice_get(text, i));
    }
}

/* To the frame that is carried out, with so many bytes behind the status. It is made while the one
 * before is out: the other end waits for it. */
static void reply_begin(struct app_install *install, int status, uint32_t bytes)
{
    install->reply_length = 0;
    reply_add(install, FRAME_FIRST);
    reply_add(install, FRAME_SECOND);
    install->reply_crc = CRC_START;
    reply_add(install, install->command);
    reply_add(install, install->sequence);
    reply_add(install, (uint8_t)(1u + bytes));
    reply_add(install, (uint8_t)-status);
}

static void reply_end(struct app_install *install)
{
    reply_add_word(install, ~install->reply_crc);
    install->command = 0;
    send(install);
}

static void reply_why(struct app_install *install, int status, enum text_id why)
{
    uint8_t room[WHY_BYTES];
    struct text text = text_begin(SLICE_OF(room));
    text_say(&text, why);
    reply_begin(install, status, text.length);
    reply_add_text(install, text_done(&text));
    reply_end(install);
}

static void reply_status(struct app_install *install, int status)
{
    reply_why(install, status, app_control_why());
}

static void reply_hello(struct app_install *install)
{
    reply_begin(install, K_OK, 3);
    reply_add(install, VERSION);
    reply_add(install, APP_CONTROL_PIECE_BYTES);
    reply_add(install, APP_INSTALL_SILENCE_US / 1000000u);
    reply_end(install);
}

/* --- Sessions --- */

static void session_end(struct app_install *install)
{
    install->active = false;
    install->received = 0;
    (void)hil_uart_input_take(install->input, false);
    if (app_control_abort(install->user) == K_OK) { /* what was begun, if anything */
        install->command = TYPE_QUIT;               /* until it is done */
    }
}

static void session_begin(struct app_install *install)
{
    install->active = hil_uart_input_take(install->input, true) == K_OK;
    if (install->active) {
        hil_delay_start(install->delay, APP_INSTALL_SILENCE_US);
        install->sequence = 0;
        install->command = TYPE_HELLO;
        reply_hello(install);
    }
}

static void app_install_elapsed(void *self)
{
    struct app_install *install = self;
    if (install->active && install->command != 0) {
        hil_delay_start(install->delay, APP_INSTALL_SILENCE_US); /* the flash is slow */
    } else if (install->active) {
        session_end(install);
    }
}

/* --- Commands --- */

static void reply_list(struct app_install *install, uint32_t place)
{
    struct app_view view = {.short_id = 0};
    bool is_there = app_view_next(&place, &view);
    struct const_slice name = const_slice_part(view.name, 0, NAME_BYTES);
    reply_begin(install, K_OK, is_there ? 5u * WORD_BYTES + 1u + name.length : WORD_BYTES);
    reply_add_word(install, place);
    if (is_there) {
        reply_add_word(install, view.flash_start);
        reply_add_word(install, view.flash_end);
        reply_add_word(install, view.short_id);
        reply_add_word(install, view.version);
        reply_add(install, (uint8_t)((view.is_enabled ? 1u : 0u) | (view.has_process ? 2u : 0u)));
    }
    reply_add_text(install, name);
    reply_end(install);
}

static uint32_t least_payload(uint8_t type)
{
    if (type == TYPE_BEGIN) {
        return 2u * WORD_BYTES;
    }
    if (type == TYPE_WRITE) {
        return WORD_BYTES + 1u;
    }
    return type == TYPE_LIST || type == TYPE_REMOVE ? WORD_BYTES : 0;
}

static void carry_out(struct app_install *install)
{
    struct app_control_user *user = install->user;
    uint32_t first = argument(install, 0);
    int status = K_ENOSUPPORT;
    switch (install->command) {
    case TYPE_LIST:
        reply_list(install, first);
        return;
    case TYPE_HELLO: /* of a new host: what the one before began is over */
        if (app_control_abort(user) != K_OK) {
            reply_hello(install);
        }
        return;
    case TYPE_QUIT:
        reply_begin(install, K_OK, 0);
        reply_end(install);
        session_end(install);
        return;
    case TYPE_BEGIN:
        status = app_control_begin(user, PROCESS_ID_NONE, first, argument(install, 1));
        break;
    case TYPE_WRITE:
        status = app_control_write(user, first,
                                   const_slice_part(slice_as_const(SLICE_OF(install->frame)),
                                                    HEAD_BYTES + WORD_BYTES,
                                                    payload_bytes(install) - WORD_BYTES));
        break;
    case TYPE_START:
        install->is_loading = false;
        status = app_control_finish(user, false);
        break;
    case TYPE_ABORT:
        status = app_control_abort(user);
        break;
    case TYPE_REMOVE:
        status = app_control_remove(user, first);
        break;
    default:
        break;
    }
    if (status != K_OK) { /* else its end comes with app_install_done */
        reply_status(install, status);
    }
}

static void handle_frame(struct app_install *install)
{
    uint8_t type = install->frame[0];
    uint8_t sequence = install->frame[1];
    hil_delay_start(install->delay, APP_INSTALL_SILENCE_US);
    if (install->command != 0) {
        return; /* it comes again, or will */
    }
    if (sequence == install->sequence && type != TYPE_HELLO && install->reply_length > 0) {
        send(install);
        return;
    }
    if (dma_buffer_is_lent(&install->out)) {
        return; /* it did not wait for the answer: it will ask again */
    }
    install->sequence = sequence;
    install->command = type;
    if (payload_bytes(install) < least_payload(type)) {
        reply_why(install, K_EINVAL, TEXT_FRAME_TOO_SHORT);
    } else {
        carry_out(install);
    }
}

static void app_install_done(void *self, int status)
{
    struct app_install *install = self;
    switch (install->command) {
    case TYPE_START: /* the app runs, or nothing of it stays */
        if (status == K_OK && !install->is_loading) {
            install->is_loading = true;
            status = app_control_load(install->user);
            if (status == K_OK) {
                return;
            }
        }
        break;
    case TYPE_HELLO:
        reply_hello(install);
        return;
    case TYPE_QUIT:
        install->command = 0;
        return;
    default:
        break;
    }
    reply_status(install, status);
}

/* --- Bytes --- */

/* Frames begin anywhere; what does not begin one is skipped. */
static void take_frame_byte(struct app_install *install, uint8_t byte)
{
    uint32_t at = install->received;
    if (at < 2u) {
        bool is_second = at == 1u && byte == FRAME_SECOND;
        install->received = is_second ? 2u : byte == FRAME_FIRST ? 1u : 0u;
        install->received_crc = CRC_START;
        return;
    }
    install->received++;
    install->received_crc = crc_add(install->received_crc, byte);
    at -= 2u;
    if (at < APP_INSTALL_FRAME_BYTES) {
        install->frame[at] = byte;
    }
    if (at == HEAD_BYTES - 1u && byte > APP_INSTALL_FRAME_BYTES - HEAD_BYTES) {
        install->received = 0;
    } else if (at + 1u == HEAD_BYTES + payload_bytes(install) + CHECK_BYTES) {
        install->received = 0;
        if (install->received_crc == CRC_RIGHT) {
            handle_frame(install);
        }
    }
}

/* The line `install`, from its beginning to its end. */
static void take_typed_byte(struct app_install *install, uint8_t byte)
{
    uint32_t typed = install->received;
    if (byte == '\r' || byte == '\n' || byte == 0x03u) {
        install->received = 0;
        if (typed == typed_line.length && byte != 0x03u && install->command == 0 &&
            !dma_buffer_is_lent(&install->out)) {
            session_begin(install);
        }
    } else if (typed < typed_line.length && byte == slice_get(typed_line, typed)) {
        install->received++;
    } else {
        install->received = typed_line.length + 1u; /* another line */
    }
}

static void listen(struct app_install *install)
{
    (void)hil_uart_receive(install->uart, &install->in, 0, 1);
}

static void app_install_received(void *self, uint32_t count, int status)
{
    struct app_install *install = self;
    uint8_t byte = dma_buffer_get(&install->in, 0);
    (void)status;
    listen(install);
    if (count > 0 && install->active) {
        take_frame_byte(install, byte);
    } else if (count > 0) {
        take_typed_byte(install, byte);
    }
}

static void app_install_transmitted(void *self, int status)
{
    struct app_install *install = self;
    (void)status;
    if (install->again) {
        send(install);
    }
}

void app_install_init(struct app_install *install, const struct hil_uart *uart,
                      const struct hil_uart_input *input, const struct hil_delay *delay,
                      struct app_control_user *user)
{
    *install = (struct app_install){
        .uart = uart,
        .input = input,
        .uart_client = {app_install_transmitted, app_install_received, install, &this_capsule},
        .delay = delay,
        .delay_client = {app_install_elapsed, install, &this_capsule},
        .user = user,
        .control_client = {app_install_done, install, &this_capsule},
        .in = DMA_BUFFER_OF(install->in_bytes),
        .out = DMA_BUFFER_OF(install->out_bytes),
    };
    app_control_set_client(user, &install->control_client);
    hil_uart_set_client(uart, &install->uart_client);
    hil_delay_set_client(delay, &install->delay_client);
    listen(install);
}
