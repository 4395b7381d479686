/* What parts learn of their wiring from a devicetree: pins, buses, chip selects, channels. */
#include "sim/machine/board.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libfdt.h>

#include "sim/loader/file.h"

static enum bus_result read(void *self, struct bus_access access, uint32_t *value)
{
    (void)self;
    (void)access;
    *value = 0;
    return BUS_OK;
}

static const struct device_class chip_class = {.name = "chip", .read = read};
static const struct device_class part_class = {.name = "part"};

static const struct device_class *find_class(const char *compatible)
{
    if (strcmp(compatible, "test,part") == 0) {
        return &part_class;
    }
    return strncmp(compatible, "nordic,nrf-", 11) == 0 &&
                   strcmp(compatible, "nordic,nrf-pinctrl") != 0
               ? &chip_class
               : NULL;
}

struct wired {
    struct file_bytes blob;
    struct board board;
    struct pin pins[BOARD_PINS_MAX];
    struct board_props view;
};

static struct wired wired;

static int parse(void **state)
{
    (void)state;
    struct sim_error error = {.status = SIM_OK};
    assert_true(file_read(WIRED_BLOB, &wired.blob, &error));
    bool done =
        board_parse("wired", wired.blob.data, wired.blob.size, find_class, &wired.board, &error);
    assert_string_equal(error.text, "");
    assert_true(done);
    return 0;
}

static int drop(void **state)
{
    (void)state;
    board_free(&wired.board);
    file_free(&wired.blob);
    return 0;
}

static const struct board_device *find(const char *name)
{
    int index = board_find_device(&wired.board, name);
    return index < 0 ? NULL : &wired.board.devices[index];
}

static struct props props_of(const char *name)
{
    const struct board_device *device = find(name);
    assert_non_null(device);
    return board_props_make(&wired.view, &wired.board, device->node, wired.pins);
}

static void assert_bus_pin(const struct props *props, const char *property,
                           enum props_function function, uint32_t number)
{
    struct props_gpio gpio;
    assert_true(props_bus_pin(props, property, function, &gpio));
    assert_int_equal(gpio.number, number);
    assert_ptr_equal(gpio.pin, &wired.pins[number]);
}

static void test_gpios_and_flags(void **state)
{
    (void)state;
    struct props_gpio gpio;
    struct props props = props_of("alone");
    assert_int_equal(wired.board.pin_count, 48);
    assert_true(props.gpio(props.node, "gpios", 0, &gpio));
    assert_int_equal(gpio.number, 35);
    assert_int_equal(gpio.flags, 0x11);
    /* An entry that is left free does not shift those after it. */
    assert_false(props.gpio(props.node, "gpios", 1, &gpio));
    /* Through a connector: pin 16 is P1.12; the flags pass through. */
    assert_true(props.gpio(props.node, "gpios", 2, &gpio));
    assert_int_equal(gpio.number, 44);
    assert_int_equal(gpio.flags, 0x21);
    assert_false(props.gpio(props.node, "gpios", 3, &gpio));
    assert_true(props_flag(&props, "quiet"));
    assert_false(props_flag(&props, "loud"));
}

static void test_channels(void **state)
{
    (void)state;
    uint32_t value = 0;
    struct props props = props_of("alone");
    /* Channel 2 has a node that says AIN7; channel 5 has none and is AIN5. */
    assert_true(props.u32(props.node, "io-channels", 1, &value));
    assert_int_equal(value, 7);
    assert_true(props.u32(props.node, "io-channels", 3, &value));
    assert_int_equal(value, 5);
}

static void test_bus_of_a_part(void **state)
{
    (void)state;
    struct props_gpio gpio;
    struct props props = props_of("sensor");
    assert_int_equal(find("sensor")->bus, find("i2c0")->node);
    assert_int_equal(find("sensor")->bus_address, 0x44);
    assert_bus_pin(&props, NULL, PROPS_I2C_SDA, 26);
    assert_bus_pin(&props, NULL, PROPS_I2C_SCL, 27);
    assert_false(props_bus_pin(&props, NULL, PROPS_SPI_SCK, &gpio));
    assert_false(props_bus_gpio(&props, "cs-gpios", 0, &gpio));
    assert_int_equal(find("alone")->bus, BOARD_NO_BUS);
}

static void test_display_behind_its_interface(void **state)
{
    (void)state;
    struct props_gpio gpio;
    struct props props = props_of("display");
    assert_int_equal(find("display")->bus, find("spi1")->node);
    assert_int_equal(find("display")->bus_address, 1);
    assert_bus_pin(&props, NULL, PROPS_SPI_SCK, 31);
    assert_bus_pin(&props, NULL, PROPS_SPI_MOSI, 32);
    assert_false(props_bus_pin(&props, NULL, PROPS_SPI_MISO, &gpio)); /* disconnected */
    assert_true(props_bus_gpio(&props, "cs-gpios", 1, &gpio));
    assert_int_equal(gpio.number, 41);
    assert_int_equal(gpio.flags, PROPS_GPIO_ACTIVE_LOW);
    assert_false(props_bus_gpio(&props, "cs-gpios", 2, &gpio));
    assert_true(props_bus_gpio(&props, "dc-gpios", 0, &gpio)); /* of the interface itself */
    assert_int_equal(gpio.number, 18);
}

static void test_pins_by_phandle_and_of_old_trees(void **state)
{
    (void)state;
    struct props props = props_of("alone");
    assert_bus_pin(&props, "pwms", PROPS_PWM_OUT0, 13);
    assert_bus_pin(&props, "pwms", PROPS_PWM_OUT1, 47);
    props = props_of("old");
    assert_bus_pin(&props, NULL, PROPS_SPI_SCK, 2);
    assert_bus_pin(&props, NULL, PROPS_SPI_MOSI, 35);
}

static void test_disabled_and_noted(void **state)
{
    (void)state;
    char text[256];
    assert_null(find("below")); /* what is above it is disabled */
    assert_int_equal(wired.board.note_count, 2);
    board_note_text(&wired.board, 0, text, sizeof text);
    assert_non_null(strstr(text, "/soc/i2c@40003000/other@45"));
    assert_non_null(strstr(text, "vendor,other"));
    board_note_text(&wired.board, 1, text, sizeof text);
    assert_non_null(strstr(text, "/stranger"));
}

/* Moves the function in every psels from bit 24 to where older versions of Zephyr had it. */
static void move_functions(void *blob, uint32_t shift, uint32_t pin_bits)
{
    for (int node = fdt_next_node(blob, -1, NULL); node >= 0;
         node = fdt_next_node(blob, node, NULL)) {
        int length = 0;
        const fdt32_t *psels = fdt_getprop(blob, node, "psels", &length);
        for (int i = 0; psels != NULL && i < length / 4; i++) {
            uint32_t psel = fdt32_ld(psels + i);
            uint32_t moved = (psel >> 24) << shift | (psel & ((1U << pin_bits) - 1));
            fdt32_t big = cpu_to_fdt32(moved);
            fdt_setprop_inplace_namelen_partial(blob, node, "psels", 5, (uint32_t)i * 4, &big, 4);
        }
    }
}

static void test_older_encodings(void **state)
{
    (void)state;
    static const struct {
        uint32_t shift, pin_bits;
    } older[] = {{17, 9}, {16, 7}, {16, 6}};
    for (size_t i = 0; i < sizeof older / sizeof older[0]; i++) {
        struct sim_error error = {.status = SIM_OK};
        struct props_gpio gpio;
        board_free(&wired.board);
        file_free(&wired.blob);
        assert_true(file_read(WIRED_BLOB, &wired.blob, &error));
        move_functions(wired.blob.data, older[i].shift, older[i].pin_bits);
        assert_true(board_parse("wired", wired.blob.data, wired.blob.size, find_class, &wired.board,
                                &error));
        struct props props = props_of("sensor");
        assert_bus_pin(&props, NULL, PROPS_I2C_SDA, 26);
        assert_bus_pin(&props, NULL, PROPS_I2C_SCL, 27);
        props = props_of("alone");
        assert_bus_pin(&props, "pwms", PROPS_PWM_OUT1, 47);
        props = props_of("display");
        assert_false(props_bus_pin(&props, NULL, PROPS_SPI_MISO, &gpio));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_gpios_and_flags, parse, drop),
        cmocka_unit_test_setup_teardown(test_channels, parse, drop),
        cmocka_unit_test_setup_teardown(test_bus_of_a_part, parse, drop),
        cmocka_unit_test_setup_teardown(test_display_behind_its_interface, parse, drop),
        cmocka_unit_test_setup_teardown(test_pins_by_phandle_and_of_old_trees, parse, drop),
        cmocka_unit_test_setup_teardown(test_disabled_and_noted, parse, drop),
        cmocka_unit_test_setup_teardown(test_older_encodings, parse, drop),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
