// The same from a function that other capsules can call.
#include "kernel/capsule/manifest.h"
#include "kernel/hil/uart.h"

CAPSULE(up, .needs = {UART});

void up_tell(const struct hil_uart_client *client);
void up_tell(const struct hil_uart_client *client)
{
    hil_uart_client_transmitted(client, K_OK); // REFUSED
}
