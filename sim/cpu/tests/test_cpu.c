/* sim/cpu/tests/test_cpu.c - the whole CPU, seen from a machine: assembled guests. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>

#include <cmocka.h>

#include "sim/cpu/tests/cpu_fixture.h"

#define RAM FIXTURE_RAM_BASE

static void test_basic(void **state)
{
    (void)state;
    struct fixture *f = fixture_create("basic", NULL);
    assert_int_equal(fixture_run(f, 1000000), CPU_STOP_SLEEP);
    assert_int_equal(fixture_word(f, RAM), 42);
    assert_int_equal(fixture_word(f, RAM + 4), 7);
    assert_int_equal(fixture_word(f, RAM + 8), 0x100);
    assert_int_equal(fixture_word(f, RAM + 12), 0x101);
    assert_int_equal(fixture_word(f, RAM + 16), 3);
    assert_int_equal(fixture_word(f, RAM + 0xF8), 1);
    assert_int_equal(fixture_word(f, RAM + 0x120), 1);
    assert_int_equal(fixture_word(f, RAM + 0x10C), 0);
    assert_int_equal(fixture_word(f, RAM + 20), 99);
    assert_int_equal(fixture_word(f, RAM + 24), 0x82);
    assert_int_equal(fixture_word(f, RAM + 28), RAM + 0x10C);
    assert_int_equal(f->fault_count, 1);
    assert_int_equal(f->last_verdict.region, 0);
    fixture_destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_basic),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
