// Makes with one macro what another is for.
#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/list.h"

static uint32_t get(struct dma_buffer *buffers)
{
    struct dma_buffer two[2] = {{0}, {0}};
    struct dma_part part = LIST_OF(two); // REFUSED
    return part.offset + buffers->length;
}
