#include "kernel/boards/base.h"

#include <stddef.h>

#include "kernel/arch/arch.h"
#include "kernel/arch/cortex_m/dwt.h"
#include "kernel/core/info.h"

struct base base;

/* For who looks at the alarms from outside: see kernel/core/info.c. */
INFO_RECORDS(alarm_records) = {
    {"alarm.grant", INFO_ADDRESS(&alarm_driver_ops.grant), sizeof(void *), 1},
    INFO_FIELD("alarm.reference", struct alarm_process, reference),
    INFO_FIELD("alarm.dt", struct alarm_process, dt),
    INFO_FIELD("alarm.armed", struct alarm_process, armed),
    {"alarm.counter", NRF52_RTC_COUNTER_ADDRESS, sizeof(uint32_t), 1},
    {"alarm.counter_bits", NRF52_RTC_WIDTH_BITS, 0, 1},
};

static const struct hil_uart uart = {.ops = &nrf52_uarte_ops, .self = &base.uarte};
const struct hil_alarm base_alarm = {&nrf52_rtc_ops, &base.rtc, NRF52_RTC_FREQUENCY_HZ,
                                     NRF52_RTC_WIDTH_BITS};
const struct hil_sensor base_chip_thermometer = {&nrf52_temp_ops, &base.temp, NULL};
static const struct hil_entropy entropy = {&nrf52_rng_ops, &base.rng};
static const struct hil_cycle_counter cycle_counter = {&dwt_cycle_counter_ops, NULL};
static const struct hil_delay cycle_count_delay = {&nrf52_rtc_delay_ops, &base.cycle_count_delay};
static const struct hil_aes aes = {&nrf52_ecb_ops, &base.ecb, NULL};

static void serve_interrupts(void)
{
    nrf52_interrupts_serve(&board.interrupts);
}

static void stop_dead(void)
{
    nrf52_interrupts_stop_dead(&board.interrupts);
}

static void write_now(struct const_slice bytes)
{
    nrf52_uarte_write_now(&base.uarte, bytes);
}

const struct kernel_chip base_chip = {serve_interrupts, write_now, stop_dead};

/* An app that faults is started again a few times, then left alone: the others go on. */
const struct kernel_fault_rule base_fault_rules[1] = {{NULL, KERNEL_FAULT_THRESHOLD_RESTART, 2}};

static const struct hil_delay install_delay = {&nrf52_rtc_delay_ops, &base.install_delay};

static void prepare_app_flash(void)
{
    uint32_t start = (uint32_t)(uintptr_t)app_flash_start;
    uint32_t size_bytes = (uint32_t)(uintptr_t)app_flash_end - start;
    nrf52_nvmc_window_init(&base.app_window, start, size_bytes);
    base.app_flash = (struct hil_flash){&nrf52_nvmc_ops, &base.app_window, NULL, size_bytes};
}

static void start_capsules(void)
{
    uart_mux_init(&base.uart_mux, &uart);
    uart_mux_add_port(&base.uart_mux, &base.debug_port);
    uart_mux_add_port(&base.uart_mux, &base.console_port);
    uart_mux_add_port(&base.uart_mux, &base.process_console_port);
    uart_mux_add_port(&base.uart_mux, &base.install_port);
    console_init(&base.console_driver, &base.console_port.uart);
    process_console_init(&base.process_console, &base.process_console_port.uart);
    base.install_delay.all = &base.delays;
    app_install_init(&base.app_install, &base.install_port.uart, &base.install_port.input,
                     &install_delay, &base.install_user);
    app_loader_init(&base.app_loader_driver, &base.loader_user);
    alarm_init(&base.alarm_driver, &base_alarm);
    rng_init(&base.rng_driver, &entropy);
    aes_mux_init(&base.aes_mux, &aes);
    aes_mux_add_port(&base.aes_mux, &base.aes_port);
    aes_init(&base.aes_driver, &base.aes_port.aes);
    crc_init(&base.crc_driver);
    base.cycle_count_delay.all = &base.delays;
    cycle_count_init(&base.cycle_count_driver, &cycle_counter, &cycle_count_delay);
    eui64_init(&base.eui64_driver, nrf52_device_id());
    hmac_init(&base.hmac_driver);
    sha_init(&base.sha_driver);
}

int main(void);
int main(void)
{
    board_prepare();
    arch_init();
    nrf52_uarte_init(&base.uarte, &board.console);
    nrf52_clocks_start();
    nrf52_rtc_init(&base.rtc);
    kernel_init(&board.config);
    prepare_app_flash();
    start_capsules();
    board_start();
    temperature_init(&base.temperature_driver, board.thermometer);
    nrf52_interrupts_enable(&board.interrupts);

    kernel_recover_apps();
    kernel_load_processes();
    kernel_run();
}
