/* The PineTime watch: which pin is what, and the capsules over them. Its console is on two test
 * pads, P0.11 (out) and P0.30 (in). */
#include "kernel/boards/base.h"
#include "kernel/capsules/adc.h"
#include "kernel/capsules/button.h"
#include "kernel/capsules/gpio.h"
#include "kernel/capsules/led.h"
#include "kernel/chips/nrf52/saadc.h"

/* The backlight: low, middle, high; they add up. */
static struct nrf52_pin led_pins[] = {BASE_PIN(14), BASE_PIN(22), BASE_PIN(23)};
static struct nrf52_pin button_pin = BASE_PIN(13), button_enable_pin = BASE_PIN(15);
/* For apps: GPIO 0 is the vibration motor, which runs while the pin is low. */
static struct nrf52_pin motor_pin = BASE_APP_PIN(16, 1);

#define LED(n) BASE_LED(&led_pins[n])
static const struct hil_led leds[] = {LED(0), LED(1), LED(2)};

/* The button connects its pin with the enable pin. */
static struct button_driver button_driver;
static const struct button_slot buttons[] = {{.button = {.pin = {&nrf52_pin_ops, &button_pin},
                                                         .active_low = false,
                                                         .pull = HIL_GPIO_PULL_DOWN},
                                              .client = BUTTON_CLIENT(&button_driver, 0)}};

static struct gpio_driver gpio_driver;
static const struct gpio_slot app_gpios[] = {BASE_APP_GPIO(&motor_pin, &gpio_driver, 0)};

static struct led_driver led_driver;

/* Channel 0: half of the battery's voltage, at P0.31. */
static struct nrf52_saadc saadc;
static const uint8_t analog_inputs[] = {NRF52_SAADC_AIN(7)};
static const struct hil_adc adc = {&nrf52_saadc_ops, &saadc, COUNT_OF(analog_inputs),
                                   NRF52_SAADC_RESOLUTION_BITS, NRF52_SAADC_REFERENCE_MV};
static struct adc_driver adc_driver;

static const struct driver drivers[] = {
    BASE_DRIVERS,
    {&led_driver_ops, &led_driver},
    {&button_driver_ops, &button_driver},
    {&gpio_driver_ops, &gpio_driver},
    {&adc_driver_ops, &adc_driver},
};

static const struct nrf52_interrupt interrupt_rows[] = {
    BASE_INTERRUPTS,
    {NRF52_IRQN_SAADC, nrf52_saadc_serve, &saadc},
};

static void drive_high(struct nrf52_pin *pin)
{
    nrf52_pin_ops.write(pin, true);
    nrf52_pin_ops.make_output(pin);
}

void board_start(void)
{
    drive_high(&button_enable_pin);
    drive_high(&motor_pin);
    led_init(&led_driver, leds, COUNT_OF(leds));
    button_init(&button_driver, buttons, COUNT_OF(buttons));
    gpio_init(&gpio_driver, app_gpios, COUNT_OF(app_gpios));

    nrf52_saadc_init(&saadc, analog_inputs, COUNT_OF(analog_inputs));
    adc_init(&adc_driver, &adc);
}

const struct base_board board = {
    .config = {BASE_CONFIG("PineTime", drivers)},
    .console = {.tx_pin = 11, .rx_pin = 30, .baudrate = NRF52_UARTE_BAUD_115200},
    .interrupts = {interrupt_rows, COUNT_OF(interrupt_rows)},
    .thermometer = &base_thermometer,
};
