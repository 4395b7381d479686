/* The sensor node, an nRF52840 wired as Adafruit's Feather nRF52840 Sense: which pin is what, and
 * the capsules over them. */
#include "kernel/boards/base.h"
#include "kernel/capsules/button.h"
#include "kernel/capsules/led.h"

static struct nrf52_pin led_pins[] = {BASE_PIN(NRF52_P1(9)), BASE_PIN(NRF52_P1(10))};
static struct nrf52_pin button_pin = BASE_PIN(NRF52_P1(2));

/* Red and blue; unlike other boards', lit by a high pin. */
static const struct hil_led leds[] = {
    {.pin = {&nrf52_pin_ops, &led_pins[0]}, .active_low = false},
    {.pin = {&nrf52_pin_ops, &led_pins[1]}, .active_low = false},
};

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
    .console = {.tx_pin = 25, .rx_pin = 24, .baudrate = NRF52_UARTE_BAUD_115200},
    .interrupts = {interrupt_rows, COUNT_OF(interrupt_rows)},
    .thermometer = &base_thermometer,
};
