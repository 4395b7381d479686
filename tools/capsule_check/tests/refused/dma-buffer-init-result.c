// Lays two buffers over one array, by a function that is called twice.
#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/uart.h"

struct evil_part {
    struct dma_buffer tx;
};

struct evil {
    struct evil_part one;
    struct evil_part two;
    uint8_t tx_bytes[8];
};

static struct evil_part part_init(struct evil *own)
{
    return (struct evil_part){.tx = DMA_BUFFER_OF(own->tx_bytes)}; // REFUSED
}

static void evil_init(struct evil *own)
{
    own->one = part_init(own); // REFUSED
    own->two = part_init(own); // REFUSED
}
