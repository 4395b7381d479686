// Looks into a buffer while a device has it, and makes one of its own.
#include "kernel/hil/dma_buffer.h"

static uint32_t get(struct dma_buffer *buffer, uint8_t *bytes, const struct capsule *who)
{
    struct slice all = dma_buffer_seen_by(buffer, NULL, NULL); // REFUSED
    buffer->holder = NULL;                               // REFUSED
    buffer->bytes = bytes;                               // REFUSED
    struct dma_part part = {.buffer = buffer, .offset = 1, .length = 2}; // REFUSED
    (void)dma_buffer_offer(buffer, NULL);                // REFUSED
    return slice_get(slice_as_const(all), 0) + part.offset +
           dma_buffer_get_by(buffer, 0, who); // REFUSED
}
