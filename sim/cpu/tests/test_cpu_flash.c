/* sim/cpu/tests/test_cpu_flash.c - flash wait states in each mode, through the whole CPU. Guest:
 * guests/flash.s. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>

#include "sim/cpu/cycle_model.h"
#include "sim/cpu/tests/cpu_fixture.h"

#define NEVER_IN 1000000U
#define WAIT     CYCLE_LINE_WAIT
#define AROUND   4U /* the first read of the counter, a nop before, a nop after */

enum guest_case { KERNELS, SWITCHING };

static struct fixture *start(enum guest_case which, enum cpu_flash_timing timing)
{
    struct fixture *f = fixture_create("flash", &(struct fixture_options){.flash_timing = timing});
    fixture_start(f, which);
    return f;
}

static void expect(struct fixture *f, unsigned index, uint32_t cycles)
{
    assert_int_equal(fixture_reg(f, index) - AROUND, cycles);
}

static void test_without_wait_states(void **state)
{
    (void)state;
    static const enum cpu_flash_timing modes[] = {CPU_FLASH_CACHED, CPU_FLASH_IDEAL};
    for (unsigned i = 0; i < 2; i++) {
        struct fixture *f = start(KERNELS, modes[i]);
        assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
        expect(f, 5, 32);
        expect(f, 6, 2);
        expect(f, 7, 9 * 3 + 2);
        expect(f, 8, 1 + 9 * 5 + 4); /* a nop more before it */
        fixture_destroy(f);
    }
}

static void test_every_line_costs(void **state)
{
    (void)state;
    static const enum cpu_flash_timing modes[] = {CPU_FLASH_UNCACHED, CPU_FLASH_ICACHE};
    for (unsigned i = 0; i < 2; i++) {
        struct fixture *f = start(KERNELS, modes[i]);
        assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
        expect(f, 5, 32 + 4 * WAIT + WAIT); /* the nop after it begins the fifth */
        expect(f, 6, 2 + WAIT);
        /* Each jump enters a line; the last round ends at its end. */
        expect(f, 7, 9 * (3 + WAIT) + 2);
        expect(f, 8, 1 + 9 * (5 + WAIT + WAIT) + 4 + WAIT);
        fixture_destroy(f);
    }
}

static void test_cache_is_switched_after_the_store(void **state)
{
    (void)state;
    struct fixture *f = start(SWITCHING, CPU_FLASH_ICACHE);
    assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
    expect(f, 5, 16);
    assert_true(fixture_reg(f, 6) - AROUND >= 16 + 2 * WAIT);
    fixture_destroy(f);
    f = start(SWITCHING, CPU_FLASH_CACHED); /* other modes do not listen */
    assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
    expect(f, 5, 16);
    expect(f, 6, 16);
    fixture_destroy(f);
}

static uint64_t run_cut(enum cpu_flash_timing timing, uint64_t slice)
{
    struct fixture *f = start(SWITCHING, timing);
    enum cpu_stop stop = CPU_STOP_LIMIT;
    while (stop == CPU_STOP_LIMIT) {
        uint64_t now = clock_now(&f->clock);
        stop = slice == 0 ? cpu_step(f->cpu) : cpu_run(f->cpu, now + slice);
        stop = stop == CPU_STOP_STEP ? CPU_STOP_LIMIT : stop;
    }
    assert_int_equal(stop, CPU_STOP_SLEEP);
    uint64_t cycles = cpu_counters(f->cpu)->busy_cycles;
    fixture_destroy(f);
    return cycles;
}

static void test_cutting_a_run_changes_nothing(void **state)
{
    (void)state;
    for (enum cpu_flash_timing timing = CPU_FLASH_CACHED; timing <= CPU_FLASH_ICACHE; timing++) {
        uint64_t whole = run_cut(timing, NEVER_IN);
        for (uint64_t slice = 0; slice < 12; slice++) {
            assert_int_equal(run_cut(timing, slice), whole);
        }
    }
}

/* A reset leaves the cache off, as ICACHECNF's reset value has it. */
static void test_reset_switches_it_off(void **state)
{
    (void)state;
    struct fixture *f = start(KERNELS, CPU_FLASH_ICACHE);
    cpu_set_flash_cache(f->cpu, true);
    assert_int_equal(fixture_run(f, NEVER_IN), CPU_STOP_SLEEP);
    expect(f, 5, 32);
    expect(f, 6, 2 + WAIT); /* the cache is none for data */
    expect(f, 7, 9 * 3 + 2);
    cpu_reset(f->cpu);
    fixture_start(f, KERNELS);
    assert_int_equal(fixture_run(f, clock_now(&f->clock) + NEVER_IN), CPU_STOP_SLEEP);
    expect(f, 7, 9 * (3 + WAIT) + 2);
    fixture_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_without_wait_states),
        cmocka_unit_test(test_every_line_costs),
        cmocka_unit_test(test_cache_is_switched_after_the_store),
        cmocka_unit_test(test_cutting_a_run_changes_nothing),
        cmocka_unit_test(test_reset_switches_it_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
