// Leaves functions out, so that the kernel calls address 0 and ends in a panic.
#include "kernel/capsule/deferred.h"
#include "kernel/capsule/driver.h"
#include "kernel/hil/uart.h"

CAPSULE(evil);

struct evil {
    struct hil_uart uart;
    struct hil_uart_client client;
    struct deferred_call later;
    struct driver_ops ops; // REFUSED
};

static void received(void *self, uint32_t count, int status)
{
    struct evil *own = self;
    own->client = (struct hil_uart_client){0};
    (void)count;
    (void)status;
}

static int transmit(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    struct evil *own = self;
    return own != NULL && buffer != NULL && offset < length;
}

static const struct hil_uart_ops uart_ops = {.transmit = transmit}; // REFUSED
static const struct hil_uart_ops empty_ops; // REFUSED
static const struct driver_ops evil_ops = {.number = 7, .owner = &this_capsule}; // REFUSED
static const struct driver_ops evil_more_ops[2] = {{0}}; // REFUSED

static void evil_init(struct evil *own)
{
    *own = (struct evil){
        .client = {.received = received, .self = own, .owner = &this_capsule}, // REFUSED
        .uart = {.self = own, .owner = &this_capsule}, // REFUSED
        .later = {.call = NULL, .self = own, .owner = &this_capsule}, // REFUSED
    };
}
