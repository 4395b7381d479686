#include "kernel/capsules/app_install.h"

#include "kernel/abi/syscall.h"
#include "kernel/capsule/driver.h"

CAPSULE(app_install, .needs = {APP_CONTROL, DELAY, UART});

#define FRAME_FIRST  0x01u
#define FRAME_SECOND 0x53u
#define HEAD_BYTES   5u /* up to the length */
#define CHECK_BYTES  4u
#define WORD_BYTES   4u
#define VERSION      1u
#define NAME_BYTES   40u

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

static uint8_t byte_of(uint32_t word, uint32_t index)
{
    return (uint8_t)(word >> (8u * (index % WORD_BYTES)) & 0xFFu);
}

/* CRC-32 (IEEE 802.3). */
static uint32_t crc_add(uint32_t crc, uint8_t byte)
{
    crc ^= byte;
    for (uint32_t bit = 0; bit < 8u; bit++) {
        crc = crc >> 1 ^ ((crc & 1u) != 0 ? 0xEDB88320u : 0u);
    }
    return crc;
}

/* --- What comes in --- */

static uint32_t payload_bytes(const struct app_install *install)
{
    return install->frame[HEAD_BYTES - 1u];
}

static uint32_t frame_word(const struct app_install *install, uint32_t offset)
{
    uint32_t word = 0;
    for (uint32_t i = 0; i < WORD_BYTES; i++) {
        word |= (uint32_t)install->frame[(offset + i) % APP_INSTALL_FRAME_BYTES] << (8u * i);
    }
    return word;
}

/* The number at `index` of the frame's words, as sent with it. */
static uint32_t argument(const struct app_install *install, uint32_t index)
{
    return frame_word(install, HEAD_BYTES + index * WORD_BYTES);
}

static bool check_is_right(const struct app_install *install)
{
    uint32_t end = HEAD_BYTES + payload_bytes(install);
    uint32_t crc = 0xFFFFFFFFu;
    for (uint32_t i = 2; i < end && i < APP_INSTALL_FRAME_BYTES; i++) {
        crc = crc_add(crc, install->frame[i]);
    }
    return ~crc == frame_word(install, end);
}

/* --- Answers --- */

static void send(struct app_install *install)
{
    if (dma_buffer_is_lent(&install->out)) {
        install->again = true;
        return;
    }
    install->again = false;
    (void)hil_uart_transmit(install->uart, &install->out, 0, install->reply_length);
}

static void reply_add(struct app_install *install, uint8_t byte)
{
    if (dma_buffer_put(&install->out, install->reply_length, byte)) {
        install->reply_length++;
    }
}

static void reply_add_word(struct app_install *install, uint32_t word)
{
    for (uint32_t i = 0; i < WORD_BYTES; i++) {
        reply_add(install, byte_of(word, i));
    }
}

static void reply_add_text(struct app_install *install, BORROWED struct const_slice text)
{
    for (uint32_t i = 0; i < text.length && i < NAME_BYTES + 16u; i++) {
        reply_add(install, slice_get(text, i));
    }
}

/* An answer is made while the one before is out: the other end waits for it. */
static void reply_begin(struct app_install *install, uint8_t type, int status)
{
    install->reply_length = 0;
    reply_add(install, FRAME_FIRST);
    reply_add(install, FRAME_SECOND);
    reply_add(install, type);
    reply_add(install, install->sequence);
    reply_add(install, 0);
    reply_add(install, (uint8_t)-status);
}

static void reply_end(struct app_install *install)
{
    uint32_t crc = 0xFFFFFFFFu;
    (void)dma_buffer_put(&install->out, HEAD_BYTES - 1u,
                         (uint8_t)(install->reply_length - HEAD_BYTES));
    for (uint32_t i = 2; i < install->reply_length; i++) {
        crc = crc_add(crc, dma_buffer_get(&install->out, i));
    }
    reply_add_word(install, ~crc);
    install->command = 0;
    send(install);
}

static void reply_status(struct app_install *install, int status, struct const_slice why)
{
    reply_begin(install, install->command, status);
    reply_add_text(install, why);
    reply_end(install);
}

static void reply_hello(struct app_install *install)
{
    reply_begin(install, TYPE_HELLO, K_OK);
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
    if (install->is_open && app_control_abort(install->user) == K_OK) {
        install->command = TYPE_QUIT; /* until it is done */
    }
    install->is_open = false;
}

static void session_begin(struct app_install *install)
{
    install->active = hil_uart_input_take(install->input, true) == K_OK;
    install->received = 0;
    install->typed = 0;
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
    if (!install->active) {
        return;
    }
    if (install->command != 0) {
        hil_delay_start(install->delay, APP_INSTALL_SILENCE_US); /* the flash is slow */
        return;
    }
    session_end(install);
}

/* --- Commands --- */

static void reply_list(struct app_install *install)
{
    uint32_t place = argument(install, 0);
    struct app_view view = {.short_id = 0};
    bool is_there = app_view_next(&place, &view);
    reply_begin(install, TYPE_LIST, K_OK);
    reply_add_word(install, place);
    if (is_there) {
        reply_add_word(install, view.flash_start);
        reply_add_word(install, view.flash_end);
        reply_add_word(install, view.short_id);
        reply_add_word(install, view.version);
        reply_add(install, (uint8_t)((view.is_enabled ? 1u : 0u) | (view.has_process ? 2u : 0u)));
        reply_add_text(install, const_slice_part(view.name, 0, NAME_BYTES));
    }
    reply_end(install);
}

static int begin(struct app_install *install)
{
    int status = app_control_begin(install->user, PROCESS_ID_NONE, argument(install, 0),
                                   argument(install, 1));
    install->is_open = status == K_OK;
    return status;
}

static int write(struct app_install *install)
{
    uint32_t bytes = payload_bytes(install) - WORD_BYTES;
    return app_control_write(
        install->user, argument(install, 0),
        const_slice_part(slice_as_const(SLICE_OF(install->frame)), HEAD_BYTES + WORD_BYTES, bytes));
}

/* K_OK: its end comes with app_install_done. */
static int carry_out(struct app_install *install)
{
    switch (install->command) {
    case TYPE_BEGIN:
        return begin(install);
    case TYPE_WRITE:
        return write(install);
    case TYPE_START:
        install->is_loading = false;
        return app_control_finish(install->user, false);
    case TYPE_ABORT:
        install->is_open = false;
        return app_control_abort(install->user);
    case TYPE_REMOVE:
        return app_control_remove(install->user, argument(install, 0));
    default:
        return K_ENOSUPPORT;
    }
}

static uint32_t least_payload(uint8_t type)
{
    switch (type) {
    case TYPE_BEGIN:
        return 2u * WORD_BYTES;
    case TYPE_WRITE:
        return WORD_BYTES + 1u;
    case TYPE_LIST:
    case TYPE_REMOVE:
        return WORD_BYTES;
    default:
        return 0;
    }
}

static void handle_frame(struct app_install *install)
{
    uint8_t type = install->frame[2];
    uint8_t sequence = install->frame[3];
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
        reply_status(install, K_EINVAL, SLICE_OF_TEXT("the frame is too short"));
    } else if (type == TYPE_LIST) {
        reply_list(install);
    } else if (type == TYPE_HELLO && !install->is_open) {
        reply_hello(install);
    } else if (type == TYPE_HELLO) { /* a new host: what the one before began is over */
        install->is_open = false;
        if (app_control_abort(install->user) != K_OK) {
            reply_hello(install);
        }
    } else if (type == TYPE_QUIT) {
        reply_status(install, K_OK, SLICE_OF_TEXT(""));
        session_end(install);
    } else {
        int status = carry_out(install);
        if (status != K_OK) {
            reply_status(install, status, app_control_why());
        }
    }
}

/* The end of a start: the app runs, or nothing of it stays. */
static void start_done(struct app_install *install, int status)
{
    if (status == K_OK && !install->is_loading) {
        install->is_loading = true;
        status = app_control_load(install->user);
        if (status == K_OK) {
            return;
        }
    }
    install->is_open = false;
    reply_status(install, status, app_control_why());
}

static void app_install_done(void *self, int status)
{
    struct app_install *install = self;
    switch (install->command) {
    case TYPE_START:
        start_done(install, status);
        break;
    case TYPE_HELLO:
        reply_hello(install);
        break;
    case TYPE_QUIT:
        install->command = 0;
        break;
    default:
        install->is_open = install->is_open && (install->command != TYPE_BEGIN || status == K_OK);
        reply_status(install, status, app_control_why());
        break;
    }
}

/* --- Bytes --- */

/* Frames begin anywhere; what does not begin one is skipped. */
static void take_frame_byte(struct app_install *install, uint8_t byte)
{
    uint32_t at = install->received;
    if ((at == 0 && byte != FRAME_FIRST) || (at == 1 && byte != FRAME_SECOND)) {
        install->received = byte == FRAME_FIRST ? 1u : 0u;
        return;
    }
    install->frame[at % APP_INSTALL_FRAME_BYTES] = byte;
    install->received++;
    if (at == HEAD_BYTES - 1u && byte > APP_INSTALL_FRAME_BYTES - HEAD_BYTES - CHECK_BYTES) {
        install->received = 0;
    } else if (at >= HEAD_BYTES &&
               install->received == HEAD_BYTES + payload_bytes(install) + CHECK_BYTES) {
        install->received = 0;
        if (check_is_right(install)) {
            handle_frame(install);
        }
    }
}

/* The line `install`, from its beginning to its end. */
static void take_typed_byte(struct app_install *install, uint8_t byte)
{
    bool line_ends = byte == '\r' || byte == '\n' || byte == 0x03u;
    if (line_ends) {
        bool is_it = install->typed == typed_line.length && byte != 0x03u;
        install->typed = 0;
        if (is_it && install->command == 0 && !dma_buffer_is_lent(&install->out)) {
            session_begin(install);
        }
    } else if (install->typed < typed_line.length &&
               byte == slice_get(typed_line, install->typed)) {
        install->typed++;
    } else {
        install->typed = typed_line.length + 1u; /* another line */
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
