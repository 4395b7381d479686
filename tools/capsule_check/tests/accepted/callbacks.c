// A capsule of all parts: a driver, a client, a handle of its own, a deferred call.
#include "kernel/capsule/deferred.h"
#include "kernel/capsule/driver.h"
#include "kernel/capsule/grant.h"
#include "kernel/capsule/manifest.h"
#include "kernel/hil/uart.h"

#define CALLBACKS_BYTES 16u

struct callbacks_driver {
    const struct hil_uart *below;
    const struct hil_uart_client *above;
    struct hil_uart_client client;
    struct hil_uart port;
    struct dma_buffer buffer;
    struct deferred_call deferred;
    int status;
    uint8_t bytes[CALLBACKS_BYTES];
};

extern const struct driver_ops callbacks_driver_ops;

void callbacks_init(struct callbacks_driver *driver, const struct hil_uart *below);

CAPSULE(callbacks, .needs = {DEFERRED, GRANT, UART});

struct callbacks_process {
    uint32_t asked;
};
GRANT(callbacks_grant, struct callbacks_process, 1, 0, 0);

static void sent(void *self, int status)
{
    struct callbacks_driver *driver = self;
    driver->status = status;
    if (driver->above != NULL) {
        hil_uart_client_transmitted(driver->above, status);
    }
}

static void received(void *self, uint32_t count, int status)
{
    const struct callbacks_driver *driver = self;
    grant_each (callbacks_grant, id, p) {
        if (p->asked > 0 && driver->status == K_OK) {
            (void)upcall_schedule(&callbacks_grant, id, 0, count, (uint32_t)-status, 0);
        }
    }
}

static void later(void *self)
{
    struct callbacks_driver *driver = self;
    driver->status = hil_uart_receive(driver->below, &driver->buffer, 0, driver->buffer.length);
}

static int port_transmit(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    struct callbacks_driver *driver = self;
    return hil_uart_transmit(driver->below, buffer, offset, length);
}

static int port_receive(void *self, struct dma_buffer *buffer, uint32_t offset, uint32_t length)
{
    struct callbacks_driver *driver = self;
    return hil_uart_receive(driver->below, buffer, offset, length);
}

static int port_abort(void *self)
{
    (void)self;
    return K_EALREADY;
}

static void port_set_client(void *self, const struct hil_uart_client *client)
{
    struct callbacks_driver *driver = self;
    driver->above = client;
}

static const struct hil_uart_ops port_ops = {
    .transmit = port_transmit,
    .receive = port_receive,
    .abort_receive = port_abort,
    .set_client = port_set_client,
};

static command_return command(void *self, struct process_id id, uint32_t number, uint32_t argument0,
                              uint32_t argument1)
{
    struct callbacks_driver *driver = self;
    (void)argument1;
    if (number == 0) {
        return command_success();
    }
    grant_enter (callbacks_grant, id, p) {
        p->asked += argument0;
    }
    deferred_call_request(&driver->deferred);
    return grant_answer(command_success());
}

const struct driver_ops callbacks_driver_ops = {
    .command = command,
    .grant = &callbacks_grant,
    .owner = &this_capsule,
};

void callbacks_init(struct callbacks_driver *driver, const struct hil_uart *below)
{
    *driver = (struct callbacks_driver){
        .below = below,
        .client = {sent, received, driver, &this_capsule},
        .port = {&port_ops, driver, &this_capsule},
        .buffer = DMA_BUFFER_OF(driver->bytes),
        .deferred = {.call = later, .self = driver, .owner = &this_capsule},
    };
    hil_uart_set_client(below, &driver->client);
}
