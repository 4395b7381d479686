/* An nRF52-DK whose kernel has a capsule that traps when it is told to. For tests only. */
#include "kernel/boards/base.h"
#include "kernel/boards/trap_test/trapper.h"
#include "kernel/capsules/led.h"
#include "kernel/chips/nrf52/rtc_delay.h"

static struct nrf52_pin led_pins[] = {BASE_PIN(17), BASE_PIN(18)};
static const struct hil_led leds[] = {BASE_LED(&led_pins[0]), BASE_LED(&led_pins[1])};
static struct led_driver led_driver;

static struct nrf52_rtc_delays delays;
static struct nrf52_rtc_delay delay = {.all = &delays};
static const struct hil_delay hil_delay = {&nrf52_rtc_delay_ops, &delay};

static struct trapper trapper;
static struct neighbour neighbour;
static struct link to_trapper, to_neighbour;
static struct link_client trapper_as_client, neighbour_as_client;

void board_trap(void)
{
    __builtin_trap();
}

static const struct driver drivers[] = {
    BASE_DRIVERS,
    {&led_driver_ops, &led_driver},
    {&trapper_driver_ops, &trapper},
    {&neighbour_driver_ops, &neighbour},
};

static const struct nrf52_interrupt interrupt_rows[] = {
    BASE_INTERRUPTS,
    {NRF52_IRQN_RTC1, nrf52_rtc_delays_serve, &delays},
};

void board_start(void)
{
    led_init(&led_driver, (struct hil_led_list)LIST_OF(leds));
    to_trapper = trapper_link(&trapper);
    trapper_as_client = trapper_client(&trapper);
    to_neighbour = neighbour_link(&neighbour);
    neighbour_as_client = neighbour_client(&neighbour);
    trapper_init(&trapper, &to_neighbour, &neighbour_as_client, &hil_delay);
    neighbour_init(&neighbour, &to_trapper, &trapper_as_client);
}

const struct base_board board = {
    .config = {BASE_CONFIG("trap test", drivers)},
    .console = {.base = NRF52_UARTE0_BASE,
                .tx_pin = 6,
                .rx_pin = 8,
                .baudrate = NRF52_UARTE_BAUD_115200},
    .interrupts = {interrupt_rows, COUNT_OF(interrupt_rows)},
    .thermometer = &base_chip_thermometer,
};
