/* Times as users write them, and numbers as users read them. */
#include "sim/cli/duration.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/cli/text_format.h"

static void test_good_times(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        uint64_t nanoseconds;
    } cases[] = {{"2s", 2000000000},
                 {"2", 2000000000},
                 {"1.5s", 1500000000},
                 {"200ms", 200000000},
                 {"0.25ms", 250000},
                 {"40us", 40000},
                 {"7ns", 7},
                 {"0", 0},
                 {"1.000000001", 1000000001},
                 {"1000000s", 1000000000000000}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t nanoseconds = 1;
        assert_true(duration_parse(cases[i].text, &nanoseconds));
        assert_int_equal(nanoseconds, cases[i].nanoseconds);
    }
}

static void test_bad_times(void **state)
{
    (void)state;
    static const char *const cases[] = {"",     "s",    "-1s",         "1.s",           "1.5.5s",
                                        "2 s",  "2min", "1e3s",        "0x10",          "1000001s",
                                        "1.s5", ".5s",  "9999999999s", "1.0123456789s", "5ms "};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint64_t nanoseconds = 0;
        assert_false(duration_parse(cases[i], &nanoseconds));
    }
}

static void test_part_of_a_text(void **state)
{
    (void)state;
    uint64_t nanoseconds = 0;
    assert_true(duration_parse_part("1s..2s", 2, &nanoseconds));
    assert_int_equal(nanoseconds, 1000000000);
    assert_false(duration_parse_part("00000000000000000000000000000000000001", 38, &nanoseconds));
}

static void test_cycles(void **state)
{
    (void)state;
    assert_int_equal(duration_to_cycles(1000000000, 64000000), 64000000);
    assert_int_equal(duration_to_cycles(15625, 64000000), 1000);
    assert_int_equal(duration_to_cycles(1000000000000000, 64000000), 64000000000000);
    assert_int_equal(duration_from_cycles(64000001, 64000000), 1000000015);
}

static void test_numbers(void **state)
{
    (void)state;
    assert_string_equal(text_grouped(0).text, "0");
    assert_string_equal(text_grouped(999).text, "999");
    assert_string_equal(text_grouped(1000).text, "1,000");
    assert_string_equal(text_grouped(1234567).text, "1,234,567");
    assert_string_equal(text_grouped(UINT64_MAX).text, "18,446,744,073,709,551,615");
    assert_string_equal(text_percent(8, 1000).text, "0.8 %");
    assert_string_equal(text_percent(14, 100000).text, "0.014 %");
    assert_string_equal(text_percent(1, 0).text, "0.0 %");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_good_times),     cmocka_unit_test(test_bad_times),
        cmocka_unit_test(test_part_of_a_text), cmocka_unit_test(test_cycles),
        cmocka_unit_test(test_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
