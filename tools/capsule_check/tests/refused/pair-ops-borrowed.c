// A handle with the ops of somebody else, or ops that come and go.
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

static void start(struct good *good, const struct hil_uart_ops *theirs)
{
    const struct hil_uart_ops here = {.transmit = good_transmit, .abort_receive = good_abort}; // REFUSED
    good->uart = (struct hil_uart){theirs, good, &this_capsule}; // REFUSED
    good->uart = (struct hil_uart){&here, good, &this_capsule};  // REFUSED
}

static int other(void *self)
{
    return other_abort(self); // REFUSED by void-pointer
}
