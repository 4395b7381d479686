/* The PineTime watch: which pin is what, and the capsules over them. Its console is on two test
 * pads, P0.11 (out) and P0.30 (in). */
#include "kernel/boards/base.h"
#include "kernel/boards/ble_radio.h"
#include "kernel/capsules/adc.h"
#include "kernel/capsules/bma42x.h"
#include "kernel/capsules/button.h"
#include "kernel/capsules/cst816s.h"
#include "kernel/capsules/gpio.h"
#include "kernel/capsules/heart_rate.h"
#include "kernel/capsules/hrs3300.h"
#include "kernel/capsules/led.h"
#include "kernel/capsules/nine_dof.h"
#include "kernel/capsules/flash_mux.h"
#include "kernel/capsules/isolated_storage.h"
#include "kernel/capsules/nvm_storage.h"
#include "kernel/capsules/pwm.h"
#include "kernel/capsules/screen.h"
#include "kernel/capsules/spi_nor.h"
#include "kernel/capsules/st7789.h"
#include "kernel/capsules/touch_panel.h"
#include "kernel/chips/nrf52/pwm.h"
#include "kernel/chips/nrf52/saadc.h"
#include "kernel/chips/nrf52/spim.h"
#include "kernel/chips/nrf52/twim.h"
#include "kernel/chips/nrf52/uicr.h"

/* The backlight: low, middle, high; they add up. */
static struct nrf52_pin led_pins[] = {BASE_PIN(14), BASE_PIN(22), BASE_PIN(23)};
static struct nrf52_pin button_pin = BASE_PIN(13), button_enable_pin = BASE_PIN(15);
/* For apps: GPIO 0 is the vibration motor, which runs while the pin is low. PWM 0 is the same. */
#define MOTOR_PIN 16u
static struct nrf52_pin motor_pin = BASE_APP_PIN(MOTOR_PIN, 1);
static struct nrf52_pwm motor = {.base = NRF52_PWM0_BASE, .pin = MOTOR_PIN, .active_low = true};
static const struct hil_pwm pwms[] = {NRF52_PWM(&motor)};
static struct pwm_driver pwm_driver;

#define LED(n) BASE_LED(&led_pins[n])
static const struct hil_led leds[] = {LED(0), LED(1), LED(2)};

/* The button connects its pin with the enable pin. */
static struct button_driver button_driver;
static const struct hil_button buttons[] = {
    {.pin = {&nrf52_pin_ops, &button_pin}, .active_low = false, .pull = HIL_GPIO_PULL_DOWN}};

static struct gpio_driver gpio_driver;
static const struct hil_gpio app_gpios[] = {BASE_APP_GPIO(&motor_pin)};

static struct led_driver led_driver;

/* Channel 0: half of the battery's voltage, at P0.31. */
static struct nrf52_saadc saadc;
static const uint8_t analog_inputs[] = {NRF52_SAADC_AIN(7)};
static const struct hil_adc adc = {&nrf52_saadc_ops,         &saadc,
                                   COUNT_OF(analog_inputs),  NRF52_SAADC_RESOLUTION_BITS,
                                   NRF52_SAADC_REFERENCE_MV, NRF52_SAADC_MAX_HZ};
static struct adc_driver adc_driver;

/* SPI: the display and a flash. */
#define DISPLAY_WIDTH  240u
#define DISPLAY_HEIGHT 240u
#define DISPLAY_HZ     8000000u
static struct nrf52_spim spim;
static const struct nrf52_spim_config spim_config = {
    .base = NRF52_SPIM1_BASE, .sck_pin = 2, .mosi_pin = 3, .miso_pin = 4};
static struct nrf52_pin flash_select_pin = BASE_PIN(5), display_select_pin = BASE_PIN(25);
static struct nrf52_spim_device display_device = {
    .spim = &spim,
    .select = &display_select_pin,
    .mode = {.frequency_hz = DISPLAY_HZ, .idle_high = true, .sample_trailing = true}};
static const struct hil_spi display_spi = {&nrf52_spim_ops, &display_device};
static struct nrf52_pin display_data_pin = BASE_PIN(18), display_reset_pin = BASE_PIN(26);
static struct nrf52_rtc_delay display_delay = {.all = &base.delays};
static const struct hil_delay display_hil_delay = {&nrf52_rtc_delay_ops, &display_delay};
static const struct st7789_config display_config = {
    .width = DISPLAY_WIDTH,
    .height = DISPLAY_HEIGHT,
    .spi = &display_spi,
    .reset = {&nrf52_pin_ops, &display_reset_pin},
    .data_command = {&nrf52_pin_ops, &display_data_pin},
    .delay = &display_hil_delay,
};
static struct st7789 display;
static struct screen_driver screen_driver;

/* The flash is an XT25F32B of 4 MB. */
#define FLASH_HZ    8000000u
#define FLASH_ID    0x16400Bu
#define FLASH_BYTES 0x400000u
static struct nrf52_spim_device flash_device = {
    .spim = &spim, .select = &flash_select_pin, .mode = {.frequency_hz = FLASH_HZ}};
static const struct hil_spi flash_spi = {&nrf52_spim_ops, &flash_device};
static struct nrf52_rtc_delay flash_delay = {.all = &base.delays};
static const struct hil_delay flash_hil_delay = {&nrf52_rtc_delay_ops, &flash_delay};
static const struct spi_nor_config flash_config = {
    .spi = &flash_spi, .delay = &flash_hil_delay, .size_bytes = FLASH_BYTES, .jedec_id = FLASH_ID};
static struct spi_nor flash;

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

/* I2C: the touch panel, the accelerometer, the heart-rate sensor. SPI1 and TWI0 have each its own
 * address. */
static struct nrf52_rtc_delay bus_delay = {.all = &base.delays};
static struct nrf52_twim twim;
static const struct nrf52_twim_config twim_config = {.base = NRF52_TWIM0_BASE,
                                                     .scl_pin = 7,
                                                     .sda_pin = 6,
                                                     .frequency = NRF52_TWIM_400_KHZ,
                                                     .delay = &bus_delay};
static struct nrf52_twim_device panel_device = {.twim = &twim, .address = CST816S_ADDRESS};
static const struct hil_i2c panel_i2c = {&nrf52_twim_ops, &panel_device};
static struct nrf52_pin panel_interrupt_pin = BASE_PIN(28), panel_reset_pin = BASE_PIN(10);
static struct nrf52_rtc_delay panel_delay = {.all = &base.delays};
static const struct hil_delay panel_hil_delay = {&nrf52_rtc_delay_ops, &panel_delay};
static const struct cst816s_config panel_config = {
    .i2c = &panel_i2c,
    .interrupt = {&nrf52_pin_ops, &panel_interrupt_pin},
    .reset = {&nrf52_pin_ops, &panel_reset_pin},
    .delay = &panel_hil_delay,
};
static struct cst816s cst816s;
static struct touch_panel_driver touch_driver;
static struct nrf52_twim_device accelerometer_device = {.twim = &twim, .address = BMA42X_ADDRESS};
static const struct hil_i2c accelerometer_i2c = {&nrf52_twim_ops, &accelerometer_device};
static struct nrf52_rtc_delay accelerometer_delay = {.all = &base.delays};
static const struct hil_delay accelerometer_hil_delay = {&nrf52_rtc_delay_ops,
                                                         &accelerometer_delay};
static struct bma42x bma42x;
static struct nine_dof_driver nine_dof_driver;
static struct nrf52_twim_device pulse_device = {.twim = &twim, .address = HRS3300_ADDRESS};
static const struct hil_i2c pulse_i2c = {&nrf52_twim_ops, &pulse_device};
static struct nrf52_rtc_delay pulse_delay = {.all = &base.delays};
static const struct hil_delay pulse_hil_delay = {&nrf52_rtc_delay_ops, &pulse_delay};
static struct hrs3300 hrs3300;
static struct heart_rate_driver heart_rate_driver;

static const struct driver drivers[] = {
    BASE_DRIVERS,
    BLE_RADIO_DRIVERS,
    {&led_driver_ops, &led_driver},
    {&button_driver_ops, &button_driver},
    {&gpio_driver_ops, &gpio_driver},
    {&adc_driver_ops, &adc_driver},
    {&screen_driver_ops, &screen_driver},
    {&touch_panel_driver_ops, &touch_driver},
    {&nine_dof_driver_ops, &nine_dof_driver},
    {&heart_rate_driver_ops, &heart_rate_driver},
    {&nvm_storage_driver_ops, &nvm_storage_driver},
    {&isolated_storage_driver_ops, &isolated_storage_driver},
    {&pwm_driver_ops, &pwm_driver},
};

static const struct nrf52_interrupt interrupt_rows[] = {
    BASE_INTERRUPTS,
    BLE_RADIO_INTERRUPTS,
    {NRF52_IRQN_SPIM1, nrf52_spim_serve, nrf52_spim_stop_dead, &spim},
    {NRF52_IRQN_TWIM0, nrf52_twim_serve, nrf52_twim_stop_dead, &twim},
    {0, NULL, nrf52_pwm_stop_dead, &motor},
    {NRF52_IRQN_SAADC, nrf52_saadc_serve, nrf52_saadc_stop_dead, &saadc},
};

static void drive_high(struct nrf52_pin *pin)
{
    nrf52_pin_ops.write(pin, true);
    nrf52_pin_ops.make_output(pin);
}

/* The touch panel's reset is on a pin that is the NFC antenna's unless the chip is told. */
void board_prepare(void)
{
    nrf52_uicr_require(NRF52_UICR_NFCPINS, NRF52_UICR_NFCPINS_GPIO);
}

void board_start(void)
{
    drive_high(&button_enable_pin);
    drive_high(&motor_pin);
    led_init(&led_driver, (struct hil_led_list)LIST_OF(leds));
    button_init(&button_driver, (struct hil_button_list)LIST_OF(buttons));
    gpio_init(&gpio_driver, (struct hil_gpio_list)LIST_OF(app_gpios));

    nrf52_saadc_init(&saadc, analog_inputs, COUNT_OF(analog_inputs));
    adc_init(&adc_driver, &adc);

    nrf52_pwm_init(&motor);
    pwm_init(&pwm_driver, (struct hil_pwm_list)LIST_OF(pwms));

    nrf52_spim_init(&spim, &spim_config);
    nrf52_spim_device_init(&display_device);
    nrf52_spim_device_init(&flash_device);
    st7789_init(&display, &display_config);
    screen_init(&screen_driver, &display.screen);
    spi_nor_init(&flash, &flash_config);
    flash_mux_init(&flash_mux, &flash.flash);
    flash_mux_add_port(&flash_mux, &storage_port, STORAGE_START, FLASH_BYTES - STORAGE_START);
    flash_mux_add_port(&flash_mux, &isolated_port, STORAGE_START - ISOLATED_BYTES, ISOLATED_BYTES);
    nvm_pool_init(&storage_pool, &storage_port.flash,
                  (struct hil_flash_notes)LIST_OF(storage_notes));
    nvm_pool_init(&isolated_pool, &isolated_port.flash,
                  (struct hil_flash_notes)LIST_OF(isolated_notes));
    nvm_storage_init(&nvm_storage_driver, &storage_pool, NVM_STORAGE_BLOCKS_EACH_MAX);
    isolated_storage_init(&isolated_storage_driver, &isolated_pool);

    nrf52_twim_init(&twim, &twim_config);
    cst816s_init(&cst816s, &panel_config);
    touch_panel_init(&touch_driver, &cst816s.panel);
    bma42x_init(&bma42x, &accelerometer_i2c, &accelerometer_hil_delay);
    nine_dof_init(&nine_dof_driver, &bma42x.accelerometer);
    hrs3300_init(&hrs3300, &pulse_i2c);
    heart_rate_init(&heart_rate_driver, &hrs3300.pulse, &pulse_hil_delay);

    ble_radio_init();
}

const struct base_board board = {
    .config = {BASE_CONFIG("PineTime", drivers)},
    .console = {.base = NRF52_UARTE0_BASE,
                .tx_pin = 11,
                .rx_pin = 30,
                .baudrate = NRF52_UARTE_BAUD_115200},
    .interrupts = {interrupt_rows, COUNT_OF(interrupt_rows)},
    .thermometer = &base_chip_thermometer,
};
