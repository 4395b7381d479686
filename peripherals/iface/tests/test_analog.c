/* Voltages: who hears of a change, and what a pin's voltage follows from. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/nets.h"
#include "peripherals/iface/wire.h"

#define SUPPLY 3300000

struct heard {
    struct analog_listener listener;
    uint32_t count, index;
    int32_t microvolts;
    struct heard *before; /* must have heard of it already */
};

static void changed(void *owner, uint32_t index, int32_t microvolts)
{
    struct heard *heard = owner;
    assert_true(heard->before == NULL || heard->before->count == heard->count + 1);
    heard->count++;
    heard->index = index;
    heard->microvolts = microvolts;
}

static void a_change_reaches_every_listener_in_order(void **state)
{
    struct analog_node node = {0};
    struct heard first = {0}, second = {.before = &first};
    (void)state;
    analog_listen(&node, &first.listener, changed, &first, 3);
    analog_listen(&node, &second.listener, changed, &second, 9);
    assert_int_equal(first.count, 0);
    analog_drive(&node, -250000);
    assert_int_equal(first.count, 1);
    assert_int_equal(second.count, 1);
    assert_int_equal(first.index, 3);
    assert_int_equal(second.index, 9);
    assert_int_equal(second.microvolts, -250000);
    analog_drive(&node, -250000); /* no change */
    assert_int_equal(second.count, 1);
    analog_drive(&node, 1);
    assert_int_equal(second.count, 2);
    assert_int_equal(node.microvolts, 1);
}

static void to_drive_0_volt_is_not_to_float(void **state)
{
    struct analog_node node = {0};
    struct heard heard = {0};
    (void)state;
    analog_listen(&node, &heard.listener, changed, &heard, 0);
    assert_false(node.driven);
    analog_drive(&node, 0);
    assert_true(node.driven);
    assert_int_equal(heard.count, 1);
}

static void a_pin_has_the_voltage_of_its_strongest_driver(void **state)
{
    struct pin pin;
    (void)state;
    pin_init(&pin);
    assert_true(pin_floats(&pin));
    assert_int_equal(pin_microvolts(&pin, SUPPLY), 0);
    wire_drive(&pin.pad, WIRE_HIGH); /* a pull-up, as GPIO sees it */
    assert_true(pin_floats(&pin));
    assert_int_equal(pin_microvolts(&pin, SUPPLY), SUPPLY);
    wire_drive(&pin.in, WIRE_HIGH);
    assert_false(pin_floats(&pin));
    analog_drive(&pin.analog, 1234567);
    assert_int_equal(pin_microvolts(&pin, SUPPLY), 1234567);
    wire_drive(&pin.out, WIRE_LOW);
    wire_drive(&pin.pad, WIRE_LOW);
    assert_int_equal(pin_microvolts(&pin, SUPPLY), 0);
    wire_drive(&pin.out, WIRE_HIGH);
    wire_drive(&pin.pad, WIRE_HIGH);
    assert_int_equal(pin_microvolts(&pin, SUPPLY), SUPPLY);
    assert_false(pin_floats(&pin));
}

static void a_board_has_its_supply_from_the_start(void **state)
{
    struct nets nets;
    (void)state;
    nets_init(&nets);
    assert_true(nets.vdd.driven);
    assert_int_equal(nets.vdd.microvolts, 3000000);
    assert_null(nets.vdd.listeners);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_change_reaches_every_listener_in_order),
        cmocka_unit_test(to_drive_0_volt_is_not_to_float),
        cmocka_unit_test(a_pin_has_the_voltage_of_its_strongest_driver),
        cmocka_unit_test(a_board_has_its_supply_from_the_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
