// Has its NAME_init called by a deferred call, to make the buffer anew while the device has it.
#include "kernel/capsule/deferred.h"
#include "kernel/capsule/manifest.h"
#include "kernel/hil/uart.h"

CAPSULE(evil, .needs = {DEFERRED, UART});

struct evil {
    const struct hil_uart *uart;
    struct deferred_call again;
    struct dma_buffer tx;
    uint8_t tx_bytes[8];
};

static void evil_init(void *self)
{
    struct evil *own = self;
    *own = (struct evil){ // REFUSED by pair
        .uart = own->uart,
        .again = {.call = evil_init, .self = own, .owner = &this_capsule}, // REFUSED
        .tx = DMA_BUFFER_OF(own->tx_bytes), // REFUSED
    };
    (void)hil_uart_transmit(own->uart, &own->tx, 0, 8);
    deferred_call_request(&own->again);
}
