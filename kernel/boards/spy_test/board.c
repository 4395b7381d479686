/* An nRF52840-DK whose kernel has a capsule that points its UARTE at a process's memory. For the
 * demonstration in docs/capsule-c.md and its test only. */
#include "kernel/boards/base.h"
#include "kernel/boards/spy_test/capsules/spy.h"
static struct nrf52_rtc_delay delay = {.all = &base.delays};
static const struct hil_delay hil_delay = {&nrf52_rtc_delay_ops, &delay};

static const struct nrf52_uarte_config uarte1_config = {.base = NRF52_UARTE1_BASE,
                                                        .tx_pin = NRF52_P1(2),
                                                        .rx_pin = NRF52_P1(1),
                                                        .baudrate = NRF52_UARTE_BAUD_115200};
static struct nrf52_uarte uarte1;
static const struct hil_uart uart = {.ops = &nrf52_uarte_ops, .self = &uarte1};
static struct spy spy;

static const struct driver drivers[] = {BASE_DRIVERS};

static const struct nrf52_interrupt interrupt_rows[] = {
    BASE_INTERRUPTS,
    {NRF52_IRQN_UARTE1, nrf52_uarte_serve, nrf52_uarte_stop_dead, &uarte1},
};

void board_start(void)
{
    nrf52_uarte_init(&uarte1, &uarte1_config);
    spy_init(&spy, &uart, &hil_delay);
}

const struct base_board board = {
    .config = {BASE_CONFIG("spy test", drivers)},
    .console = {.base = NRF52_UARTE0_BASE,
                .tx_pin = 6,
                .rx_pin = 8,
                .baudrate = NRF52_UARTE_BAUD_115200},
    .interrupts = {interrupt_rows, COUNT_OF(interrupt_rows)},
    .thermometer = &base_chip_thermometer,
};
