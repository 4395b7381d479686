/* An nRF52-DK whose kernel has a capsule that traps when it is told to. For tests only. */
#define BASE_FAULT_RULES fault_rules
#include "kernel/boards/base.h"
#include "kernel/boards/trap_test/trapper.h"
#include "kernel/capsules/led.h"
#include "kernel/chips/nrf52/pwm.h"
#include "kernel/chips/nrf52/spim.h"

/* The policies that no other board has: tests/system/life.lua. */
static const struct kernel_fault_rule fault_rules[] = {
    {"trespass-kernel", KERNEL_FAULT_STOP_WITH_DEBUG, 0},
    {"trespass-neighbour", KERNEL_FAULT_RESTART_WITH_DEBUG, 0},
    {"trespass-grants", KERNEL_FAULT_PANIC, 0},
    {NULL, KERNEL_FAULT_THRESHOLD_RESTART, 2},
};

static struct nrf52_pin led_pins[] = {BASE_PIN(17), BASE_PIN(18)};
static const struct hil_led leds[] = {BASE_LED(&led_pins[0]), BASE_LED(&led_pins[1])};
static struct led_driver led_driver;
static struct nrf52_rtc_delay delay = {.all = &base.delays};
static const struct hil_delay hil_delay = {&nrf52_rtc_delay_ops, &delay};

/* A pin that never comes to rest: edges come faster than they are served. */
#define STORM_PIN 3
#define STORM_HZ  160000u
static struct nrf52_pwm storm_source = {.base = NRF52_PWM0_BASE, .pin = STORM_PIN};
static struct nrf52_pin storm_pin = BASE_PIN(STORM_PIN);
static const struct hil_gpio storm = {&nrf52_pin_ops, &storm_pin};

/* A bus of two devices, neither of which is there. */
static struct nrf52_spim spim;
static const struct nrf52_spim_config spim_config = {
    .base = NRF52_SPIM0_BASE, .sck_pin = 22, .mosi_pin = 23, .miso_pin = 24};
static struct nrf52_pin select_pins[] = {BASE_PIN(25), BASE_PIN(26)};
#define SPI_HZ 125000u
static struct nrf52_spim_device trapper_device = {.spim = &spim,
                                                  .select = &select_pins[0],
                                                  .mode = {.frequency_hz = SPI_HZ}},
                                neighbour_device = {.spim = &spim,
                                                    .select = &select_pins[1],
                                                    .mode = {.frequency_hz = SPI_HZ}};
static const struct hil_spi trapper_spi = {&nrf52_spim_ops, &trapper_device},
                            neighbour_spi = {&nrf52_spim_ops, &neighbour_device};

static const struct trapper_devices trapper_devices = {&hil_delay, &storm, &trapper_spi};

static struct trapper trapper;
static struct neighbour neighbour;
static struct link to_trapper, to_neighbour;
static struct link_client trapper_as_client, neighbour_as_client;

void board_trap(void)
{
    __builtin_trap();
}

static const struct driver drivers[] = {
    BASE_DRIVERS,
    {&led_driver_ops, &led_driver},
    {&trapper_driver_ops, &trapper},
    {&neighbour_driver_ops, &neighbour},
};

static const struct nrf52_interrupt interrupt_rows[] = {
    BASE_INTERRUPTS,
    {NRF52_IRQN_SPIM0, nrf52_spim_serve, nrf52_spim_stop_dead, &spim},
};

void board_start(void)
{
    nrf52_pwm_init(&storm_source);
    (void)nrf52_pwm_ops.start(&storm_source, STORM_HZ, HIL_PWM_DUTY_MAX / 2);
    nrf52_spim_init(&spim, &spim_config);
    nrf52_spim_device_init(&trapper_device);
    nrf52_spim_device_init(&neighbour_device);
    led_init(&led_driver, (struct hil_led_list)LIST_OF(leds));
    to_trapper = trapper_link(&trapper);
    trapper_as_client = trapper_client(&trapper);
    to_neighbour = neighbour_link(&neighbour);
    neighbour_as_client = neighbour_client(&neighbour);
    trapper_init(&trapper, &to_neighbour, &neighbour_as_client, &trapper_devices);
    neighbour_init(&neighbour, &to_trapper, &trapper_as_client, &neighbour_spi);
}

const struct base_board board = {
    .config = {BASE_CONFIG("trap test", drivers)},
    .console = {.base = NRF52_UARTE0_BASE,
                .tx_pin = 6,
                .rx_pin = 8,
                .baudrate = NRF52_UARTE_BAUD_115200},
    .interrupts = {interrupt_rows, COUNT_OF(interrupt_rows)},
    .thermometer = &base_chip_thermometer,
};
