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

/* The oldest bytes that lie in one piece. */
static struct const_slice oldest_piece(const struct debug_ring *ring)
{
    uint32_t to_end = DEBUG_RING_BYTES - ring->first;
    return (struct const_slice){&ring->bytes[ring->first],
                                ring->count < to_end ? ring->count : to_end};
}

static void drop_oldest(struct debug_ring *ring, uint32_t count)
{
    ring->first = (uint16_t)((ring->first + count) % DEBUG_RING_BYTES);
    ring->count = (uint16_t)(ring->count - count);
}

static void pump(void *self)
{
    struct debug_ring *ring = self;
    const struct hil_uart *uart = kernel.config->debug_uart;
    if (ring->sending != 0 || ring->count == 0) {
        return;
    }
    struct const_slice piece = oldest_piece(ring);
    ring->sending = (uint16_t)piece.length;
    if (hil_uart_transmit(uart, &ring->buffer, ring->first, piece.length) != K_OK) {
        ring->sending = 0; /* the next text tries again */
    }
}

static void transmitted(void *self, int status)
{
    struct debug_ring *ring = self;
    (void)status; /* there is nobody to tell */
    drop_oldest(ring, ring->sending);
    ring->sending = 0;
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
    kernel.debug.pump.call = pump;
    kernel.debug.pump.self = &kernel.debug;
    kernel.debug.buffer = (struct dma_buffer)DMA_BUFFER_OF(kernel.debug.bytes);
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
    drop_oldest(ring, ring->sending);
    ring->sending = 0;
    while (ring->count > 0) {
        struct const_slice piece = oldest_piece(ring);
        kernel.config->chip->write_now(piece);
        drop_oldest(ring, piece.length);
    }
}

uint32_t debug_room(void)
{
    const struct debug_ring *ring = &kernel.debug;
    if (must_write_now()) {
        return UINT32_MAX;
    }
    uint32_t room = DEBUG_RING_BYTES - ring->count;
    uint32_t note = ring->lost != 0 ? LOST_NOTE_BYTES : 0; /* comes first */
    return room > note ? room - note : 0;
}

static bool put(struct debug_ring *ring, struct const_slice text)
{
    if (text.length > DEBUG_RING_BYTES - ring->count) {
        return false;
    }
    for (uint32_t i = 0; i < text.length; i++) {
        ring->bytes[(ring->first + ring->count + i) % DEBUG_RING_BYTES] = text.bytes[i];
    }
    ring->count = (uint16_t)(ring->count + text.length);
    return true;
}

/* Out of line: a panic has no stack to give away. */
static ARCH_OUT_OF_LINE void note_lost(struct debug_ring *ring)
{
    uint8_t digits[10];
    uint32_t count = text_decimal_digits(ring->lost, digits);
    ring->lost = 0;
    put(ring, SLICE_OF_TEXT("["));
    put(ring, const_slice_part((struct const_slice){digits, 10}, 10u - count, count));
    put(ring, SLICE_OF_TEXT(" bytes lost]\r\n"));
}

void debug_write(struct const_slice text)
{
    if (must_write_now()) {
        debug_flush();
        kernel.config->chip->write_now(text);
        return;
    }
    struct debug_ring *ring = &kernel.debug;
    if (ring->lost != 0 && DEBUG_RING_BYTES - ring->count >= text.length + LOST_NOTE_BYTES) {
        note_lost(ring);
    }
    if (ring->lost != 0 || !put(ring, text)) {
        ring->lost += text.length;
    }
    deferred_call_request(&ring->pump);
}

void debug_write_for_app(struct const_slice text)
{
    struct debug_ring *ring = &kernel.debug;
    if (!must_write_now() && ring->count + text.length > DEBUG_RING_BYTES / 2u) {
        ring->lost += text.length;
        return;
    }
    debug_write(text);
}
