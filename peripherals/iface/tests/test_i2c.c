/* I2C buses: who is called for which pins, acknowledgements and bytes of several targets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/iface/i2c.h"

struct fake {
    struct i2c_target target;
    uint32_t starts, stops, written, released;
    bool selected, held_scl, held_sda;
    uint8_t sends;
    uint64_t stretch_cycles;
};

static bool fake_start(void *owner, uint8_t address, bool read)
{
    struct fake *fake = owner;
    (void)read;
    fake->starts++;
    fake->selected = address == fake->target.address;
    return fake->selected;
}

static bool fake_write(void *owner, uint8_t byte)
{
    struct fake *fake = owner;
    fake->written = fake->selected ? byte : fake->written;
    return fake->selected;
}

static uint8_t fake_read(void *owner)
{
    const struct fake *fake = owner;
    return fake->selected ? fake->sends : 0xFF;
}

static void fake_stop(void *owner)
{
    struct fake *fake = owner;
    fake->stops++;
    fake->selected = false;
}

static uint64_t fake_stretch(const void *owner)
{
    return ((const struct fake *)owner)->stretch_cycles;
}

static bool fake_holds_scl(const void *owner)
{
    return ((const struct fake *)owner)->held_scl;
}

static bool fake_holds_sda(const void *owner)
{
    return ((const struct fake *)owner)->held_sda;
}

static void fake_released(void *owner)
{
    ((struct fake *)owner)->released++;
}

static void attach(struct i2c *i2c, struct fake *fake, uint8_t address, uint32_t scl, uint32_t sda)
{
    *fake = (struct fake){.target = {.name = "fake",
                                     .pins = {.scl = scl, .sda = sda},
                                     .address = address,
                                     .owner = fake,
                                     .start = fake_start,
                                     .write = fake_write,
                                     .read = fake_read,
                                     .stop = fake_stop,
                                     .stretch = fake_stretch,
                                     .holds_scl = fake_holds_scl,
                                     .holds_sda = fake_holds_sda}};
    i2c_attach(i2c, &fake->target);
}

static const struct i2c_pins bus = {.scl = 7, .sda = 6};

static void only_the_targets_of_the_pins_hear_anything(void **state)
{
    (void)state;
    struct i2c i2c;
    struct fake here, elsewhere;
    i2c_init(&i2c);
    attach(&i2c, &here, 0x15, 7, 6);
    attach(&i2c, &elsewhere, 0x15, 6, 7); /* SCL and SDA the wrong way round */
    assert_true(i2c_start(&i2c, bus, 0x15, false));
    assert_true(i2c_write(&i2c, bus, 0xA5));
    i2c_stop(&i2c, bus);
    assert_int_equal(here.written, 0xA5);
    assert_int_equal(here.stops, 1);
    assert_int_equal(elsewhere.starts + elsewhere.stops, 0);
}

static void nobody_answers_an_unknown_address(void **state)
{
    (void)state;
    struct i2c i2c;
    struct fake one;
    i2c_init(&i2c);
    assert_false(i2c_start(&i2c, bus, 0x15, true));
    attach(&i2c, &one, 0x15, 7, 6);
    assert_false(i2c_start(&i2c, bus, 0x16, true));
    assert_false(i2c_write(&i2c, bus, 1));
    assert_int_equal(i2c_read(&i2c, bus), 0xFF);
    assert_int_equal(one.starts, 1);
}

static void bytes_of_two_targets_are_anded(void **state)
{
    (void)state;
    struct i2c i2c;
    struct fake one, two;
    i2c_init(&i2c);
    attach(&i2c, &one, 0x44, 7, 6);
    attach(&i2c, &two, 0x44, 7, 6);
    one.sends = 0xF0;
    two.sends = 0x3C;
    assert_true(i2c_start(&i2c, bus, 0x44, true));
    assert_int_equal(i2c_read(&i2c, bus), 0x30);
}

static void stretching_and_held_lines_are_the_buss(void **state)
{
    (void)state;
    struct i2c i2c;
    struct fake one, two;
    i2c_init(&i2c);
    attach(&i2c, &one, 0x44, 7, 6);
    attach(&i2c, &two, 0x45, 7, 6);
    one.stretch_cycles = 100;
    two.stretch_cycles = 300;
    assert_int_equal(i2c_stretch(&i2c, bus), 300);
    assert_false(i2c_scl_is_held(&i2c, bus));
    two.held_scl = true;
    assert_true(i2c_scl_is_held(&i2c, bus));
    assert_false(i2c_sda_is_held(&i2c, bus));
    one.held_sda = true;
    assert_true(i2c_sda_is_held(&i2c, bus));
    assert_false(i2c_sda_is_held(&i2c, (struct i2c_pins){.scl = 1, .sda = 2}));
}

static void an_address_is_found_on_its_bus_only(void **state)
{
    (void)state;
    struct i2c i2c;
    struct fake one, any;
    i2c_init(&i2c);
    attach(&i2c, &any, I2C_ADDRESS_NONE, 7, 6);
    attach(&i2c, &one, 0x44, 7, 6);
    assert_ptr_equal(i2c_find(&i2c, bus, 0x44), &one.target);
    assert_null(i2c_find(&i2c, bus, 0x45));
    assert_null(i2c_find(&i2c, bus, I2C_ADDRESS_NONE));
    assert_null(i2c_find(&i2c, (struct i2c_pins){.scl = 7, .sda = 5}, 0x44));
}

static void joints_make_one_bus_of_two_pairs(void **state)
{
    (void)state;
    struct i2c i2c;
    struct fake one;
    struct i2c_joint scl = {.first = 27, .second = 7}, sda = {.first = 6, .second = 26};
    i2c_init(&i2c);
    attach(&i2c, &one, 0x44, 27, 26);
    assert_false(i2c_start(&i2c, bus, 0x44, true));
    i2c_join(&i2c, &scl);
    assert_false(i2c_start(&i2c, bus, 0x44, true)); /* SCL alone does not */
    i2c_join(&i2c, &sda);
    assert_true(i2c_start(&i2c, bus, 0x44, true));
    assert_true(i2c_start(&i2c, (struct i2c_pins){.scl = 27, .sda = 26}, 0x44, true));
    assert_int_equal(one.starts, 2);
}

static void a_release_reaches_every_controller(void **state)
{
    (void)state;
    struct i2c i2c;
    struct fake counts = {0};
    struct i2c_controller a = {.owner = &counts, .released = fake_released}, b = a;
    i2c_init(&i2c);
    i2c_release(&i2c);
    i2c_add_controller(&i2c, &a);
    i2c_add_controller(&i2c, &b);
    i2c_release(&i2c);
    assert_int_equal(counts.released, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_the_targets_of_the_pins_hear_anything),
        cmocka_unit_test(nobody_answers_an_unknown_address),
        cmocka_unit_test(bytes_of_two_targets_are_anded),
        cmocka_unit_test(stretching_and_held_lines_are_the_buss),
        cmocka_unit_test(an_address_is_found_on_its_bus_only),
        cmocka_unit_test(joints_make_one_bus_of_two_pairs),
        cmocka_unit_test(a_release_reaches_every_controller),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
