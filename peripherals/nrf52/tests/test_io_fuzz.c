/* Whatever a guest writes, wherever and whenever: no device of the I/O group reads or writes out of
 * bounds, overflows, or stops time; and the interrupt line stays what the registers say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/tests/io_bench.h"
#include "peripherals/nrf52/ccm_aar.h"
#include "peripherals/nrf52/comp.h"
#include "peripherals/nrf52/egu.h"
#include "peripherals/nrf52/gpio.h"
#include "peripherals/nrf52/gpiote.h"
#include "peripherals/nrf52/mwu.h"
#include "peripherals/nrf52/ppi.h"
#include "peripherals/nrf52/qspi.h"
#include "peripherals/nrf52/radio.h"
#include "peripherals/nrf52/pwm.h"
#include "peripherals/nrf52/qdec.h"
#include "peripherals/nrf52/rtc.h"
#include "peripherals/nrf52/saadc.h"
#include "peripherals/nrf52/serial_box.h"
#include "peripherals/nrf52/timer.h"
#include "peripherals/nrf52/uarte.h"
#include "peripherals/nrf52/usbd.h"

#define STEPS 40000U

static const struct target {
    const struct device_class *device_class;
    uint32_t base;
    bool has_irq;
} targets[] = {
    {&nrf52_gpio_class, 0x50000000, false},      {&nrf52_gpiote_class, 0x40006000, true},
    {&nrf52_ppi_class, 0x4001F000, false},       {&nrf52_uarte_class, 0x40002000, true},
    {&nrf52_timer_class, 0x40008000, true},      {&nrf52_rtc_class, 0x4000B000, true},
    {&nrf52_serial_box_class, 0x40003000, true}, {&nrf52_egu_class, 0x40014000, true},
    {&nrf52_saadc_class, 0x40007000, true},      {&nrf52_comp_class, 0x40013000, true},
    {&nrf52_radio_class, 0x40001000, true},      {&nrf52_pwm_class, 0x4001C000, true},
    {&nrf52_qdec_class, 0x40012000, true},       {&nrf52_qspi_class, 0x40029000, true},
    {&nrf52_ccm_aar_class, 0x4000F000, true},    {&nrf52_usbd_class, 0x40027000, true},
    {&nrf52_mwu_class, 0x40020000, true},
};

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

/* Mostly small values and single bits, which mean something to registers, and sometimes anything.
 */
static uint32_t random_value(uint32_t *seed)
{
    uint32_t value = next_random(seed);
    switch (next_random(seed) % 4) {
    case 0:
        return value & 1U;
    case 1:
        return 1U << (value & 31U);
    case 2:
        return value & 0xFFU;
    default:
        return next_random(seed) % 4 == 0 ? BENCH_RAM_BASE + (value & 0x1FFFU) : value;
    }
}

/* Mostly where registers are. */
static uint32_t random_offset(uint32_t *seed)
{
    static const uint16_t starts[] = {0x000, 0x040, 0x100, 0x140, 0x200, 0x300, 0x340, 0x480,
                                      0x500, 0x510, 0x520, 0x530, 0x540, 0x700, 0x800, 0x910};
    uint32_t random = next_random(seed);
    return random % 8 == 0 ? (random >> 8) % 0x1000
                           : starts[(random >> 4) % 16] + (random >> 8) % 0x40;
}

static void poke(struct bench *b, const struct target *target, uint32_t *seed)
{
    static const uint8_t sizes[] = {4, 4, 4, 4, 4, 2, 1};
    struct bus_access access = {.size_bytes = sizes[next_random(seed) % sizeof sizes],
                                .privileged = true};
    uint32_t value = random_value(seed);
    access.offset = random_offset(seed) / access.size_bytes * access.size_bytes;
    if (next_random(seed) % 4 == 0) {
        assert_int_equal(target->device_class->read(b->device, access, &value), BUS_OK);
    } else {
        assert_int_equal(target->device_class->write(b->device, access, value), BUS_OK);
    }
    (void)target->device_class->peek(b->device, next_random(seed) % 0x2000 / 4 * 4);
}

/* A byte, or one of the faults. */
static const char *random_input(const struct device_class *device_class, uint32_t *seed)
{
    uint32_t choice = next_random(seed) % 32;
    for (uint32_t i = 0; device_class->faults != NULL && device_class->faults[i].name != NULL;
         i++) {
        if (i == choice) {
            return device_class->faults[i].name;
        }
    }
    return "byte";
}

/* What a host may do, in any order. */
static void disturb_usb(struct bench *b, uint32_t *seed)
{
    struct usb_port *port = &b->nets.usb;
    const struct usb_function *function = port->function;
    struct usb_packet packet = {.count = next_random(seed) % 65,
                                .data1 = next_random(seed) % 2 == 0};
    uint8_t address = (uint8_t)(next_random(seed) % 2 == 0 ? 0 : next_random(seed));
    uint8_t endpoint = (uint8_t)(next_random(seed) % 16);
    for (uint32_t i = 0; i < 8; i++) {
        packet.bytes[i] = (uint8_t)(next_random(seed) % 16);
    }
    switch (next_random(seed) % 8) {
    case 0:
        wire_drive(&port->vbus, next_random(seed) % 8 == 0 ? WIRE_LOW : WIRE_HIGH);
        break;
    case 1:
        function->bus_reset(function->owner);
        break;
    case 2:
        function->start_of_frame(function->owner, next_random(seed));
        break;
    case 3:
        function->resume(function->owner);
        break;
    case 4:
        (void)function->setup(function->owner, address, packet.bytes);
        break;
    case 5:
        (void)function->out(function->owner, address, endpoint, &packet);
        break;
    case 6:
        (void)function->in(function->owner, address, endpoint, &packet);
        assert_true(packet.count <= USB_PACKET_BYTES_MAX);
        break;
    default:
        function->in_acknowledged(function->owner, endpoint);
        break;
    }
}

static void disturb(struct bench *b, const struct target *target, uint32_t *seed)
{
    struct pin *pin = &b->pins[next_random(seed) % BENCH_PINS];
    enum wire_level level = (enum wire_level)(next_random(seed) % 3);
    if (b->nets.usb.function != NULL) {
        disturb_usb(b, seed);
    }
    switch (next_random(seed) % 8) {
    case 0:
        wire_drive(&pin->in, level);
        break;
    case 1:
        wire_drive(target->device_class == &nrf52_gpio_class ? &pin->claim : &pin->pad, level);
        break;
    case 2:
        if (target->device_class->input != NULL) {
            (void)bench_input(b, random_input(target->device_class, seed),
                              (int32_t)random_value(seed));
        }
        break;
    case 3:
        if (target->device_class->event_raised != NULL) {
            target->device_class->event_raised(b->device, random_value(seed));
        }
        break;
    case 4:
        if (next_random(seed) % 64 == 0) {
            bench_reset(b, next_random(seed) % 2 == 0 ? RESET_SREQ : RESET_OFF);
        }
        break;
    default:
        bench_run_to(b, clock_now(&b->clock) + next_random(seed) % 5000);
        break;
    }
}

/* INTEN and the event registers, as a debugger sees them. */
static bool expected_irq(const struct bench *b, const struct target *target)
{
    uint32_t inten = target->device_class->peek(b->device, 0x304);
    for (uint32_t i = 0; i < 32; i++) {
        if ((inten >> i & 1U) != 0 && target->device_class->peek(b->device, 0x100 + 4 * i) != 0) {
            return true;
        }
    }
    return false;
}

static void survives(void **state)
{
    const struct target *target = *state;
    for (uint32_t run = 1; run <= 8; run++) {
        uint32_t seed = run * 2654435761U;
        struct bench *b = bench_new();
        assert_null(bench_start(b, target->device_class, target->base));
        for (uint32_t step = 0; step < STEPS; step++) {
            poke(b, target, &seed);
            disturb(b, target, &seed);
            if (target->has_irq && b->irq != expected_irq(b, target)) {
                fail_msg("%s, run %u, step %u: the interrupt line is %d",
                         target->device_class->name, run, step, b->irq);
            }
        }
        bench_free(b);
    }
}

int main(void)
{
    struct CMUnitTest tests[sizeof targets / sizeof targets[0]];
    for (size_t i = 0; i < sizeof targets / sizeof targets[0]; i++) {
        tests[i] = (struct CMUnitTest){.name = targets[i].device_class->name,
                                       .test_func = survives,
                                       .initial_state = (void *)(uintptr_t)&targets[i]};
    }
    return cmocka_run_group_tests(tests, NULL, NULL);
}
