/* The nRF52-DK: which pin is what, and the capsules over them. */
#include "kernel/boards/base.h"
#include "kernel/boards/ble_radio.h"
#include "kernel/boards/internal_storage.h"
#include "kernel/capsules/adc.h"
#include "kernel/capsules/button.h"
#include "kernel/capsules/comparator.h"
#include "kernel/capsules/gpio.h"
#include "kernel/capsules/i2c_master.h"
#include "kernel/capsules/led.h"
#include "kernel/capsules/pwm.h"
#include "kernel/capsules/spi_controller.h"
#include "kernel/capsules/touch.h"
#include "kernel/chips/nrf52/comp.h"
#include "kernel/chips/nrf52/pwm.h"
#include "kernel/chips/nrf52/saadc.h"
#include "kernel/chips/nrf52/spim.h"
#include "kernel/chips/nrf52/twim.h"

/* The pins that the board's own code drives. Their state is made at start from a byte each. The
 * last are on the Arduino headers, for apps: A0 to A5, which are the ADC's, too, D1 and D0. However
 * many interrupts they enable there, buttons and touch key find a detector each. */
enum { LED_PINS = 0, BUTTON_PINS = 4, TOUCH_PIN = 8, SELECT_PIN = 9, APP_PINS = 10 };
#define RESERVED_DETECTORS (TOUCH_PIN + 1 - BUTTON_PINS)
static const uint8_t pin_numbers[] = {17, 18, 19, 20, 13, 14, 15, 16, 24,
                                      2,  3,  4,  28, 29, 30, 31, 12, 11};
static struct nrf52_pin pins[COUNT_OF(pin_numbers)];

/* LEDs and buttons are active low; the touch key's chip drives its pin high. */
#define LED(n) BASE_LED(&pins[LED_PINS + (n)])
static const struct hil_led leds[] = {LED(0), LED(1), LED(2), LED(3)};

static struct button_driver button_driver;
#define BUTTON(n) BASE_BUTTON(&pins[BUTTON_PINS + (n)])
static const struct hil_button buttons[] = {BUTTON(0), BUTTON(1), BUTTON(2), BUTTON(3)};

static struct gpio_driver gpio_driver;
#define APP_GPIO(n) BASE_APP_GPIO(&pins[APP_PINS + (n)])
static const struct hil_gpio app_gpios[] = {APP_GPIO(0), APP_GPIO(1), APP_GPIO(2), APP_GPIO(3),
                                            APP_GPIO(4), APP_GPIO(5), APP_GPIO(6), APP_GPIO(7)};

static const struct hil_button touch_key = {
    .pin = {&nrf52_pin_ops, &pins[TOUCH_PIN]}, .active_low = false, .pull = HIL_GPIO_PULL_NONE};

static struct led_driver led_driver;

/* PWM 0 is LED 3's pin: while it runs the LED driver does not reach that one. */
static struct nrf52_pwm dimmer = {.base = NRF52_PWM0_BASE, .pin = 20, .active_low = true};
static const struct hil_pwm pwms[] = {NRF52_PWM(&dimmer)};
static struct pwm_driver pwm_driver;
static struct touch_driver touch_driver;

/* A0 to A5 of the Arduino header: P0.03, P0.04, P0.28 to P0.31. */
static struct nrf52_saadc saadc;
static const uint8_t analog_inputs[] = {NRF52_SAADC_AIN(1), NRF52_SAADC_AIN(2), NRF52_SAADC_AIN(4),
                                        NRF52_SAADC_AIN(5), NRF52_SAADC_AIN(6), NRF52_SAADC_AIN(7)};
static const struct hil_adc adc = {&nrf52_saadc_ops,         &saadc,
                                   COUNT_OF(analog_inputs),  NRF52_SAADC_RESOLUTION_BITS,
                                   NRF52_SAADC_REFERENCE_MV, NRF52_SAADC_MAX_HZ};
static struct adc_driver adc_driver;

/* A1 against A0. */
static struct nrf52_comp comp;
static const struct nrf52_comp_channel comp_channels[] = {{.positive = 2, .negative = 1}};
static const struct hil_comparator comparator = {&nrf52_comp_ops, &comp, COUNT_OF(comp_channels)};
static struct comparator_driver comparator_driver;

/* SPI on the Arduino header, for what an app knows to be there. Not all where that has it: P0.24 is
 * the touch key's. */
#define HEADER_SPI_HZ 1000000u
static struct nrf52_spim spim;
static const struct nrf52_spim_config spim_config = {
    .base = NRF52_SPIM2_BASE, .sck_pin = 25, .mosi_pin = 22, .miso_pin = 23};
static struct nrf52_spim_device header_device;
static const struct hil_spi header_spi = {&nrf52_spim_ops, &header_device};
static struct spi_controller_driver spi_controller_driver;

/* I2C on the Arduino header's SDA and SCL, the same. */
static struct nrf52_rtc_delay bus_delay;
static struct nrf52_twim twim;
static const struct nrf52_twim_config twim_config = {.base = NRF52_TWIM0_BASE,
                                                     .scl_pin = 27,
                                                     .sda_pin = 26,
                                                     .frequency = NRF52_TWIM_400_KHZ,
                                                     .delay = &bus_delay};
static struct nrf52_twim_device any_device;
static const struct hil_i2c i2c = {&nrf52_twim_ops, &any_device};
static struct i2c_master_driver i2c_master_driver;

static const struct driver drivers[] = {
    BASE_DRIVERS,
    BLE_RADIO_DRIVERS,
    INTERNAL_STORAGE_DRIVERS,
    {&led_driver_ops, &led_driver},
    {&button_driver_ops, &button_driver},
    {&gpio_driver_ops, &gpio_driver},
    {&touch_driver_ops, &touch_driver},
    {&pwm_driver_ops, &pwm_driver},
    {&adc_driver_ops, &adc_driver},
    {&comparator_driver_ops, &comparator_driver},
    {&spi_controller_driver_ops, &spi_controller_driver},
    {&i2c_master_driver_ops, &i2c_master_driver},
};

static const struct nrf52_interrupt interrupt_rows[] = {
    BASE_INTERRUPTS,
    BLE_RADIO_INTERRUPTS,
    {0, NULL, nrf52_pwm_stop_dead, &dimmer},
    {NRF52_IRQN_SAADC, nrf52_saadc_serve, nrf52_saadc_stop_dead, &saadc},
    {NRF52_IRQN_COMP, nrf52_comp_serve, nrf52_comp_stop_dead, &comp},
    {NRF52_IRQN_SPIM2, nrf52_spim_serve, nrf52_spim_stop_dead, &spim},
    {NRF52_IRQN_TWIM0, nrf52_twim_serve, nrf52_twim_stop_dead, &twim},
};

static void make_pins(void)
{
    for (uint32_t i = 0; i < COUNT_OF(pins); i++) {
        pins[i].number = pin_numbers[i];
        pins[i].first_channel = i >= APP_PINS ? RESERVED_DETECTORS : 0;
        pins[i].gpiote = &base.gpiote;
    }
}

void board_start(void)
{
    make_pins();
    internal_storage_init();
    led_init(&led_driver, (struct hil_led_list)LIST_OF(leds));
    button_init(&button_driver, (struct hil_button_list)LIST_OF(buttons));
    gpio_init(&gpio_driver, (struct hil_gpio_list)LIST_OF(app_gpios));
    touch_init(&touch_driver, &touch_key);
    nrf52_pwm_init(&dimmer);
    pwm_init(&pwm_driver, (struct hil_pwm_list)LIST_OF(pwms));

    nrf52_saadc_init(&saadc, analog_inputs, COUNT_OF(analog_inputs));
    adc_init(&adc_driver, &adc);
    nrf52_comp_init(&comp, comp_channels, COUNT_OF(comp_channels));
    comparator_init(&comparator_driver, &comparator);
    nrf52_spim_init(&spim, &spim_config);
    header_device.spim = &spim;
    header_device.select = &pins[SELECT_PIN];
    header_device.mode.frequency_hz = HEADER_SPI_HZ;
    nrf52_spim_device_init(&header_device);
    spi_controller_init(&spi_controller_driver, &header_spi);
    bus_delay.all = &base.delays;
    nrf52_twim_init(&twim, &twim_config);
    any_device.twim = &twim;
    any_device.any_address = true;
    i2c_master_init(&i2c_master_driver, &i2c);

    ble_radio_init();
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
