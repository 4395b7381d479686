/* The nRF52-DK: which pin is what, which capsules there are, and how they hang together. */
#include "kernel/arch/arch.h"
#include "kernel/capsules/alarm.h"
#include "kernel/capsules/button.h"
#include "kernel/capsules/console.h"
#include "kernel/capsules/gpio.h"
#include "kernel/capsules/led.h"
#include "kernel/capsules/low_level_debug.h"
#include "kernel/capsules/process_console.h"
#include "kernel/capsules/process_info.h"
#include "kernel/capsules/rng.h"
#include "kernel/capsules/temperature.h"
#include "kernel/capsules/touch.h"
#include "kernel/capsules/uart_mux.h"
#include "kernel/chips/nrf52/chip.h"
#include "kernel/chips/nrf52/gpio.h"
#include "kernel/chips/nrf52/registers.h"
#include "kernel/chips/nrf52/rng.h"
#include "kernel/chips/nrf52/rtc.h"
#include "kernel/chips/nrf52/temp.h"
#include "kernel/chips/nrf52/uarte.h"
#include "kernel/core/kernel.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

int main(void);

/* Pins, all of port 0. */
static struct nrf52_gpiote gpiote;
#define PIN(n)                                                                                     \
    {                                                                                              \
        .number = (n), .gpiote = &gpiote                                                           \
    }
static struct nrf52_pin led_pins[] = {PIN(17), PIN(18), PIN(19), PIN(20)};
static struct nrf52_pin button_pins[] = {PIN(13), PIN(14), PIN(15), PIN(16)};
static struct nrf52_pin touch_pin = PIN(24);
/* What is left on the Arduino headers, for apps. However many interrupts they enable there, buttons
 * and touch key find a detector each. */
#define APP_FIRST_CHANNEL (COUNT_OF(button_pins) + 1u)
#define HEADER_PIN(n)                                                                              \
    {                                                                                              \
        .number = (n), .first_channel = APP_FIRST_CHANNEL, .gpiote = &gpiote                       \
    }
static struct nrf52_pin app_pins[] = {HEADER_PIN(3),  HEADER_PIN(4),  HEADER_PIN(28),
                                      HEADER_PIN(29), HEADER_PIN(30), HEADER_PIN(31),
                                      HEADER_PIN(22), HEADER_PIN(23)};

static struct nrf52_uarte uarte;
static const struct nrf52_uarte_config uarte_config = {
    .tx_pin = 6, .rx_pin = 8, .baudrate = NRF52_UARTE_BAUD_115200};
static const struct hil_uart uart = {&nrf52_uarte_ops, &uarte};

static struct nrf52_rtc rtc;
static const struct hil_alarm alarm = {&nrf52_rtc_ops, &rtc, NRF52_RTC_FREQUENCY_HZ,
                                       NRF52_RTC_WIDTH_BITS};
static struct nrf52_rng rng;
static const struct hil_entropy entropy = {&nrf52_rng_ops, &rng};
static struct nrf52_temp temp;
static const struct hil_temperature thermometer = {&nrf52_temp_ops, &temp};

static const struct nrf52_interrupt interrupt_rows[] = {
    {NRF52_IRQN_RTC1, nrf52_rtc_serve, &rtc},
    {NRF52_IRQN_UARTE0, nrf52_uarte_serve, &uarte},
    {NRF52_IRQN_GPIOTE, nrf52_gpiote_serve, &gpiote},
    {NRF52_IRQN_RNG, nrf52_rng_serve, &rng},
    {NRF52_IRQN_TEMP, nrf52_temp_serve, &temp},
};
static const struct nrf52_interrupts interrupts = {interrupt_rows, COUNT_OF(interrupt_rows)};

/* LEDs and buttons are active low; the touch key's chip drives its pin high. */
#define LED(n)                                                                                     \
    {                                                                                              \
        .pin = {&nrf52_pin_ops, &led_pins[n]}, .active_low = true                                  \
    }
static const struct hil_led leds[] = {LED(0), LED(1), LED(2), LED(3)};

static struct button_driver button_driver;
#define BUTTON(n)                                                                                  \
    {                                                                                              \
        .button = {.pin = {&nrf52_pin_ops, &button_pins[n]},                                       \
                   .active_low = true,                                                             \
                   .pull = HIL_GPIO_PULL_UP},                                                      \
        .client = BUTTON_CLIENT(&button_driver, n)                                                 \
    }
static const struct button_slot buttons[] = {BUTTON(0), BUTTON(1), BUTTON(2), BUTTON(3)};

static struct gpio_driver gpio_driver;
#define APP_PIN(n)                                                                                 \
    {                                                                                              \
        .pin = {&nrf52_pin_ops, &app_pins[n]}, .client = GPIO_CLIENT(&gpio_driver, n)              \
    }
static const struct gpio_slot app_gpios[] = {APP_PIN(0), APP_PIN(1), APP_PIN(2), APP_PIN(3),
                                             APP_PIN(4), APP_PIN(5), APP_PIN(6), APP_PIN(7)};

static const struct hil_button touch_key = {
    .pin = {&nrf52_pin_ops, &touch_pin}, .active_low = false, .pull = HIL_GPIO_PULL_NONE};

static struct alarm_driver alarm_driver;
static struct led_driver led_driver;
static struct process_info_driver process_info_driver;
static struct rng_driver rng_driver;
static struct temperature_driver temperature_driver;
static struct touch_driver touch_driver;
static struct uart_mux uart_mux;
static struct uart_mux_port debug_port, console_port, process_console_port;
static struct console_driver console_driver;
static struct process_console process_console;

/* The busiest first. */
static const struct driver drivers[] = {
    {&alarm_driver_ops, &alarm_driver},
    {&console_driver_ops, &console_driver},
    {&led_driver_ops, &led_driver},
    {&button_driver_ops, &button_driver},
    {&gpio_driver_ops, &gpio_driver},
    {&rng_driver_ops, &rng_driver},
    {&temperature_driver_ops, &temperature_driver},
    {&touch_driver_ops, &touch_driver},
    {&process_info_driver_ops, &process_info_driver},
    {&low_level_debug_driver_ops, NULL},
};

static void serve_interrupts(void)
{
    nrf52_interrupts_serve(&interrupts);
}

static void write_now(struct const_slice bytes)
{
    nrf52_uarte_write_now(&uarte, bytes);
}

static const struct kernel_chip chip = {serve_interrupts, write_now};

/* An app that faults is started again a few times, then left alone: the others go on. */
static const struct kernel_fault_rule fault_rules[] = {{NULL, KERNEL_FAULT_RESTART, 3}};

extern const uint8_t kernel_text_start[], kernel_text_end[];
extern const uint8_t kernel_stack_bottom[], kernel_stack_top[];
extern const uint8_t kernel_data_start[], kernel_bss_end[];
extern const uint8_t app_flash_start[], app_flash_end[], app_ram_start[], app_ram_end[];

static const struct kernel_config config = {
    .board_name = "nRF52-DK",
    .bounds =
        {
            .text_start = kernel_text_start,
            .text_end = kernel_text_end,
            .stack_start = kernel_stack_bottom,
            .stack_end = kernel_stack_top,
            .data_start = kernel_data_start,
            .data_end = kernel_bss_end,
            .app_flash_start = app_flash_start,
            .app_flash_end = app_flash_end,
            .app_ram_start = app_ram_start,
            .app_ram_end = app_ram_end,
        },
    .chip = &chip,
    .drivers = drivers,
    .driver_count = COUNT_OF(drivers),
    .fault_rules = fault_rules,
    .fault_rule_count = COUNT_OF(fault_rules),
    .slice_us = 10000,
    .debug_uart = &debug_port.uart,
    .report_loading = true,
    .enforce_permissions = true,
};

static void start_capsules(void)
{
    uart_mux_init(&uart_mux, &uart);
    uart_mux_add_port(&uart_mux, &debug_port);
    uart_mux_add_port(&uart_mux, &console_port);
    uart_mux_add_port(&uart_mux, &process_console_port);
    console_init(&console_driver, &console_port.uart);
    process_console_init(&process_console, &process_console_port.uart);
    /* Nobody: a name is its author's choice, and this board checks no credentials. */
    process_info_init(&process_info_driver, (struct const_slice){NULL, 0});
    alarm_init(&alarm_driver, &alarm);
    led_init(&led_driver, leds, COUNT_OF(leds));
    button_init(&button_driver, buttons, COUNT_OF(buttons));
    gpio_init(&gpio_driver, app_gpios, COUNT_OF(app_gpios));
    rng_init(&rng_driver, &entropy);
    temperature_init(&temperature_driver, &thermometer);
    touch_init(&touch_driver, &touch_key);
}

int main(void)
{
    arch_init();
    nrf52_uarte_init(&uarte, &uarte_config);
    nrf52_clocks_start();
    nrf52_rtc_init(&rtc);
    kernel_init(&config);
    start_capsules();
    nrf52_interrupts_enable(&interrupts);

    kernel_load_processes();
    kernel_run();
}
