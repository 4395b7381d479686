/* The nRF52840-DK: which pin is what, and the capsules over them. */
#include "kernel/boards/base.h"
#include "kernel/boards/ble_radio.h"
#include "kernel/capsules/adc.h"
#include "kernel/capsules/button.h"
#include "kernel/capsules/buzzer.h"
#include "kernel/capsules/comparator.h"
#include "kernel/capsules/gpio.h"
#include "kernel/capsules/hid.h"
#include "kernel/capsules/i2c_master.h"
#include "kernel/capsules/ieee802154.h"
#include "kernel/capsules/led.h"
#include "kernel/capsules/flash_mux.h"
#include "kernel/capsules/isolated_storage.h"
#include "kernel/capsules/nvm_storage.h"
#include "kernel/capsules/spi_controller.h"
#include "kernel/chips/nrf52/comp.h"
#include "kernel/chips/nrf52/ieee802154.h"
#include "kernel/chips/nrf52/pwm.h"
#include "kernel/chips/nrf52/qspi.h"
#include "kernel/chips/nrf52/saadc.h"
#include "kernel/chips/nrf52/spim.h"
#include "kernel/chips/nrf52/twim.h"
#include "kernel/chips/nrf52/usbd.h"

static struct nrf52_pin led_pins[] = {BASE_PIN(13), BASE_PIN(14), BASE_PIN(15), BASE_PIN(16)};
static struct nrf52_pin button_pins[] = {BASE_PIN(11), BASE_PIN(12), BASE_PIN(24), BASE_PIN(25)};
/* P1.01 to P1.08 of the Arduino headers, for apps. However many interrupts they enable there, the
 * buttons find a detector each. */
#define HEADER_PIN(n) BASE_APP_PIN(NRF52_P1(n), COUNT_OF(button_pins))
static struct nrf52_pin app_pins[] = {HEADER_PIN(1), HEADER_PIN(2), HEADER_PIN(3), HEADER_PIN(4),
                                      HEADER_PIN(5), HEADER_PIN(6), HEADER_PIN(7), HEADER_PIN(8)};

#define LED(n) BASE_LED(&led_pins[n])
static const struct hil_led leds[] = {LED(0), LED(1), LED(2), LED(3)};

static struct button_driver button_driver;
#define BUTTON(n) BASE_BUTTON(&button_pins[n])
static const struct hil_button buttons[] = {BUTTON(0), BUTTON(1), BUTTON(2), BUTTON(3)};

static struct gpio_driver gpio_driver;
#define APP_GPIO(n) BASE_APP_GPIO(&app_pins[n])
static const struct hil_gpio app_gpios[] = {APP_GPIO(0), APP_GPIO(1), APP_GPIO(2), APP_GPIO(3),
                                            APP_GPIO(4), APP_GPIO(5), APP_GPIO(6), APP_GPIO(7)};

static struct led_driver led_driver;

/* The flash on the board, an MX25R6435F of 8 MB. */
#define FLASH_ID    0x1728C2u
#define FLASH_BYTES 0x800000u
static struct nrf52_rtc_delay flash_delay = {.all = &base.delays};
static const struct nrf52_qspi_config qspi_config = {.sck_pin = 19,
                                                     .select_pin = 17,
                                                     .io_pins = {20, 21, 22, 23},
                                                     .jedec_id = FLASH_ID,
                                                     .size_bytes = FLASH_BYTES,
                                                     .delay = &flash_delay};
static struct nrf52_qspi qspi;
static const struct hil_flash flash = {&nrf52_qspi_ops, &qspi, NULL, FLASH_BYTES};

/* Its last sectors are the shared storage's, those before them the isolated storage's. */
#define STORAGE_BLOCKS  64u
#define ISOLATED_BLOCKS 16u
#define STORAGE_START   (FLASH_BYTES - STORAGE_BLOCKS * HIL_FLASH_SECTOR_BYTES)
#define ISOLATED_BYTES  (ISOLATED_BLOCKS * HIL_FLASH_SECTOR_BYTES)
static struct flash_mux flash_mux;
static struct flash_mux_port storage_port, isolated_port;
static struct nvm_pool storage_pool, isolated_pool;
static struct hil_flash_note storage_notes[STORAGE_BLOCKS];
static struct hil_flash_note isolated_notes[ISOLATED_BLOCKS];
static struct nvm_storage_driver nvm_storage_driver;
static struct isolated_storage_driver isolated_storage_driver;

/* A0 and A1 of the Arduino header, P0.03 and P0.04. */
static struct nrf52_comp comp;
static const struct nrf52_comp_channel comp_channels[] = {{.positive = 1, .negative = 2}};
static const struct hil_comparator comparator = {&nrf52_comp_ops, &comp, COUNT_OF(comp_channels)};
static struct comparator_driver comparator_driver;

/* A0 to A5 of the Arduino header: P0.03, P0.04, P0.28 to P0.31. */
static struct nrf52_saadc saadc;
static const uint8_t analog_inputs[] = {NRF52_SAADC_AIN(1), NRF52_SAADC_AIN(2), NRF52_SAADC_AIN(4),
                                        NRF52_SAADC_AIN(5), NRF52_SAADC_AIN(6), NRF52_SAADC_AIN(7)};
static const struct hil_adc adc = {&nrf52_saadc_ops,         &saadc,
                                   COUNT_OF(analog_inputs),  NRF52_SAADC_RESOLUTION_BITS,
                                   NRF52_SAADC_REFERENCE_MV, NRF52_SAADC_MAX_HZ};
static struct adc_driver adc_driver;

/* A piezo between P1.10 of the header and ground: ours, not the vendor's. */
static struct nrf52_pwm piezo = {.base = NRF52_PWM0_BASE, .pin = NRF52_P1(10), .active_low = false};
static const struct hil_pwm buzzer_pwm = NRF52_PWM(&piezo);
static struct nrf52_rtc_delay buzzer_delay = {.all = &base.delays};
static const struct hil_delay buzzer_hil_delay = {&nrf52_rtc_delay_ops, &buzzer_delay};
static struct buzzer_driver buzzer_driver;

/* SPI on the Arduino header, for what an app knows to be there. */
#define HEADER_SPI_HZ 1000000u
static struct nrf52_spim spim;
static const struct nrf52_spim_config spim_config = {.base = NRF52_SPIM2_BASE,
                                                     .sck_pin = NRF52_P1(15),
                                                     .mosi_pin = NRF52_P1(13),
                                                     .miso_pin = NRF52_P1(14)};
static struct nrf52_pin header_select_pin = BASE_PIN(NRF52_P1(12));
static struct nrf52_spim_device header_device = {
    .spim = &spim, .select = &header_select_pin, .mode = {.frequency_hz = HEADER_SPI_HZ}};
static const struct hil_spi header_spi = {&nrf52_spim_ops, &header_device};
static struct spi_controller_driver spi_controller_driver;

/* I2C on the Arduino header's SDA and SCL, for what an app knows to be there. */
static struct nrf52_rtc_delay bus_delay = {.all = &base.delays};
static struct nrf52_twim twim;
static const struct nrf52_twim_config twim_config = {.base = NRF52_TWIM0_BASE,
                                                     .scl_pin = 27,
                                                     .sda_pin = 26,
                                                     .frequency = NRF52_TWIM_400_KHZ,
                                                     .delay = &bus_delay};
static struct nrf52_twim_device any_device = {.twim = &twim, .any_address = true};
static const struct hil_i2c i2c = {&nrf52_twim_ops, &any_device};
static struct i2c_master_driver i2c_master_driver;

/* The socket of the chip's own USB: a keyboard. */
static struct nrf52_usbd usbd;
static const struct hil_usb usb = {&nrf52_usbd_ops, &usbd};
static struct hid_driver hid_driver;

/* Shares the radio with Bluetooth. */
static struct nrf52_ieee802154 nrf52_ieee802154;
static const struct hil_radio ieee802154 = {&nrf52_ieee802154_ops, &nrf52_ieee802154};
static struct ieee802154_driver ieee802154_driver;

static const struct driver drivers[] = {
    BASE_DRIVERS,
    BLE_RADIO_DRIVERS,
    {&led_driver_ops, &led_driver},
    {&button_driver_ops, &button_driver},
    {&gpio_driver_ops, &gpio_driver},
    {&spi_controller_driver_ops, &spi_controller_driver},
    {&i2c_master_driver_ops, &i2c_master_driver},
    {&nvm_storage_driver_ops, &nvm_storage_driver},
    {&isolated_storage_driver_ops, &isolated_storage_driver},
    {&comparator_driver_ops, &comparator_driver},
    {&adc_driver_ops, &adc_driver},
    {&buzzer_driver_ops, &buzzer_driver},
    {&hid_keyboard_driver_ops, &hid_driver},
    {&ieee802154_driver_ops, &ieee802154_driver},
};

static const struct nrf52_interrupt interrupt_rows[] = {
    BASE_INTERRUPTS,
    BLE_RADIO_INTERRUPTS,
    {NRF52_IRQN_SPIM2, nrf52_spim_serve, nrf52_spim_stop_dead, &spim},
    {NRF52_IRQN_TWIM0, nrf52_twim_serve, nrf52_twim_stop_dead, &twim},
    {NRF52_IRQN_SAADC, nrf52_saadc_serve, nrf52_saadc_stop_dead, &saadc},
    {0, NULL, nrf52_pwm_stop_dead, &piezo},
    {NRF52_IRQN_COMP, nrf52_comp_serve, nrf52_comp_stop_dead, &comp},
    {NRF52_IRQN_QSPI, nrf52_qspi_serve, NULL, &qspi},
    {NRF52_IRQN_USBD, nrf52_usbd_serve, nrf52_usbd_stop_dead, &usbd},
    {NRF52_IRQN_POWER_CLOCK, nrf52_usbd_serve_power, NULL, &usbd},
};

void board_start(void)
{
    led_init(&led_driver, (struct hil_led_list)LIST_OF(leds));
    button_init(&button_driver, (struct hil_button_list)LIST_OF(buttons));
    gpio_init(&gpio_driver, (struct hil_gpio_list)LIST_OF(app_gpios));

    nrf52_qspi_init(&qspi, &qspi_config);
    flash_mux_init(&flash_mux, &flash);
    flash_mux_add_port(&flash_mux, &storage_port, STORAGE_START, FLASH_BYTES - STORAGE_START);
    flash_mux_add_port(&flash_mux, &isolated_port, STORAGE_START - ISOLATED_BYTES, ISOLATED_BYTES);
    nvm_pool_init(&storage_pool, &storage_port.flash,
                  (struct hil_flash_notes)LIST_OF(storage_notes));
    nvm_pool_init(&isolated_pool, &isolated_port.flash,
                  (struct hil_flash_notes)LIST_OF(isolated_notes));
    nvm_storage_init(&nvm_storage_driver, &storage_pool, NVM_STORAGE_BLOCKS_EACH_MAX);
    isolated_storage_init(&isolated_storage_driver, &isolated_pool);

    nrf52_saadc_init(&saadc, analog_inputs, COUNT_OF(analog_inputs));
    adc_init(&adc_driver, &adc);

    nrf52_pwm_init(&piezo);
    buzzer_init(&buzzer_driver, &buzzer_pwm, &buzzer_hil_delay);

    nrf52_comp_init(&comp, comp_channels, COUNT_OF(comp_channels));
    comparator_init(&comparator_driver, &comparator);

    nrf52_spim_init(&spim, &spim_config);
    nrf52_spim_device_init(&header_device);
    spi_controller_init(&spi_controller_driver, &header_spi);

    nrf52_twim_init(&twim, &twim_config);
    i2c_master_init(&i2c_master_driver, &i2c);

    hid_init(&hid_driver, &usb, HID_DESCRIPTORS_KEYBOARD);

    ble_radio_init();
    nrf52_ieee802154_init(&nrf52_ieee802154, &ble_radio.radio);
    ieee802154_init(&ieee802154_driver, &ieee802154);
}

const struct base_board board = {
    .config = {BASE_CONFIG("nRF52840-DK", drivers)},
    .console = {.base = NRF52_UARTE0_BASE,
                .tx_pin = 6,
                .rx_pin = 8,
                .baudrate = NRF52_UARTE_BAUD_115200},
    .interrupts = {interrupt_rows, COUNT_OF(interrupt_rows)},
    .thermometer = &base_chip_thermometer,
};
