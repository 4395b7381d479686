/* System calls and other things in words: known ones, unknown ones, and values by chance with too
 * little room. */
#include "sim/view/view_names.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "sim/view/view_timeline.h"

static const struct view_names names = {
    .process = {"blink"},
    .drivers = {{0, "alarm"}, {1, "console"}},
    .driver_count = 2,
    .commands = {{0, 5, "set_relative"}},
    .command_count = 1,
    .errors = {{2, "BUSY"}},
    .error_count = 1,
};

static void calls_have_words(void **state)
{
    static const struct {
        uint32_t call_class, r[4];
        const char *text, *shorter;
    } cases[] = {
        {0, {1, 0, 0, 0}, "yield-wait", "yield-wait"},
        {0, {2, 0, 3, 0}, "yield-wait-for alarm 3", "yield-wait-for"},
        {1, {1, 2, 0x30101, 7}, "subscribe console 2 (0x00030101, 0x7)", "subscribe console"},
        {2, {0, 5, 4000, 1}, "alarm.set_relative(4000, 1)", "alarm.set_relative"},
        {2, {0, 0, 0, 0}, "alarm.exists(0, 0)", "alarm.exists"},
        {2, {1, 77, 0, 0}, "console.77(0, 0)", "console.77"},
        {2, {0x60001, 3, 0, 0}, "driver 0x60001.3(0, 0)", "driver 0x60001.3"},
        {3,
         {1, 0, 0x20001000, 16},
         "allow-rw console 0 (0x20001000, 16 bytes)",
         "allow-rw console"},
        {4, {1, 0, 0, 0}, "allow-ro console 0 (0x00000000, 0 bytes)", "allow-ro console"},
        {5, {1, 16, 0, 0}, "memop sbrk (0x10)", "memop sbrk"},
        {5, {99, 0, 0, 0}, "memop ? (0x0)", "memop ?"},
        {6, {0, 3, 0, 0}, "exit-terminate (0x3)", "exit-terminate"},
        {7, {1, 0, 4, 4}, "allow-ur console 0 (0x00000004, 4 bytes)", "allow-ur console"},
        {200, {1, 2, 3, 4}, "class 200 (0x1, 0x2, 0x3, 0x4)", "class 200"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct view_event call = {.number = cases[i].call_class};
        char text[96];
        memcpy(call.value, cases[i].r, sizeof call.value);
        assert_string_equal(view_names_call(&names, &call, text, sizeof text), cases[i].text);
        assert_string_equal(view_names_call_short(&names, &call, text, sizeof text),
                            cases[i].shorter);
    }
}

static void returns_have_words(void **state)
{
    static const struct {
        uint32_t r[4];
        const char *text;
    } cases[] = {
        {{0, 2, 0, 0}, "failure BUSY"},     {{1, 40, 9, 0}, "failure 40"},
        {{128, 5, 5, 5}, "success"},        {{129, 7, 5, 5}, "success (7)"},
        {{130, 7, 8, 5}, "success (7, 8)"}, {{132, 7, 8, 9}, "success (7, 8, 9)"},
        {{77, 0, 0, 0}, "r0 = 0x4d"},       {{UINT32_MAX, 0, 0, 0}, "r0 = 0xffffffff"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char text[64];
        assert_string_equal(view_names_return(&names, cases[i].r, text, sizeof text),
                            cases[i].text);
    }
}

static void lanes_and_faults_have_words(void **state)
{
    char text[96];
    (void)state;
    assert_string_equal(view_names_lane(&names, VIEW_LANE_PROCESS, 0, text, sizeof text), "blink");
    assert_string_equal(view_names_lane(&names, VIEW_LANE_PROCESS, 60000, text, sizeof text),
                        "process 60000");
    assert_string_equal(view_names_lane(&names, VIEW_LANE_EXCEPTION, 37, text, sizeof text),
                        "exception 37");
    assert_string_equal(view_names_lane(&names, VIEW_LANE_PIN, 63, text, sizeof text), "pin 63");
    const struct view_event refused = {.value = {0x20001F00, 1, 1, 0x30100}, .number = 1};
    assert_string_equal(view_names_fault(&refused, text, sizeof text),
                        "write to 0x20001f00, which the MPU refuses");
    const struct view_event odd = {.value = {0, 1, 99, 0x30100}};
    assert_string_equal(view_names_fault(&odd, text, sizeof text), "fault at pc 0x00030100");
}

static void anything_fits(void **state)
{
    uint32_t chance = 1;
    (void)state;
    for (uint32_t i = 0; i < 20000; i++) {
        struct view_event event;
        uint8_t *bytes = (uint8_t *)&event;
        char text[64];
        for (size_t k = 0; k < sizeof event; k++) {
            chance = chance * 1664525U + 1013904223U;
            bytes[k] = (uint8_t)(chance >> (chance & 1U ? 24 : 30));
        }
        event.number = i % 3 == 0 ? event.number % 9 : event.number;
        size_t size = 1 + i % sizeof text;
        memset(text, 'x', sizeof text);
        view_names_call(&names, &event, text, size);
        assert_true(strnlen(text, size) < size);
        view_names_return(&names, event.value, text, size);
        assert_true(strnlen(text, size) < size);
        view_names_lane(&names, event.lane % VIEW_LANE_KINDS, event.index, text, size);
        view_names_fault(&event, text, size);
        view_names_reset(&event, text, size);
        assert_true(strnlen(text, size) < size);
        assert_true(size == sizeof text || text[size] == 'x');
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(calls_have_words),
        cmocka_unit_test(returns_have_words),
        cmocka_unit_test(lanes_and_faults_have_words),
        cmocka_unit_test(anything_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
