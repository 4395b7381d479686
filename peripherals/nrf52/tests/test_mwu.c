/* MWU: what it makes of accesses that it is told of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/nrf52/mwu.h"
#include "peripherals/nrf52/tests/system_bench.h"

#define WA(n)       (0x100U + 8U * (n))
#define RA(n)       (0x104U + 8U * (n))
#define PWA(n)      (0x160U + 8U * (n))
#define PRA(n)      (0x164U + 8U * (n))
#define INTENSET    0x304
#define NMIEN       0x320
#define NMIENSET    0x324
#define NMIENCLR    0x328
#define SUBSTATWA1  0x408
#define REGIONEN    0x510
#define REGIONENSET 0x514
#define REGIONENCLR 0x518
#define START(n)    (0x600U + 0x10U * (n))
#define END(n)      (0x604U + 0x10U * (n))
#define SUBS(n)     (0x6C8U + 0x10U * (n))

static int setup(void **state)
{
    *state = system_bench_new(&nrf52_mwu_class, 0x40020000, 512U * 1024U);
    return 0;
}

static int teardown(void **state)
{
    system_bench_free(*state);
    return 0;
}

static void touch(const struct bench *b, uint32_t address, uint32_t bytes, bool write)
{
    nrf52_mwu_class.accessed(b->device, address, bytes, write);
}

static bool observes(const struct bench *b, uint32_t address, uint32_t bytes)
{
    return nrf52_mwu_class.observes(b->device, address, bytes);
}

static void a_region_has_both_of_its_ends(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, START(2), 0x20000100);
    bench_write(b, END(2), 0x200001FF);
    assert_false(observes(b, 0, UINT32_MAX));
    bench_write(b, REGIONENSET, 1U << 4); /* REGION2WA */
    assert_true(observes(b, 0, UINT32_MAX));
    assert_true(observes(b, 0x200000FD, 4));
    assert_false(observes(b, 0x200000FC, 4));
    assert_true(observes(b, 0x200001FF, 1));
    assert_false(observes(b, 0x20000200, 4));
    touch(b, 0x200000FC, 4, true);
    touch(b, 0x20000100, 4, false);
    assert_int_equal(b->events.count, 0);
    touch(b, 0x20000100, 4, true);
    assert_int_equal(bench_read(b, WA(2)), 1);
    assert_int_equal(bench_read(b, RA(2)), 0);
    assert_false(b->irq);
    bench_write(b, INTENSET, 1U << 4);
    assert_true(b->irq);
    bench_write(b, WA(2), 0);
    assert_false(b->irq);
    bench_write(b, REGIONENCLR, 1U << 4);
    bench_write(b, REGIONEN, 1U << 5); /* REGION2RA */
    touch(b, 0x200001FF, 1, true);
    assert_int_equal(bench_read(b, WA(2)), 0);
    touch(b, 0x200001FF, 1, false);
    assert_int_equal(bench_read(b, RA(2)), 1);
}

static void peripherals_are_in_parts_of_4_kb(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, SUBS(1), 1U << 3);
    bench_write(b, REGIONENSET, 1U << 26);    /* PRGN1WA */
    assert_false(observes(b, 0, UINT32_MAX)); /* nothing in memory */
    touch(b, 0x40003000, 4, true);            /* of the other region */
    touch(b, 0x40024000, 4, true);            /* the part beside it */
    touch(b, 0x40023FFC, 4, false);
    assert_int_equal(b->events.count, 0);
    touch(b, 0x40023FFC, 4, true);
    assert_int_equal(bench_read(b, PWA(1)), 1);
    assert_int_equal(bench_read(b, PRA(1)), 0);
    assert_int_equal(bench_read(b, SUBSTATWA1), 1U << 3);
    bench_write(b, SUBSTATWA1, 1U << 3);
    assert_int_equal(bench_read(b, SUBSTATWA1), 0);
    touch(b, 0xFFFFFFFC, 4, true);
    assert_int_equal(b->events.count, 1);
}

static void a_reset_ends_it_all(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    bench_write(b, END(0), 0xFFFFFFFF);
    bench_write(b, REGIONEN, 0xFFFFFFFF);
    assert_int_equal(bench_read(b, REGIONEN), 0x0F0000FF);
    assert_true(observes(b, 0xFFFFFFFF, 1));
    uint32_t told = s->observing_changes;
    bench_reset(b, RESET_SREQ);
    assert_false(observes(b, 0, UINT32_MAX));
    assert_int_equal(s->observing_changes, told + 1); /* the core asks again */
}

static void nmien_makes_it_an_nmi(void **state)
{
    struct system_bench *s = *state;
    struct bench *b = s->bench;
    bench_write(b, END(0), 0xFFFFFFFF);
    bench_write(b, REGIONEN, 3);
    bench_write(b, NMIENSET, 0xFFFFFFFE);
    assert_int_equal(bench_read(b, NMIEN), 0x0F0000FE);
    touch(b, 0x20000000, 4, true);
    assert_int_equal(s->nmis, 0);
    touch(b, 0x20000000, 4, false);
    assert_int_equal(s->nmis, 1);
    touch(b, 0x20000000, 4, false); /* each access, whether its event was cleared or not */
    assert_int_equal(s->nmis, 2);
    assert_false(b->irq);
    bench_write(b, NMIENCLR, 2);
    touch(b, 0x20000000, 4, false);
    assert_int_equal(s->nmis, 2);
    assert_int_equal(b->diag.count[DIAG_UNIMPLEMENTED], 0);
}

static void a_fault_makes_it_blind(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    assert_true(bench_input(b, "blind", 1));
    bench_reset(b, RESET_SREQ);
    bench_write(b, END(0), 0xFFFFFFFF);
    bench_write(b, REGIONEN, 1);
    touch(b, 0x20000000, 4, true);
    assert_int_equal(b->events.count, 0);
    assert_true(bench_input(b, "blind", 0));
    touch(b, 0x20000000, 4, true);
    assert_int_equal(bench_read(b, WA(0)), 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(a_region_has_both_of_its_ends), TEST(peripherals_are_in_parts_of_4_kb),
        TEST(a_reset_ends_it_all),           TEST(nmien_makes_it_an_nmi),
        TEST(a_fault_makes_it_blind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
