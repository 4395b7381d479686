/* The kernel's own texts. Before the main loop and in a panic they are sent by polling; in between
 * they wait in a ring, from which the UART takes them without another copy. */
#include "kernel/capsule/debug.h"

#include <stddef.h>

#include "kernel/core/kernel_internal.h"

#define LOST_NOTE_BYTES 32u /* more than "[4294967295 bytes lost]\r\n" has */

/* The capsule that shares the UART out may have trapped: then nobody has it any more. */
static bool must_write_now(void)
{
    const struct hil_uart *uart = kernel.config->debug_uart;
    return !kernel.in_main_loop || kernel.panicking || uart == NULL || guard_is_dead(uart->owner);
}

/* The oldest bytes that lie in one piece: so many, from offset first % DEBUG_RING_BYTES. */
static uint32_t oldest_piece(const struct debug_ring *ring)
{
    uint32_t count = ring->end - ring->first;
    uint32_t to_end = DEBUG_RING_BYTES - ring->first % DEBUG_RING_BYTES;
    return count < to_end ? count : to_end;
}

static void drop_sent(struct debug_ring *ring)
{
    ring->first += ring->sending;
    ring->sending = 0;
}

static void pump(void *self)
{
    struct debug_ring *ring = self;
    if (ring->sending != 0 || ring->first == ring->end) {
        return;
    }
    ring->sending = oldest_piece(ring);
    if (hil_uart_transmit(kernel.config->debug_uart, &ring->buffer, ring->first % DEBUG_RING_BYTES,
                          ring->sending) != K_OK) {
        ring->sending = 0; /* the next text tries again */
    }
}

static void transmitted(void *self, int status)
{
    struct debug_ring *ring = self;
    (void)status; /* there is nobody to tell */
    drop_sent(ring);
    report_go_on();
    deferred_call_request(&ring->pump);
}

static void received(void *self, uint32_t count, int status)
{
    (void)self;
    (void)count;
    (void)status;
}

static const struct hil_uart_client uart_client = {transmitted, received, &kernel.debug, NULL};

void debug_start(void)
{
    struct debug_ring *ring = &kernel.debug;
    ring->pump.call = pump;
    ring->pump.self = ring;
    ring->buffer = (struct dma_buffer)DMA_BUFFER_OF(ring->bytes);
    const struct hil_uart *uart = kernel.config->debug_uart;
    if (uart != NULL) {
        hil_uart_set_client(uart, &uart_client);
    }
    kernel.in_main_loop = true;
}

void debug_flush(void)
{
    struct debug_ring *ring = &kernel.debug;
    /* write_now waits for a transfer under way: those bytes are out or on their way by then. */
    drop_sent(ring);
    while (ring->first != ring->end) {
        ring->sending = oldest_piece(ring);
        kernel.config->chip->write_now(
            (struct const_slice){&ring->bytes[ring->first % DEBUG_RING_BYTES], ring->sending});
        drop_sent(ring);
    }
}

/* Bytes that can be put there, with the note of what was lost before them if there is one. */
static uint32_t ring_room(const struct debug_ring *ring)
{
    uint32_t note = ring->lost != 0 ? LOST_NOTE_BYTES : 0;
    uint32_t taken = ring->end - ring->first + note;
    return taken < DEBUG_RING_BYTES ? DEBUG_RING_BYTES - taken : 0;
}

uint32_t debug_room(void)
{
    return must_write_now() ? UINT32_MAX : ring_room(&kernel.debug);
}

static void put(struct debug_ring *ring, struct const_slice text)
{
    for (uint32_t i = 0; i < text.length; i++) {
        ring->bytes[ring->end % DEBUG_RING_BYTES] = text.bytes[i];
        ring->end++;
    }
}

/* Out of line: a panic has no stack to give away. */
static ARCH_OUT_OF_LINE void note_lost(struct debug_ring *ring)
{
    uint8_t room[LOST_NOTE_BYTES];
    struct text note = text_begin(SLICE_OF(room));
    text_say_values(&note, TEXT_BYTES_LOST, &ring->lost);
    put(ring, text_done(&note));
    ring->lost = 0;
}

void debug_write(struct const_slice text)
{
    struct debug_ring *ring = &kernel.debug;
    if (must_write_now()) {
        debug_flush();
        kernel.config->chip->write_now(text);
        return;
    }
    if (text.length > ring_room(ring)) {
        ring->lost += text.length;
    } else {
        if (ring->lost != 0) {
            note_lost(ring);
        }
        put(ring, text);
    }
    deferred_call_request(&ring->pump);
}

void debug_write_for_app(struct const_slice text)
{
    struct debug_ring *ring = &kernel.debug;
    if (!must_write_now() && ring->end - ring->first + text.length > DEBUG_RING_BYTES / 2u) {
        ring->lost += text.length;
        return;
    }
    debug_write(text);
}
