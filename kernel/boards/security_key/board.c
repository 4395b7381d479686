/* The security key: the vendor's nRF52840 dongle with a touch pad. It has no serial port of its
 * own; the console is on two pads of its edge, P0.20 (out) and P0.22 (in). */
#include "kernel/boards/base.h"
#include "kernel/boards/internal_storage.h"
#include "kernel/capsules/button.h"
#include "kernel/capsules/hid.h"
#include "kernel/capsules/gpio.h"
#include "kernel/capsules/led.h"
#include "kernel/capsules/touch.h"
#include "kernel/chips/nrf52/uicr.h"
#include "kernel/chips/nrf52/usbd.h"

/* LED1 is green; the rest is LED2: red, green, blue. */
static struct nrf52_pin led_pins[] = {BASE_PIN(6), BASE_PIN(8), BASE_PIN(NRF52_P1(9)),
                                      BASE_PIN(12)};
static struct nrf52_pin button_pin = BASE_PIN(NRF52_P1(6));
static struct nrf52_pin touch_pin = BASE_PIN(24);
/* Pads of the edge that are free, for apps; button and touch pad find a detector each. */
#define EDGE_PIN(n) BASE_APP_PIN(n, 2)
static struct nrf52_pin app_pins[] = {EDGE_PIN(13), EDGE_PIN(15), EDGE_PIN(17),
                                      EDGE_PIN(NRF52_P1(0))};

#define LED(n) BASE_LED(&led_pins[n])
static const struct hil_led leds[] = {LED(0), LED(1), LED(2), LED(3)};

static struct button_driver button_driver;
static const struct hil_button buttons[] = {BASE_BUTTON(&button_pin)};

static struct gpio_driver gpio_driver;
#define APP_GPIO(n) BASE_APP_GPIO(&app_pins[n])
static const struct hil_gpio app_gpios[] = {APP_GPIO(0), APP_GPIO(1), APP_GPIO(2), APP_GPIO(3)};

/* The touch key's chip drives its pin high. */
static const struct hil_button touch_key = {
    .pin = {&nrf52_pin_ops, &touch_pin}, .active_low = false, .pull = HIL_GPIO_PULL_NONE};

static struct led_driver led_driver;
static struct touch_driver touch_driver;

static struct nrf52_usbd usbd;
static const struct hil_usb usb = {&nrf52_usbd_ops, &usbd};
static struct hid_driver hid_driver;

static const struct driver drivers[] = {
    BASE_DRIVERS,
    INTERNAL_STORAGE_DRIVERS,
    {&led_driver_ops, &led_driver},
    {&button_driver_ops, &button_driver},
    {&gpio_driver_ops, &gpio_driver},
    {&touch_driver_ops, &touch_driver},
    {&hid_ctap_driver_ops, &hid_driver},
};

static const struct nrf52_interrupt interrupt_rows[] = {
    BASE_INTERRUPTS,
    {NRF52_IRQN_USBD, nrf52_usbd_serve, nrf52_usbd_stop_dead, &usbd},
    {NRF52_IRQN_POWER_CLOCK, nrf52_usbd_serve_power, NULL, &usbd},
};

/* From USB's 5 V the chip makes 1.8 V unless it is told: too little for the LEDs. */
void board_prepare(void)
{
    nrf52_uicr_require(NRF52_UICR_REGOUT0, NRF52_UICR_REGOUT0_3V0);
}

void board_start(void)
{
    internal_storage_init();
    led_init(&led_driver, (struct hil_led_list)LIST_OF(leds));
    button_init(&button_driver, (struct hil_button_list)LIST_OF(buttons));
    gpio_init(&gpio_driver, (struct hil_gpio_list)LIST_OF(app_gpios));
    touch_init(&touch_driver, &touch_key);
    hid_init(&hid_driver, &usb, HID_DESCRIPTORS_CTAP);
}

const struct base_board board = {
    .config = {BASE_CONFIG("security key", drivers)},
    .console = {.base = NRF52_UARTE0_BASE,
                .tx_pin = 20,
                .rx_pin = 22,
                .baudrate = NRF52_UARTE_BAUD_115200},
    .interrupts = {interrupt_rows, COUNT_OF(interrupt_rows)},
    .thermometer = &base_chip_thermometer,
};
