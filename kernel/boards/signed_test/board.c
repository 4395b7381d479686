/* An nRF52840-DK whose kernel loads what is signed with the key of tests/system/keys/board.pem, and
 * nothing else. That key is public: for tests only, and as an example of a board that checks. */
#include "kernel/boards/base.h"
#include "kernel/capsules/app_credentials.h"
#include "kernel/core/loader.h"
#include "kernel/capsules/led.h"

static struct nrf52_pin led_pins[] = {BASE_PIN(13), BASE_PIN(14), BASE_PIN(15), BASE_PIN(16)};
#define LED(n) BASE_LED(&led_pins[n])
static const struct hil_led leds[] = {LED(0), LED(1), LED(2), LED(3)};
static struct led_driver led_driver;

/* openssl ec -in KEY.pem -pubout -outform DER | tail -c 64 */
static const struct hil_credential_key keys[] = {
    {{0xB3, 0xDA, 0x23, 0x99, 0x36, 0x1A, 0x18, 0xFD, 0xBF, 0x4B, 0x96, 0x49, 0x5F,
      0x14, 0x40, 0xD3, 0x1C, 0xBA, 0x41, 0x37, 0xB4, 0xAB, 0xEE, 0x63, 0xD8, 0xEF,
      0x2A, 0x6F, 0x6B, 0x66, 0x05, 0x61, 0x25, 0xA4, 0x4E, 0x5A, 0x32, 0x98, 0xB5,
      0xAB, 0x28, 0x19, 0xA9, 0x17, 0xB1, 0xB5, 0x02, 0x13, 0x3A, 0x96, 0x81, 0xDB,
      0x12, 0xEC, 0xA0, 0x5D, 0x75, 0xD2, 0xAC, 0x4C, 0x5C, 0x0A, 0x41, 0xF2}},
};
static const struct app_credentials_config credentials_config = {.keys = LIST_OF(keys)};
static struct app_credentials credentials;
static const struct kernel_credentials credentials_checked = {
    &credentials.credential, KERNEL_CREDENTIALS_REQUIRED, &loader_credentials};

static const struct driver drivers[] = {
    BASE_DRIVERS,
    {&led_driver_ops, &led_driver},
};

static const struct nrf52_interrupt interrupt_rows[] = {BASE_INTERRUPTS};

void board_start(void)
{
    led_init(&led_driver, (struct hil_led_list)LIST_OF(leds));
    app_credentials_init(&credentials, &credentials_config);
}

const struct base_board board = {
    .config = {BASE_CONFIG("nRF52840-DK, signed apps only", drivers),
               .credentials = &credentials_checked},
    .console = {.base = NRF52_UARTE0_BASE,
                .tx_pin = 6,
                .rx_pin = 8,
                .baudrate = NRF52_UARTE_BAUD_115200},
    .interrupts = {interrupt_rows, COUNT_OF(interrupt_rows)},
    .thermometer = &base_chip_thermometer,
};
