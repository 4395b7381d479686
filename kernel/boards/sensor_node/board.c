/* The sensor node, an nRF52840 wired as Adafruit's Feather nRF52840 Sense: which pin is what, and
 * the capsules over them. */
#include "kernel/boards/base.h"
#include "kernel/boards/ble_radio.h"
#include "kernel/boards/internal_storage.h"
#include "kernel/capsules/adc.h"
#include "kernel/capsules/ambient_light.h"
#include "kernel/capsules/bh1750.h"
#include "kernel/capsules/button.h"
#include "kernel/capsules/humidity.h"
#include "kernel/capsules/i2c_master.h"
#include "kernel/capsules/ieee802154.h"
#include "kernel/capsules/led.h"
#include "kernel/capsules/sht3x.h"
#include "kernel/chips/nrf52/ieee802154.h"
#include "kernel/chips/nrf52/saadc.h"
#include "kernel/chips/nrf52/twim.h"

static struct nrf52_pin led_pins[] = {BASE_PIN(NRF52_P1(9)), BASE_PIN(NRF52_P1(10))};
static struct nrf52_pin button_pin = BASE_PIN(NRF52_P1(2));

/* Red and blue; unlike other boards', lit by a high pin. */
static const struct hil_led leds[] = {
    {.pin = {&nrf52_pin_ops, &led_pins[0]}, .active_low = false},
    {.pin = {&nrf52_pin_ops, &led_pins[1]}, .active_low = false},
};

static struct button_driver button_driver;
static const struct hil_button buttons[] = {BASE_BUTTON(&button_pin)};

static struct led_driver led_driver;

/* I2C: climate and light. */
static struct nrf52_rtc_delay bus_delay = {.all = &base.delays};
static struct nrf52_twim twim;
static const struct nrf52_twim_config twim_config = {.base = NRF52_TWIM0_BASE,
                                                     .scl_pin = 11,
                                                     .sda_pin = 12,
                                                     .frequency = NRF52_TWIM_100_KHZ,
                                                     .delay = &bus_delay};
static struct nrf52_twim_device any_device = {.twim = &twim, .any_address = true},
                                climate_device = {.twim = &twim, .address = SHT3X_ADDRESS},
                                light_device = {.twim = &twim, .address = BH1750_ADDRESS};
static const struct hil_i2c any_i2c = {&nrf52_twim_ops, &any_device},
                            climate_i2c = {&nrf52_twim_ops, &climate_device},
                            light_i2c = {&nrf52_twim_ops, &light_device};
static struct i2c_master_driver i2c_master_driver;
static struct sht3x sht3x;
static struct bh1750 bh1750;
static struct sensor_driver humidity_driver, ambient_light_driver;

/* Channel 0: half of the battery's voltage, at P0.29. */
static struct nrf52_saadc saadc;
static const uint8_t analog_inputs[] = {NRF52_SAADC_AIN(5)};
static const struct hil_adc adc = {&nrf52_saadc_ops,         &saadc,
                                   COUNT_OF(analog_inputs),  NRF52_SAADC_RESOLUTION_BITS,
                                   NRF52_SAADC_REFERENCE_MV, NRF52_SAADC_MAX_HZ};
static struct adc_driver adc_driver;

/* Shares the radio with Bluetooth. */
static struct nrf52_ieee802154 nrf52_ieee802154;
static const struct hil_radio ieee802154 = {&nrf52_ieee802154_ops, &nrf52_ieee802154};
static struct ieee802154_driver ieee802154_driver;

static const struct driver drivers[] = {
    BASE_DRIVERS,
    BLE_RADIO_DRIVERS,
    INTERNAL_STORAGE_DRIVERS,
    {&led_driver_ops, &led_driver},
    {&button_driver_ops, &button_driver},
    {&adc_driver_ops, &adc_driver},
    {&humidity_driver_ops, &humidity_driver},
    {&ambient_light_driver_ops, &ambient_light_driver},
    {&ieee802154_driver_ops, &ieee802154_driver},
    {&i2c_master_driver_ops, &i2c_master_driver},
};

static const struct nrf52_interrupt interrupt_rows[] = {
    BASE_INTERRUPTS,
    BLE_RADIO_INTERRUPTS,
    {NRF52_IRQN_TWIM0, nrf52_twim_serve, nrf52_twim_stop_dead, &twim},
    {NRF52_IRQN_SAADC, nrf52_saadc_serve, nrf52_saadc_stop_dead, &saadc},
};

void board_start(void)
{
    internal_storage_init();
    led_init(&led_driver, (struct hil_led_list)LIST_OF(leds));
    button_init(&button_driver, (struct hil_button_list)LIST_OF(buttons));

    nrf52_twim_init(&twim, &twim_config);
    i2c_master_init(&i2c_master_driver, &any_i2c);
    sht3x_init(&sht3x, &climate_i2c);
    bh1750_init(&bh1750, &light_i2c);
    humidity_init(&humidity_driver, &sht3x.humidity_sensor);
    ambient_light_init(&ambient_light_driver, &bh1750.light_sensor);

    nrf52_saadc_init(&saadc, analog_inputs, COUNT_OF(analog_inputs));
    adc_init(&adc_driver, &adc);

    ble_radio_init();
    nrf52_ieee802154_init(&nrf52_ieee802154, &ble_radio.radio);
    ieee802154_init(&ieee802154_driver, &ieee802154);
}

const struct base_board board = {
    .config = {BASE_CONFIG("sensor node", drivers)},
    .console = {.base = NRF52_UARTE0_BASE,
                .tx_pin = 25,
                .rx_pin = 24,
                .baudrate = NRF52_UARTE_BAUD_115200},
    .interrupts = {interrupt_rows, COUNT_OF(interrupt_rows)},
    .thermometer = &sht3x.temperature_sensor,
};
