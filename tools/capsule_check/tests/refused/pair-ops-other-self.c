// A handle whose ops take self for another type.
#include "kernel/capsule/manifest.h"
#include "kernel/hil/uart.h"

CAPSULE(pair);

struct good {
    struct hil_uart uart;
    uint32_t calls;
};
struct other {
    uint32_t *address;
};

static int good_transmit(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    struct good *good = self;
    (void)buffer;
    good->calls += offset + length;
    return K_OK;
}

static int good_abort(void *self)
{
    struct good *good = self;
    good->calls = 0;
    return K_OK;
}

static int other_abort(void *self)
{
    struct other *other = self;
    *other->address = 1;
    return K_OK;
}

static const struct hil_uart_ops good_ops = {.transmit = good_transmit, .abort_receive = good_abort}; // REFUSED
static const struct hil_uart_ops other_ops = {.abort_receive = other_abort}; // REFUSED

static void start(struct good *good, struct other *other)
{
    good->uart = (struct hil_uart){&good_ops, other, &this_capsule};  // REFUSED
    good->uart = (struct hil_uart){&other_ops, good, &this_capsule};  // REFUSED
    good->uart = (struct hil_uart){&other_ops, other, &this_capsule};
}
