#include "peripherals/catalogue.h"

#include <string.h>

#include "peripherals/nrf52/ccm_aar.h"
#include "peripherals/nrf52/clock_power.h"
#include "peripherals/nrf52/comp.h"
#include "peripherals/nrf52/ecb.h"
#include "peripherals/nrf52/egu.h"
#include "peripherals/nrf52/errata.h"
#include "peripherals/nrf52/ficr.h"
#include "peripherals/nrf52/gpio.h"
#include "peripherals/nrf52/gpiote.h"
#include "peripherals/nrf52/mwu.h"
#include "peripherals/nrf52/nvmc.h"
#include "peripherals/nrf52/ppi.h"
#include "peripherals/nrf52/radio.h"
#include "peripherals/nrf52/pwm.h"
#include "peripherals/nrf52/qdec.h"
#include "peripherals/nrf52/qspi.h"
#include "peripherals/nrf52/rng.h"
#include "peripherals/nrf52/rtc.h"
#include "peripherals/nrf52/serial_box.h"
#include "peripherals/nrf52/saadc.h"
#include "peripherals/nrf52/temp.h"
#include "peripherals/nrf52/timer.h"
#include "peripherals/nrf52/uarte.h"
#include "peripherals/nrf52/uicr.h"
#include "peripherals/nrf52/usbd.h"
#include "peripherals/nrf52/wdt.h"
#include "peripherals/parts/bh1750.h"
#include "peripherals/parts/bma42x.h"
#include "peripherals/parts/battery.h"
#include "peripherals/parts/button.h"
#include "peripherals/parts/buzzer.h"
#include "peripherals/parts/cst816s.h"
#include "peripherals/parts/hrs3300.h"
#include "peripherals/parts/jumper.h"
#include "peripherals/parts/encoder.h"
#include "peripherals/parts/led.h"
#include "peripherals/parts/motor.h"
#include "peripherals/parts/potentiometer.h"
#include "peripherals/parts/radio_peer.h"
#include "peripherals/parts/sht3x.h"
#include "peripherals/parts/nor_flash.h"
#include "peripherals/parts/st7789.h"
#include "peripherals/parts/touch_key.h"
#include "peripherals/parts/usb_host.h"
#include "peripherals/parts/uart_peer.h"

#define PART_NUMBER_BASE  0xF0000000U
#define PART_NUMBER_FIRST 0xF0000FE0U
#define PART_NUMBER_LAST  0xF0000FECU

static const struct catalogue_entry entries[] = {
    {"nordic,nrf-clock", &nrf52_clock_power_class},
    {"nordic,nrf-power", &nrf52_clock_power_class},
    {"nordic,nrf-ficr", &nrf52_ficr_class},
    {"nordic,nrf-uicr", &nrf52_uicr_class},
    {"nordic,nrf52-flash-controller", &nrf52_nvmc_class},
    {"nordic,nrf-rng", &nrf52_rng_class},
    {"nordic,nrf-temp", &nrf52_temp_class},
    {"nordic,nrf-wdt", &nrf52_wdt_class},
    {"nordic,nrf-gpio", &nrf52_gpio_class},
    {"nordic,nrf-gpiote", &nrf52_gpiote_class},
    {"nordic,nrf-ppi", &nrf52_ppi_class},
    {"nordic,nrf-uarte", &nrf52_uarte_class},
    {"nordic,nrf-uart", &nrf52_uarte_class},
    {"nordic,nrf-spi", &nrf52_serial_box_class},
    {"nordic,nrf-spim", &nrf52_serial_box_class},
    {"nordic,nrf-spis", &nrf52_serial_box_class},
    {"nordic,nrf-qspi", &nrf52_qspi_class},
    {"nordic,nrf-twi", &nrf52_serial_box_class},
    {"nordic,nrf-twim", &nrf52_serial_box_class},
    {"nordic,nrf-twis", &nrf52_serial_box_class},
    {"nordic,nrf-timer", &nrf52_timer_class},
    {"nordic,nrf-rtc", &nrf52_rtc_class},
    {"nordic,nrf-ecb", &nrf52_ecb_class},
    {"nordic,nrf-radio", &nrf52_radio_class},
    {"nordic,nrf-ccm", &nrf52_ccm_aar_class},
    {"nordic,nrf-egu", &nrf52_egu_class},
    {"nordic,nrf-saadc", &nrf52_saadc_class},
    {"nordic,nrf-comp", &nrf52_comp_class},
    {"nordic,nrf-pwm", &nrf52_pwm_class},
    {"nordic,nrf-qdec", &nrf52_qdec_class},
    {"nordic,nrf-lpcomp", &nrf52_comp_class},
    {"nordic,nrf-mwu", &nrf52_mwu_class},
    {"nordic,nrf-usbd", &nrf52_usbd_class},
    {"sandglass,usb-host", &part_usb_host_class},
    {"gpio-leds", &part_led_class},
    {"pwm-leds", &part_led_class},
    {"gpio-vibrator", &part_motor_class},
    {"pwm-vibrator", &part_motor_class},
    {"gpio-beeper", &part_buzzer_class},
    {"pwm-beeper", &part_buzzer_class},
    {"sandglass,potentiometer", &part_potentiometer_class},
    {"voltage-divider", &part_battery_class},
    {"gpio-qdec", &part_encoder_class},
    {"gpio-keys", &part_button_class},
    {"sitronix,st7789v", &part_st7789_class},
    {"jedec,spi-nor", &part_nor_flash_class},
    {"nordic,qspi-nor", &part_nor_flash_class},
    {"sandglass,jumper", &part_jumper_class},
    {"sandglass,touch-pad", &part_touch_key_class},
    {"sandglass,uart-peer", &part_uart_peer_class},
    {"sandglass,radio-peer", &part_radio_peer_class},
    {"hynitron,cst816s", &part_cst816s_class},
    {"bosch,bma421", &part_bma421_class},
    {"bosch,bma423", &part_bma423_class},
    {"bosch,bma4xx", &part_bma42x_class},
    {"tyhx,hrs3300", &part_hrs3300_class},
    {"tian-yi-he-xin-hrs3300", &part_hrs3300_class}, /* in Zephyr's pinetime_devkit0 */
    {"hx,hrs3300", &part_hrs3300_class},             /* in Zephyr drivers written for PineTime */
    {"sensirion,sht3xd", &part_sht3x_class},
    {"rohm,bh1750", &part_bh1750_class},
};

const struct device_class *catalogue_find(const char *compatible)
{
    for (size_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
        if (strcmp(entries[i].compatible, compatible) == 0) {
            return entries[i].device_class;
        }
    }
    return NULL;
}

const struct catalogue_entry *catalogue_entries(size_t *count)
{
    *count = sizeof entries / sizeof entries[0];
    return entries;
}

/* Identification words read what the table of absent windows says. */
static uint32_t part_number(const char *chip, uint32_t address)
{
    size_t count;
    const struct catalogue_absent *absent = catalogue_absent_entries(&count);
    for (size_t i = 0; i < count; i++) {
        if (absent[i].base != PART_NUMBER_BASE || strcmp(absent[i].chip, chip) != 0) {
            continue;
        }
        for (size_t k = 0; k < absent[i].register_count; k++) {
            if (absent[i].registers[k].offset == address - PART_NUMBER_BASE) {
                return absent[i].registers[k].reset_value;
            }
        }
    }
    return 0;
}

static bool quirk_of(const char *chip, uint32_t address, uint32_t *value)
{
    uint32_t word = address & ~3U;
    if (word >= PART_NUMBER_FIRST && word <= PART_NUMBER_LAST) {
        *value = part_number(chip, word);
        return true;
    }
    return nrf52_errata_get(word, value);
}

static bool nrf52832_quirk(uint32_t address, uint32_t *value)
{
    return quirk_of("nrf52832", address, value);
}

static bool nrf52840_quirk(uint32_t address, uint32_t *value)
{
    return quirk_of("nrf52840", address, value);
}

catalogue_quirk *catalogue_find_quirk(const char *chip)
{
    if (strcmp(chip, "nrf52832") == 0) {
        return nrf52832_quirk;
    }
    return strcmp(chip, "nrf52840") == 0 ? nrf52840_quirk : NULL;
}
