/* FICR: identity from the seed, part and size of the chip, what errata code reads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/nrf52/ficr.h"
#include "peripherals/nrf52/tests/system_bench.h"

static struct system_bench *chip(uint32_t flash_kb)
{
    return system_bench_new(&nrf52_ficr_class, 0x10000000, flash_kb * 1024U);
}

static void tells_part_and_sizes(void **state)
{
    (void)state;
    struct system_bench *s = chip(512);
    assert_int_equal(bench_read(s->bench, 0x010), 4096);
    assert_int_equal(bench_read(s->bench, 0x014), 128);
    assert_int_equal(bench_read(s->bench, 0x100), 0x52832);
    assert_int_equal(bench_read(s->bench, 0x104), 0x41414530); /* "AAE0" */
    assert_int_equal(bench_read(s->bench, 0x108), 0x2000);     /* QF */
    assert_int_equal(bench_read(s->bench, 0x10C), 64);
    assert_int_equal(bench_read(s->bench, 0x110), 512);
    assert_int_equal(bench_read(s->bench, 0x130), 6);
    assert_int_equal(bench_read(s->bench, 0x134), 6);
    assert_int_equal(s->bench->diag.count[DIAG_GUEST_ERROR], 0);
    system_bench_free(s);
    s = chip(1024);
    assert_int_equal(bench_read(s->bench, 0x014), 256);
    assert_int_equal(bench_read(s->bench, 0x100), 0x52840);
    assert_int_equal(bench_read(s->bench, 0x10C), 256);
    assert_int_equal(bench_read(s->bench, 0x130), 8);
    assert_int_equal(bench_read(s->bench, 0xC1C), 0xFFFFFFFF);
    assert_int_equal(s->bench->diag.count[DIAG_GUEST_ERROR], 0);
    system_bench_free(s);
}

static void identity_comes_from_the_seed(void **state)
{
    (void)state;
    struct system_bench *a = chip(512);
    struct system_bench *b = chip(512);
    struct ficr other;
    struct device_env env = b->bench->env;
    for (uint32_t offset = 0x60; offset <= 0xA8; offset += 4) {
        if (offset < 0x68 || offset >= 0x80) {
            assert_int_equal(bench_read(a->bench, offset), bench_read(b->bench, offset));
        }
    }
    env.seed++;
    assert_null(nrf52_ficr_class.init(&other, &env));
    assert_int_not_equal(nrf52_ficr_class.peek(&other, 0x60), bench_read(a->bench, 0x60));
    assert_int_not_equal(bench_read(a->bench, 0x60), bench_read(a->bench, 0x64));
    assert_int_equal(bench_read(a->bench, 0xA8) >> 16, 0xFFFF);
    system_bench_free(a);
    system_bench_free(b);
}

static void nothing_can_be_written(void **state)
{
    (void)state;
    struct system_bench *s = chip(512);
    bench_write(s->bench, 0x100, 0);
    assert_int_equal(bench_read(s->bench, 0x100), 0x52832);
    assert_int_equal(s->bench->diag.count[DIAG_GUEST_ERROR], 1);
    assert_int_equal(bench_read(s->bench, 0x350), 0xFFFFFFFF); /* nRF52840 only */
    assert_int_equal(s->bench->diag.count[DIAG_GUEST_ERROR], 2);
    system_bench_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_part_and_sizes),
        cmocka_unit_test(identity_comes_from_the_seed),
        cmocka_unit_test(nothing_can_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
