/* What a devicetree becomes, and that a damaged one is refused without a crash. */
#include "sim/machine/board.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "sim/loader/tests/mutate.h"
#include "sim/machine/tests/fake_devices.h"

#define MUTATIONS 20000U

static bool parse(const void *blob, size_t size, struct board *board, struct sim_error *error)
{
    *error = (struct sim_error){.status = SIM_OK};
    return board_parse("x.dtb", blob, size, fake_find_class, board, error);
}

static const struct board_device *find(const struct board *board, const char *name)
{
    int index = board_find_device(board, name);
    return index < 0 ? NULL : &board->devices[index];
}

static void test_devices_memory_and_names(void **state)
{
    (void)state;
    static uint8_t blob[FAKE_BOARD_BYTES];
    struct board board;
    struct sim_error error;
    fake_board_make(blob, sizeof blob);
    assert_true(parse(blob, sizeof blob, &board, &error));
    assert_string_equal(board.model, "Fake board");
    assert_string_equal(board.chip->name, "nrf52832");
    assert_int_equal(board.flash.size_bytes, 0x10000);
    assert_int_equal(board.ram.base, 0x20000000);
    assert_int_equal(board.device_count, 6);
    assert_non_null(find(&board, "one"));
    assert_int_equal(find(&board, "ppi")->irqn, 1);
    assert_int_equal(find(&board, "ppi")->base, 0x40001000);
    assert_null(find(&board, "twin"));
    assert_non_null(find(&board, "part"));
    assert_non_null(find(&board, "led_0"));
    assert_null(find(&board, "led_1"));
    assert_non_null(find(&board, "red"));
    assert_string_equal(board.console, "one");
    assert_int_equal(board.pin_count, 32);
    board_free(&board);
}

static void test_gpio_property(void **state)
{
    (void)state;
    static uint8_t blob[FAKE_BOARD_BYTES];
    struct board board;
    struct sim_error error;
    struct pin pins[32];
    struct board_props view;
    struct props_gpio gpio;
    fake_board_make(blob, sizeof blob);
    assert_true(parse(blob, sizeof blob, &board, &error));
    struct props props = board_props_make(&view, &board, find(&board, "red")->node, pins);
    assert_true(props.gpio(props.node, "gpios", 0, &gpio));
    assert_int_equal(gpio.number, 19);
    assert_ptr_equal(gpio.pin, &pins[19]);
    assert_int_equal(gpio.flags, 1);
    assert_false(props.gpio(props.node, "gpios", 1, &gpio));
    assert_false(props.gpio(props.node, "absent", 0, &gpio));
    assert_string_equal(props.string(props.node, "status"), "okay");
    assert_int_equal(props_u32_or(&props, "absent", 7), 7);
    board_free(&board);
}

static void test_not_a_blob(void **state)
{
    (void)state;
    static const char text[] = "/dts-v1/; / { };";
    struct board board;
    struct sim_error error;
    assert_false(parse(text, sizeof text, &board, &error));
    assert_int_equal(error.status, SIM_WRONG_USE);
    assert_non_null(strstr(error.text, "devicetree"));
}

static void read_all_properties(const struct board *board)
{
    struct pin pins[BOARD_PINS_MAX];
    struct board_props view;
    struct props_gpio gpio;
    uint32_t value = 0;
    for (size_t i = 0; i < board->device_count; i++) {
        struct props props = board_props_make(&view, board, board->devices[i].node, pins);
        if (props.gpio(props.node, "gpios", 0, &gpio)) {
            assert_true(gpio.number < board->pin_count);
        }
        props.u32(props.node, "reg", 1, &value);
        props.string(props.node, "compatible");
    }
}

static void test_damage_never_crashes(void **state)
{
    (void)state;
    static uint8_t blob[FAKE_BOARD_BYTES];
    unsigned accepted = 0;
    fake_board_make(blob, sizeof blob);
    for (uint32_t seed = 0; seed < MUTATIONS; seed++) {
        size_t length = 0;
        struct board board;
        struct sim_error error;
        uint8_t *copy = mutate_copy(blob, 1200, seed, &length);
        if (length == 1200) {
            /* The size in the header says 4096: say the truth, so that more is reached. */
            static const uint8_t total[] = {0, 0, 0x04, 0xB0};
            memcpy(copy + 4, total, sizeof total);
        }
        if (parse(copy, length, &board, &error)) {
            accepted++;
            read_all_properties(&board);
            board_free(&board);
        } else {
            assert_int_equal(error.status, SIM_WRONG_USE);
        }
        free(copy);
    }
    (void)accepted;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_devices_memory_and_names),
        cmocka_unit_test(test_gpio_property),
        cmocka_unit_test(test_not_a_blob),
        cmocka_unit_test(test_damage_never_crashes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
