// The same from a command.
#include "kernel/capsule/driver.h"
#include "kernel/capsule/manifest.h"
#include "kernel/hil/uart.h"

CAPSULE(up, .needs = {UART});

struct port {
    const struct hil_uart_client *client;
};

static command_return port_command(void *self, struct process_id id, uint32_t command,
                                   uint32_t argument0, uint32_t argument1)
{
    struct port *port = self;
    (void)id;
    hil_uart_client_received(port->client, command + argument0 + argument1, K_OK); // REFUSED
    return command_success();
}

const struct driver_ops up_driver_ops = {.number = 1, .command = port_command, .owner = &this_capsule};
