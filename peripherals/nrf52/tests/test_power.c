/* POWER: reset reasons, retained registers, System OFF; through the window shared with CLOCK. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/nrf52/clock_power.h"
#include "peripherals/nrf52/tests/system_bench.h"

#define SLEEPENTER     0x114
#define SLEEPEXIT      0x118
#define INTENSET       0x304
#define RESETREAS      0x400
#define SYSTEMOFF      0x500
#define POFCON         0x510
#define GPREGRET       0x51C
#define GPREGRET2      0x520
#define RAMON          0x524
#define DCDCEN         0x578
#define DCDCEN0        0x580
#define BPROT0         0x600
#define BPROT3         0x614
#define DISABLEINDEBUG 0x608
#define POFWARN        0x108
#define USBDETECTED    0x11C
#define USBREMOVED     0x120
#define USBPWRRDY      0x124
#define USBREGSTATUS   0x438
#define MAINREGSTATUS  0x640
#define RAM3_POWER     0x930
#define RAM3_POWERSET  0x934
#define RAM3_POWERCLR  0x938

static int setup(void **state)
{
    *state = system_bench_new(&nrf52_clock_power_class, 0x40000000, 512U * 1024U);
    return 0;
}

static int setup_nrf52840(void **state)
{
    *state = system_bench_new(&nrf52_clock_power_class, 0x40000000, 1024U * 1024U);
    return 0;
}

static int teardown(void **state)
{
    system_bench_free(*state);
    return 0;
}

static void reset_reasons_add_up_until_ones_clear_them(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    assert_int_equal(bench_read(b, RESETREAS), 0);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(bench_read(b, RESETREAS), 0x4);
    bench_reset(b, RESET_LOCKUP);
    assert_int_equal(bench_read(b, RESETREAS), 0xC);
    bench_reset(b, RESET_OFF);
    assert_int_equal(bench_read(b, RESETREAS), 0x1000C);
    bench_write(b, RESETREAS, 0x4);
    assert_int_equal(bench_read(b, RESETREAS), 0x10008);
    bench_write(b, RESETREAS, 0xFFFFFFFF);
    assert_int_equal(bench_read(b, RESETREAS), 0);
    bench_reset(b, RESET_DOG | RESET_PIN);
    assert_int_equal(bench_read(b, RESETREAS), 0x3);
    bench_reset(b, RESET_POWER_ON);
    assert_int_equal(bench_read(b, RESETREAS), 0);
}

static void gpregret_survives_what_the_specification_says(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    static const struct {
        uint32_t reasons;
        bool kept;
    } table[] = {
        {RESET_SREQ, true}, {RESET_LOCKUP, true}, {RESET_OFF, true},
        {RESET_DOG, false}, {RESET_PIN, false},   {RESET_POWER_ON, false},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        bench_write(b, GPREGRET, 0x1B1);
        bench_write(b, GPREGRET2, 0x5A);
        assert_int_equal(bench_read(b, GPREGRET), 0xB1);
        bench_reset(b, table[i].reasons);
        assert_int_equal(bench_read(b, GPREGRET), table[i].kept ? 0xB1 : 0);
        assert_int_equal(bench_read(b, GPREGRET2), table[i].kept ? 0x5A : 0);
    }
}

static void system_off_is_asked_for_once(void **state)
{
    struct system_bench *system = *state;
    struct bench *b = system->bench;
    bench_write(b, SYSTEMOFF, 0);
    assert_int_equal(system->system_offs, 0);
    bench_write(b, SYSTEMOFF, 1);
    assert_int_equal(system->system_offs, 1);
    assert_int_equal(bench_read(b, SYSTEMOFF), 0);
}

static void ram_power_has_set_and_clear(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    assert_int_equal(bench_read(b, RAM3_POWER), 0xFFFF);
    bench_write(b, RAM3_POWERSET, 0x00030000);
    assert_int_equal(bench_read(b, RAM3_POWER), 0x0003FFFF);
    assert_int_equal(b->diag.count[DIAG_UNIMPLEMENTED], 0);
    bench_write(b, RAM3_POWERCLR, 0x00010002);
    assert_int_equal(bench_read(b, RAM3_POWER), 0x0002FFFD);
    assert_int_equal(b->diag.count[DIAG_UNIMPLEMENTED], 1); /* its content is not lost */
    bench_write(b, RAM3_POWER, 0x3);
    assert_int_equal(bench_read(b, RAM3_POWER), 0x3);
    assert_int_equal(bench_read(b, 0x920), 0xFFFF);
    bench_write(b, RAMON, 0x00010003);
    assert_int_equal(bench_read(b, RAMON), 0x00010003);
    assert_int_equal(b->diag.count[DIAG_UNIMPLEMENTED], 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
    (void)bench_read(b, 0x90C);
    (void)bench_read(b, 0x980);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 2);
}

static void plain_registers_keep_their_bits_only(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, POFCON, 0xFFFFFFFF);
    assert_int_equal(bench_read(b, POFCON), 0x1F);
    bench_write(b, DCDCEN, 0xFFFFFFFF);
    assert_int_equal(bench_read(b, DCDCEN), 1);
    bench_write(b, DCDCEN0, 1);
    assert_int_equal(bench_read(b, DCDCEN0), 0);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 2);
}

static void sleep_is_an_event(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    assert_false(bench_input(b, "press", 1));
    assert_true(bench_input(b, "sleep", 1));
    assert_int_equal(bench_read(b, SLEEPENTER), 1);
    assert_int_equal(bench_read(b, SLEEPEXIT), 0);
    assert_false(b->irq);
    bench_write(b, INTENSET, 1U << 6);
    assert_true(bench_input(b, "sleep", 0));
    assert_int_equal(bench_read(b, SLEEPEXIT), 1);
    assert_true(b->irq);
}

static void block_protection_can_only_be_set(void **state)
{
    struct system_bench *system = *state;
    struct bench *b = system->bench;
    const struct nvm *nvm = &system->nvm;
    bench_write(b, BPROT0, 0);
    assert_false(nvm->is_protected(nvm->protector, 0, 0x80000));
    bench_write(b, BPROT0, 0x5);
    bench_write(b, BPROT0, 0x2);
    assert_int_equal(bench_read(b, BPROT0), 0x7);
    bench_write(b, BPROT3, 0x80000000);
    assert_int_equal(bench_read(b, BPROT3), 0x80000000);
    assert_true(nvm->is_protected(nvm->protector, 0x2FFC, 4));
    assert_false(nvm->is_protected(nvm->protector, 0x3000, 0x7C000));
    assert_true(nvm->is_protected(nvm->protector, 0x7F000, 4));
    assert_int_equal(bench_read(b, DISABLEINDEBUG), 1);
    assert_int_equal(b->diag.count[DIAG_UNIMPLEMENTED], 0);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(bench_read(b, BPROT0), 0);
    assert_false(nvm->is_protected(nvm->protector, 0, 4));
}

static void nrf52840_has_more(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, DCDCEN0, 1);
    assert_int_equal(bench_read(b, DCDCEN0), 1);
    bench_write(b, POFCON, 0xFFFFFFFF);
    assert_int_equal(bench_read(b, POFCON), 0xF1F);
    assert_int_equal(bench_read(b, 0x980), 0xFFFF);
    assert_int_equal(bench_read(b, 0x438), 0);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 0);
    (void)bench_read(b, RAMON);
    (void)bench_read(b, BPROT0);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 2);
}

static void the_supply_is_cut_on_demand(void **state)
{
    struct system_bench *s = *state;
    assert_true(bench_input(s->bench, "power-cut", 20));
    assert_int_equal(s->power_cuts, 1);
    assert_int_equal(s->power_off_us, 20000);
    assert_true(bench_input(s->bench, "power-cut", 0));
    assert_false(bench_input(s->bench, "power-cut", -1));
    assert_int_equal(s->power_cuts, 1);
}

static void pofwarn_comes_when_the_supply_falls_under_the_threshold(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    analog_drive(&b->nets.vdd, 2500000);
    bench_write(b, POFCON, 1U | 0xEU << 1); /* 2.7 V */
    assert_int_equal(bench_event_count(b, POFWARN), 1);
    bench_write(b, POFWARN, 0);
    analog_drive(&b->nets.vdd, 2400000);
    analog_drive(&b->nets.vdd, 2740000); /* within the hysteresis: still low */
    analog_drive(&b->nets.vdd, 2690000);
    assert_int_equal(bench_read(b, POFWARN), 0);
    bench_write(b, INTENSET, 1U << 2);
    analog_drive(&b->nets.vdd, 3000000);
    analog_drive(&b->nets.vdd, 2700000);
    assert_false(b->irq);
    analog_drive(&b->nets.vdd, 2699999);
    assert_true(b->irq);
    assert_int_equal(bench_event_count(b, POFWARN), 2);
    bench_write(b, POFCON, 0xEU << 1);
    analog_drive(&b->nets.vdd, 3000000);
    analog_drive(&b->nets.vdd, 2000000);
    assert_int_equal(bench_event_count(b, POFWARN), 2);
}

static void every_threshold_is_where_the_specification_says(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    for (uint32_t threshold = 5; threshold <= 15; threshold++) {
        int32_t microvolts = 1700000 + ((int32_t)threshold - 4) * 100000;
        uint32_t before = bench_event_count(b, POFWARN);
        analog_drive(&b->nets.vdd, 3600000);
        bench_write(b, POFCON, 1U | threshold << 1);
        analog_drive(&b->nets.vdd, microvolts);
        assert_int_equal(bench_event_count(b, POFWARN), before);
        analog_drive(&b->nets.vdd, microvolts - 1);
        assert_int_equal(bench_event_count(b, POFWARN), before + 1);
    }
}

static void a_brown_out_stops_the_chip(void **state)
{
    struct system_bench *system = *state;
    struct bench *b = system->bench;
    bench_write(b, POFCON, 1U | 4U << 1);
    analog_drive(&b->nets.vdd, 1700000);
    assert_false(system->unpowered);
    analog_drive(&b->nets.vdd, 1699999);
    assert_true(system->unpowered);
    assert_int_equal(bench_event_count(b, POFWARN), 0); /* nothing runs any more */
    analog_drive(&b->nets.vdd, 1800000);
    assert_false(system->unpowered);
}

static void the_supply_fault_lasts_until_zero(void **state)
{
    struct system_bench *system = *state;
    struct bench *b = system->bench;
    analog_drive(&b->nets.vdd, 3300000);
    assert_true(bench_input(b, "supply-mv", 1600));
    assert_true(system->unpowered);
    assert_true(bench_input(b, "supply-mv", 1900));
    assert_false(system->unpowered);
    bench_reset(b, RESET_POWER_ON);
    assert_int_equal(b->nets.vdd.microvolts, 1900000);
    assert_false(bench_input(b, "supply-mv", 5501));
    assert_false(bench_input(b, "supply-mv", -1));
    assert_true(bench_input(b, "supply-mv", 0));
    assert_int_equal(b->nets.vdd.microvolts, 3300000);
    assert_true(bench_input(b, "supply-mv", 0));
    assert_int_equal(b->nets.vdd.microvolts, 3300000);
}

static void vbus_is_seen_and_starts_the_regulator(void **state)
{
    struct system_bench *system = *state;
    struct bench *b = system->bench;
    wire_drive(&b->nets.usb.vbus, WIRE_HIGH);
    assert_int_equal(bench_read(b, USBDETECTED), 1);
    assert_int_equal(bench_read(b, USBREGSTATUS), 1);
    assert_int_equal(system->wake_reasons, 1U << 20);
    bench_run_to(b, 63999);
    assert_int_equal(bench_read(b, USBPWRRDY), 0);
    bench_run_to(b, 64000);
    assert_int_equal(bench_read(b, USBPWRRDY), 1);
    assert_int_equal(bench_read(b, USBREGSTATUS), 3);
    bench_reset(b, RESET_SREQ); /* the cable is still there */
    assert_int_equal(bench_read(b, USBDETECTED), 1);
    assert_int_equal(bench_read(b, USBPWRRDY), 0);
    assert_int_equal(bench_read(b, USBREGSTATUS), 1);
    bench_run_to(b, 128000);
    assert_int_equal(bench_read(b, USBREGSTATUS), 3);
    bench_write(b, INTENSET, 1U << 8);
    wire_drive(&b->nets.usb.vbus, WIRE_LOW);
    assert_true(b->irq);
    assert_int_equal(bench_read(b, USBREMOVED), 1);
    assert_int_equal(bench_read(b, USBREGSTATUS), 0);
    wire_drive(&b->nets.usb.vbus, WIRE_HIGH);
    wire_drive(&b->nets.usb.vbus, WIRE_FLOATING); /* pulled out before the regulator is ready */
    bench_run_to(b, 1280000);
    assert_int_equal(bench_event_count(b, USBPWRRDY), 2);
}

static void nrf52832_has_no_usb(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    wire_drive(&b->nets.usb.vbus, WIRE_HIGH);
    assert_int_equal(b->events.count, 0);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(reset_reasons_add_up_until_ones_clear_them),
        TEST(gpregret_survives_what_the_specification_says),
        TEST(system_off_is_asked_for_once),
        TEST(ram_power_has_set_and_clear),
        TEST(plain_registers_keep_their_bits_only),
        TEST(sleep_is_an_event),
        TEST(block_protection_can_only_be_set),
        TEST(the_supply_is_cut_on_demand),
        TEST(pofwarn_comes_when_the_supply_falls_under_the_threshold),
        TEST(every_threshold_is_where_the_specification_says),
        TEST(a_brown_out_stops_the_chip),
        TEST(the_supply_fault_lasts_until_zero),
        TEST(nrf52832_has_no_usb),
        cmocka_unit_test_setup_teardown(vbus_is_seen_and_starts_the_regulator, setup_nrf52840,
                                        teardown),
        cmocka_unit_test_setup_teardown(nrf52840_has_more, setup_nrf52840, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
