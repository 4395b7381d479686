/* The nRF52-DK: which pin is what, and the capsules over them. */
#include "kernel/boards/base.h"
#include "kernel/boards/internal_storage.h"
#include "kernel/capsules/button.h"
#include "kernel/capsules/gpio.h"
#include "kernel/capsules/led.h"
#include "kernel/capsules/pwm.h"
#include "kernel/capsules/touch.h"
#include "kernel/chips/nrf52/pwm.h"

static struct nrf52_pin led_pins[] = {BASE_PIN(17), BASE_PIN(18), BASE_PIN(19), BASE_PIN(20)};
static struct nrf52_pin button_pins[] = {BASE_PIN(13), BASE_PIN(14), BASE_PIN(15), BASE_PIN(16)};
static struct nrf52_pin touch_pin = BASE_PIN(24);
/* What is left on the Arduino headers, for apps. However many interrupts they enable there, buttons
 * and touch key find a detector each. */
#define HEADER_PIN(n) BASE_APP_PIN(n, COUNT_OF(button_pins) + 1u)
static struct nrf52_pin app_pins[] = {HEADER_PIN(3),  HEADER_PIN(4),  HEADER_PIN(28),
                                      HEADER_PIN(29), HEADER_PIN(30), HEADER_PIN(31),
                                      HEADER_PIN(22), HEADER_PIN(23)};

/* LEDs and buttons are active low; the touch key's chip drives its pin high. */
#define LED(n) BASE_LED(&led_pins[n])
static const struct hil_led leds[] = {LED(0), LED(1), LED(2), LED(3)};

static struct button_driver button_driver;
#define BUTTON(n) BASE_BUTTON(&button_pins[n])
static const struct hil_button buttons[] = {BUTTON(0), BUTTON(1), BUTTON(2), BUTTON(3)};

static struct gpio_driver gpio_driver;
#define APP_GPIO(n) BASE_APP_GPIO(&app_pins[n])
static const struct hil_gpio app_gpios[] = {APP_GPIO(0), APP_GPIO(1), APP_GPIO(2), APP_GPIO(3),
                                            APP_GPIO(4), APP_GPIO(5), APP_GPIO(6), APP_GPIO(7)};

static const struct hil_button touch_key = {
    .pin = {&nrf52_pin_ops, &touch_pin}, .active_low = false, .pull = HIL_GPIO_PULL_NONE};

static struct led_driver led_driver;

/* PWM 0 is LED 3's pin: while it runs the LED driver does not reach that one. */
static struct nrf52_pwm dimmer = {.base = NRF52_PWM0_BASE, .pin = 20, .active_low = true};
static const struct hil_pwm pwms[] = {NRF52_PWM(&dimmer)};
static struct pwm_driver pwm_driver;
static struct touch_driver touch_driver;

static const struct driver drivers[] = {
    BASE_DRIVERS,
    INTERNAL_STORAGE_DRIVERS,
    {&led_driver_ops, &led_driver},
    {&button_driver_ops, &button_driver},
    {&gpio_driver_ops, &gpio_driver},
    {&touch_driver_ops, &touch_driver},
    {&pwm_driver_ops, &pwm_driver},
};

static const struct nrf52_interrupt interrupt_rows[] = {
    BASE_INTERRUPTS,
    {0, NULL, nrf52_pwm_stop_dead, &dimmer},
};

void board_start(void)
{
    internal_storage_init();
    led_init(&led_driver, (struct hil_led_list)LIST_OF(leds));
    button_init(&button_driver, (struct hil_button_list)LIST_OF(buttons));
    gpio_init(&gpio_driver, (struct hil_gpio_list)LIST_OF(app_gpios));
    touch_init(&touch_driver, &touch_key);
    nrf52_pwm_init(&dimmer);
    pwm_init(&pwm_driver, (struct hil_pwm_list)LIST_OF(pwms));
}

const struct base_board board = {
    .config = {BASE_CONFIG("nRF52-DK", drivers)},
    .console = {.base = NRF52_UARTE0_BASE,
                .tx_pin = 6,
                .rx_pin = 8,
                .baudrate = NRF52_UARTE_BAUD_115200},
    .interrupts = {interrupt_rows, COUNT_OF(interrupt_rows)},
    .thermometer = &base_chip_thermometer,
};
