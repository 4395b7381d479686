#ifndef CALLBACKS_H
#define CALLBACKS_H

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

#endif
