/* The sensor node, an nRF52840: which pin is what, and the capsules over them. */
#include "kernel/boards/base.h"
#include "kernel/capsules/button.h"
#include "kernel/capsules/led.h"

static struct nrf52_pin led_pin = BASE_PIN(13);
static struct nrf52_pin button_pin = BASE_PIN(11);

static const struct hil_led leds[] = {BASE_LED(&led_pin)};

static struct button_driver button_driver;
static const struct button_slot buttons[] = {BASE_BUTTON(&button_pin, &button_driver, 0)};

static struct led_driver led_driver;

static const struct driver drivers[] = {
    BASE_DRIVERS,
    {&led_driver_ops, &led_driver},
    {&button_driver_ops, &button_driver},
};

static const struct nrf52_interrupt interrupt_rows[] = {BASE_INTERRUPTS};

void board_start(void)
{
    led_init(&led_driver, leds, COUNT_OF(leds));
    button_init(&button_driver, buttons, COUNT_OF(buttons));
}

const struct base_board board = {
    .config = {BASE_CONFIG("sensor node", drivers)},
    .console = {.tx_pin = 6, .rx_pin = 8, .baudrate = NRF52_UARTE_BAUD_115200},
    .interrupts = {interrupt_rows, COUNT_OF(interrupt_rows)},
    .thermometer = &base_thermometer,
};
