/* Whatever comes over the bus and from outside: no I2C part reads or writes out of bounds,
 * overflows (sanitizers), stops time, or leaves a state that a snapshot would refuse. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "peripherals/parts/bh1750.h"
#include "peripherals/parts/bma42x.h"
#include "peripherals/parts/cst816s.h"
#include "peripherals/parts/hrs3300.h"
#include "peripherals/parts/sht3x.h"
#include "peripherals/parts/tests/i2c_bench.h"

#define STEPS 60000U

static const struct i2c_pins pins = {.scl = I2C_BENCH_SCL, .sda = I2C_BENCH_SDA};

static uint32_t next_random(uint32_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return *seed;
}

static int32_t any_value(uint32_t *seed)
{
    static const int32_t edges[] = {0, 1, -1, INT32_MAX, INT32_MIN, 100000};
    uint32_t random = next_random(seed);
    return random % 4 == 0 ? (int32_t)next_random(seed) >> (random >> 8 & 31)
                           : edges[(random >> 8) % 6];
}

/* An input or a fault, by the part's own tables; a fault's value that these do not allow is
 * refused.
 */
static void tell(struct bench *b, uint32_t *seed)
{
    const struct device_class *c = b->device_class;
    uint32_t inputs = 0, faults = 0;
    while (c->inputs[inputs].name != NULL) {
        inputs++;
    }
    while (c->faults[faults].name != NULL) {
        faults++;
    }
    uint32_t which = next_random(seed) % (inputs + faults);
    const char *what = which < inputs ? c->inputs[which].name : c->faults[which - inputs].name;
    bool end = next_random(seed) % 2 == 0; /* so that faults do not pile up */
    int32_t value = end ? 0 : any_value(seed);
    bool allowed = which < inputs || value == 0 ||
                   (value >= c->faults[which - inputs].value_min &&
                    value <= c->faults[which - inputs].value_max);
    assert_int_equal(bench_input(b, what, value), allowed);
}

static void speak(struct bench *b, uint32_t *seed)
{
    const struct i2c *i2c = &b->nets.i2c;
    uint32_t random = next_random(seed);
    switch (random % 8) {
    case 0:
    case 1:
        (void)i2c_start(i2c, pins, (uint8_t)b->props[0].value, (random >> 8 & 1) != 0);
        break;
    case 2:
        i2c_stop(i2c, pins);
        break;
    case 3:
    case 4:
        (void)i2c_read(i2c, pins);
        break;
    default:
        (void)i2c_write(i2c, pins, (uint8_t)(random >> 8));
        break;
    }
    (void)i2c_stretch(i2c, pins);
}

static void drive_pins(struct bench *b, uint32_t *seed)
{
    static const uint32_t numbers[] = {I2C_BENCH_SCL, 10, 28};
    uint32_t random = next_random(seed);
    wire_drive(&b->pins[numbers[random % 3]].out, (enum wire_level)((random >> 8) % 3));
}

static void check(struct bench *b)
{
    const struct device_class *c = b->device_class;
    const char *state = (const char *)b->device + c->state_offset;
    assert_true(c->state_is_sane(b->device, state, clock_now(&b->clock)));
}

static void each_part_survives_anything(void **state)
{
    static const struct device_class *const classes[] = {&part_cst816s_class, &part_bma421_class,
                                                         &part_hrs3300_class, &part_sht3x_class,
                                                         &part_bh1750_class};
    (void)state;
    for (uint32_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        struct bench *b = i2c_bench_new(0x23);
        uint32_t seed = 12345 + i;
        b->gpios[0] = (struct bench_gpio){"int-gpios", 28, 0};
        b->gpios[1] = (struct bench_gpio){"rst-gpios", 10, PROPS_GPIO_ACTIVE_LOW};
        assert_null(i2c_bench_start(b, classes[i]));
        for (uint32_t step = 0; step < STEPS; step++) {
            uint32_t random = next_random(&seed) % 32;
            b->notes.count = 0;
            if (random == 0) {
                tell(b, &seed);
            } else if (random == 1) {
                drive_pins(b, &seed);
            } else if (random == 2) {
                bench_run_to(b, clock_now(&b->clock) + next_random(&seed) % 30000000U);
            } else if (random == 3 && next_random(&seed) % 64 == 0) {
                bench_reset(b, next_random(&seed) % 2);
            } else {
                speak(b, &seed);
            }
            check(b);
        }
        bench_free(b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_part_survives_anything),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
