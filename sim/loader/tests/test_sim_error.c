/* Messages: the first error counts, and what it quotes cannot speak to the terminal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "sim/loader/sim_error.h"

static void the_first_error_counts(void **state)
{
    struct sim_error error = {.status = SIM_OK};
    (void)state;
    assert_false(sim_fail(&error, SIM_WRONG_USE, "%s", "one"));
    assert_false(sim_fail(&error, SIM_INTERNAL, "%s", "two"));
    assert_int_equal(error.status, SIM_WRONG_USE);
    assert_string_equal(error.text, "one");
}

static void what_is_quoted_is_printable(void **state)
{
    static const struct {
        const char *text, *printed;
    } cases[] = {
        {"a\x1b[2Jb\nc\x7f\r\t", "a?[2Jb?c???"},
        {"\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80", "\xc3\xbc \xe2\x82\xac \xf0\x9f\x98\x80"},
        {"\xc2\x9b\x9b", "???"},                /* CSI, as a character and as a byte */
        {"\xe2\x80\xa8\xe2\x80\xae", "??????"}, /* line separator, right-to-left */
        {"\xc0\xaf \xe0\x82\xac \xed\xa0\x80", "?? ??? ???"}, /* too long, a surrogate */
        {"\xf4\x90\x80\x80 \xff\xe2\x82", "???? ???"},        /* beyond Unicode; cut off */
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct sim_error error = {.status = SIM_OK};
        sim_fail(&error, SIM_WRONG_USE, "%s", cases[i].text);
        assert_string_equal(error.text, cases[i].printed);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_error_counts),
        cmocka_unit_test(what_is_quoted_is_printable),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
