/*
 * base.h - what every board of this folder stands on: the serial console with its three users, the
 * alarm and delays, random numbers, AES, the chip's thermometer, the edge detectors, and the
 * capsules over them and those that need no device at all; and main. A board's board.c says which
 * pins there are and adds what is its own:
 *
 *   static const struct nrf52_interrupt interrupt_rows[] = {BASE_INTERRUPTS, the board's};
 *   static const struct driver drivers[] = {BASE_DRIVERS, the board's};
 *   const struct base_board board = {.config = {BASE_CONFIG("name", drivers)}, ...};
 */
#ifndef KERNEL_BOARDS_BASE_H
#define KERNEL_BOARDS_BASE_H

#include "kernel/capsules/aes.h"
#include "kernel/capsules/aes_mux.h"
#include "kernel/capsules/alarm.h"
#include "kernel/capsules/app_install.h"
#include "kernel/capsules/app_loader.h"
#include "kernel/capsules/console.h"
#include "kernel/capsules/crc.h"
#include "kernel/capsules/cycle_count.h"
#include "kernel/capsules/eui64.h"
#include "kernel/capsules/hmac.h"
#include "kernel/capsules/low_level_debug.h"
#include "kernel/capsules/process_console.h"
#include "kernel/capsules/process_info.h"
#include "kernel/capsules/rng.h"
#include "kernel/capsules/sha.h"
#include "kernel/capsules/temperature.h"
#include "kernel/capsules/uart_mux.h"
#include "kernel/chips/nrf52/chip.h"
#include "kernel/chips/nrf52/ecb.h"
#include "kernel/chips/nrf52/gpio.h"
#include "kernel/chips/nrf52/nvmc.h"
#include "kernel/chips/nrf52/registers.h"
#include "kernel/chips/nrf52/rng.h"
#include "kernel/chips/nrf52/rtc.h"
#include "kernel/chips/nrf52/rtc_delay.h"
#include "kernel/chips/nrf52/temp.h"
#include "kernel/chips/nrf52/uarte.h"
#include "kernel/core/ipc.h"
#include "kernel/core/kernel.h"
#include "kernel/core/read_only_state.h"

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Instances that all boards have; there is one set, below. */
struct base {
    struct nrf52_gpiote gpiote;
    struct nrf52_uarte uarte;
    struct nrf52_rtc rtc;
    struct nrf52_rtc_delays delays; /* for boards to hang theirs on, too */
    struct nrf52_rng rng;
    struct nrf52_temp temp;
    struct nrf52_ecb ecb;
    struct nrf52_rtc_delay install_delay;
    struct nrf52_nvmc_window app_window;
    struct hil_flash app_flash;
    struct app_control_user loader_user, install_user;
    struct alarm_driver alarm_driver;
    struct app_loader_driver app_loader_driver;
    struct app_install app_install;
    struct console_driver console_driver;
    struct rng_driver rng_driver;
    struct aes_mux aes_mux;
    struct aes_mux_port aes_port;
    struct aes_driver aes_driver;
    struct crc_driver crc_driver;
    struct cycle_count_driver cycle_count_driver;
    struct nrf52_rtc_delay cycle_count_delay;
    struct eui64_driver eui64_driver;
    struct hmac_driver hmac_driver;
    struct sha_driver sha_driver;
    struct sensor_driver temperature_driver;
    struct uart_mux uart_mux;
    struct uart_mux_port debug_port, console_port, process_console_port, install_port;
    struct process_console process_console;
};
extern struct base base;
/* The counter behind the alarm driver; the read-only state shows its ticks. */
extern const struct hil_alarm base_alarm;

/* Pins: BASE_PIN(13) is P0.13, BASE_PIN(NRF52_P1(6)) is P1.06. A pin whose interrupt an app may
 * enable as it likes leaves the first `reserved` detectors to others. */
#define BASE_PIN(pin_number)                                                                       \
    {                                                                                              \
        .number = (pin_number), .gpiote = &base.gpiote                                             \
    }
#define BASE_APP_PIN(pin_number, reserved)                                                         \
    {                                                                                              \
        .number = (pin_number), .first_channel = (reserved), .gpiote = &base.gpiote                \
    }

/* What the drivers for LED, button and GPIO want: an LED that is lit while its pin is low, a button
 * that pulls its pin low and has no resistor of its own. */
#define BASE_LED(led_pin)                                                                          \
    {                                                                                              \
        .pin = {&nrf52_pin_ops, (led_pin)}, .active_low = true                                     \
    }
#define BASE_BUTTON(button_pin)                                                                    \
    {                                                                                              \
        .pin = {&nrf52_pin_ops, (button_pin)}, .active_low = true, .pull = HIL_GPIO_PULL_UP        \
    }
#define BASE_APP_GPIO(app_pin)                                                                     \
    {                                                                                              \
        &nrf52_pin_ops, (app_pin)                                                                  \
    }

/* Rows of tables that the board owns: struct nrf52_interrupt, struct driver. */
#define BASE_INTERRUPTS                                                                            \
    {NRF52_IRQN_RTC1, nrf52_rtc_serve, nrf52_rtc_stop_dead, &base.rtc},                            \
        {NRF52_IRQN_RTC1, nrf52_rtc_delays_serve, nrf52_rtc_delays_stop_dead, &base.delays},       \
        {NRF52_IRQN_ECB, nrf52_ecb_serve, NULL, &base.ecb},                                        \
        {NRF52_IRQN_UARTE0, nrf52_uarte_serve, nrf52_uarte_stop_dead, &base.uarte},                \
        {NRF52_IRQN_GPIOTE, nrf52_gpiote_serve, nrf52_gpiote_stop_dead, &base.gpiote},             \
        {NRF52_IRQN_RNG, nrf52_rng_serve, nrf52_rng_stop_dead, &base.rng},                         \
    {                                                                                              \
        NRF52_IRQN_TEMP, nrf52_temp_serve, NULL, &base.temp                                        \
    }

#define BASE_DRIVERS                                                                               \
    {&alarm_driver_ops, &base.alarm_driver}, {&console_driver_ops, &base.console_driver},          \
        {&rng_driver_ops, &base.rng_driver}, {&temperature_driver_ops, &base.temperature_driver},  \
        {&aes_driver_ops, &base.aes_driver}, {&crc_driver_ops, &base.crc_driver},                  \
        {&cycle_count_driver_ops, &base.cycle_count_driver},                                       \
        {&eui64_driver_ops, &base.eui64_driver}, {&hmac_driver_ops, &base.hmac_driver},            \
        {&sha_driver_ops, &base.sha_driver}, {&app_loader_driver_ops, &base.app_loader_driver},    \
        {&process_info_driver_ops, NULL}, {&ipc_driver_ops, NULL},                                 \
        {&read_only_state_driver_ops, (void *)&base_alarm},                                        \
    {                                                                                              \
        &low_level_debug_driver_ops, NULL                                                          \
    }

/* Of every board's linker script. */
extern const uint8_t kernel_text_start[], kernel_text_end[];
extern const uint8_t kernel_capsules_start[], kernel_capsules_end[];
extern const uint8_t kernel_stack_bottom[], kernel_stack_top[];
extern const uint8_t kernel_data_start[], kernel_bss_end[];
extern const uint8_t app_flash_start[], app_flash_end[], app_ram_start[], app_ram_end[];
extern const uint8_t data_flash_start[], data_flash_end[]; /* for lasting data: whole pages */

/* base.c: for BASE_CONFIG only. */
extern const struct kernel_chip base_chip;
extern const struct kernel_fault_rule base_fault_rules[1];

/* A build may choose another for a board. */
#ifndef BASE_SCHEDULER
#define BASE_SCHEDULER scheduler_round_robin
#endif

/* So may a board: the array of its rules, defined before this file is included. */
#ifndef BASE_FAULT_RULES
#define BASE_FAULT_RULES base_fault_rules
#endif

/* The fields of struct kernel_config. `driver_rows` is the board's array. */
#define BASE_CONFIG(name, driver_rows)                                                             \
    .board_name = SLICE_OF_TEXT(name),                                                             \
    .bounds =                                                                                      \
        {                                                                                          \
            .text_start = kernel_text_start,                                                       \
            .text_end = kernel_text_end,                                                           \
            .capsules_start = kernel_capsules_start,                                               \
            .capsules_end = kernel_capsules_end,                                                   \
            .stack_start = kernel_stack_bottom,                                                    \
            .stack_end = kernel_stack_top,                                                         \
            .data_start = kernel_data_start,                                                       \
            .data_end = kernel_bss_end,                                                            \
            .app_flash_start = app_flash_start,                                                    \
            .app_flash_end = app_flash_end,                                                        \
            .app_ram_start = app_ram_start,                                                        \
            .app_ram_end = app_ram_end,                                                            \
    },                                                                                             \
    .chip = &base_chip, .drivers = (driver_rows), .driver_count = COUNT_OF(driver_rows),           \
    .fault_rules = BASE_FAULT_RULES, .fault_rule_count = COUNT_OF(BASE_FAULT_RULES),               \
    .scheduler = &BASE_SCHEDULER, .slice_us = 10000, .debug_uart = &base.debug_port.uart,          \
    .report_loading = true, .enforce_permissions = true, .app_flash = &base.app_flash

/* What driver 0x60000 measures on a board without a better sensor: the chip. */
extern const struct hil_sensor base_chip_thermometer;

struct base_board {
    struct kernel_config config;
    struct nrf52_uarte_config console;
    struct nrf52_interrupts interrupts;
    const struct hil_sensor *thermometer;
};

/* The one board that is linked: its file defines them. base.c has main. */
extern const struct base_board board;
/* Sets the board's own devices and capsules up, that of `board.thermometer` among them; after those
 * of the base and before interrupts are served. */
void board_start(void);
/* What must come first of all, before any pin is used. A board may do without: the linker puts a
 * NOP where a function that is nowhere would be called. */
void board_prepare(void) __attribute__((weak));

#endif
