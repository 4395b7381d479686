/* What a frame tells of the parts: kinds on every board that comes with the program, the share of
 * time that a light was on, pins, values, pictures. Machines without firmware: the test moves time
 * and wires itself. */
#include "sim/view/tests/board_frames.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "sim/machine/machine_snapshot.h"

#define FRAME_CYCLES 1066667U /* a sixtieth of a second at 64 MHz */

static struct board_frames bench;

static void open_bench(const char *name, board_find_class *find_class)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.dtb", BOARD_FOLDER, name);
    board_frames_open(&bench, path, find_class);
}

static void close_bench(void)
{
    board_frames_close(&bench);
}

static const struct view_parts *fill(void)
{
    view_builder_fill(bench.builder, bench.frame);
    return &bench.frame->parts;
}

static size_t index_of(const char *name)
{
    return board_frames_find(&bench, name);
}

static const struct view_part *part(const char *name)
{
    return &bench.frame->parts.parts[index_of(name)];
}

static struct pin *pin_of(uint32_t number)
{
    return board_frames_pin(&bench, number);
}

static void pass(uint64_t cycles)
{
    struct clock *clock = machine_clock(bench.machine);
    clock_set_now(clock, clock_now(clock) + cycles);
}

static void tell(const char *device, const char *what, int32_t value)
{
    board_frames_tell(&bench, device, what, value);
}

static const struct expected_kind {
    const char *board, *part;
    enum view_part_kind kind;
} expected_kinds[] = {
    {"nrf52dk", "led0", VIEW_PART_LIGHT},           {"nrf52dk", "led3", VIEW_PART_LIGHT},
    {"nrf52dk", "button0", VIEW_PART_BUTTON},       {"nrf52dk", "pad0", VIEW_PART_TOUCH_KEY},
    {"nrf52dk", "uart0", VIEW_PART_OTHER},          {"nrf52840dk", "buzzer", VIEW_PART_BUZZER},
    {"nrf52840dk", "usb_host", VIEW_PART_LINK},     {"nrf52840dk", "mx25r64", VIEW_PART_OTHER},
    {"security_key", "led3", VIEW_PART_LIGHT},      {"security_key", "pad0", VIEW_PART_TOUCH_KEY},
    {"security_key", "usb_host", VIEW_PART_LINK},   {"pinetime", "st7789v", VIEW_PART_DISPLAY},
    {"pinetime", "cst816s", VIEW_PART_TOUCH_PANEL}, {"pinetime", "motor", VIEW_PART_MOTOR},
    {"pinetime", "charging", VIEW_PART_BUTTON},     {"pinetime", "bma421", VIEW_PART_SENSOR},
    {"pinetime", "hrs3300", VIEW_PART_SENSOR},      {"pinetime", "vbatt", VIEW_PART_SENSOR},
    {"pinetime", "xt25f32b", VIEW_PART_OTHER},      {"sensor_node", "sht3xd", VIEW_PART_SENSOR},
    {"sensor_node", "bh1750", VIEW_PART_SENSOR},    {"sensor_node", "led1", VIEW_PART_LIGHT},
};

static void test_kinds_on_every_board(void **state)
{
    (void)state;
    const char *open = "";
    for (size_t i = 0; i < sizeof expected_kinds / sizeof expected_kinds[0]; i++) {
        const struct expected_kind *expected = &expected_kinds[i];
        if (strcmp(open, expected->board) != 0) {
            if (open[0] != '\0') {
                close_bench();
            }
            open_bench(expected->board, catalogue_find);
            open = expected->board;
            fill();
            assert_int_equal(bench.frame->parts.part_count, bench.board.device_count);
        }
        if (part(expected->part)->kind != expected->kind) {
            fail_msg("%s: %s is of kind %d", expected->board, expected->part,
                     part(expected->part)->kind);
        }
        assert_int_equal(part(expected->part)->on_chip, strcmp(expected->part, "uart0") == 0);
    }
    close_bench();
}

/* LEDs of the nRF52-DK are active low: led0 on P0.17. */
static void light(bool on)
{
    wire_drive(&pin_of(17)->out, on ? WIRE_LOW : WIRE_HIGH);
}

static void check_led(uint16_t brightness, bool active, const char *text)
{
    fill();
    assert_int_equal(part("led0")->brightness, brightness);
    assert_int_equal(part("led0")->active, active);
    assert_string_equal(part("led0")->text, text);
}

static void test_share_of_a_constant_light(void **state)
{
    (void)state;
    open_bench("nrf52dk", catalogue_find);
    light(false);
    pass(FRAME_CYCLES);
    check_led(0, false, "off");
    light(true);
    pass(FRAME_CYCLES);
    check_led(1000, true, "on");
    /* No edge within the frame. */
    pass(FRAME_CYCLES);
    check_led(1000, true, "on");
    light(false);
    pass(FRAME_CYCLES);
    check_led(0, false, "off");
    pass(64000000ULL * 86400);
    check_led(0, false, "off");
    close_bench();
}

static void test_share_of_blinking_and_pwm(void **state)
{
    (void)state;
    open_bench("nrf52dk", catalogue_find);
    fill();
    /* A PWM of 1 kHz and 37.5 %: each frame has 16 whole periods. */
    for (unsigned frame = 0; frame < 3; frame++) {
        for (unsigned period = 0; period < 16; period++) {
            light(true);
            pass(24000);
            light(false);
            pass(40000);
        }
        check_led(375, false, "on 37.5 % of the time");
    }
    /* Ends while it is lit: 3 of 10 parts, the last two of them at the end. */
    light(true);
    pass(10000);
    light(false);
    pass(70000);
    light(true);
    pass(20000);
    check_led(300, true, "on 30.0 % of the time");
    /* And goes on from there: 1 of 4. */
    pass(1000);
    light(false);
    pass(3000);
    check_led(250, false, "on 25.0 % of the time");
    close_bench();
}

static void test_share_at_its_ends(void **state)
{
    (void)state;
    open_bench("nrf52dk", catalogue_find);
    fill();
    /* A flash of a single cycle is not nothing, and a gap of one not all. */
    light(true);
    pass(1);
    light(false);
    pass(FRAME_CYCLES);
    check_led(1, false, "on 0.1 % of the time");
    light(true);
    pass(FRAME_CYCLES);
    light(false);
    pass(1);
    check_led(999, false, "on 99.9 % of the time");
    /* While time stands still the picture stays. */
    check_led(999, false, "on 99.9 % of the time");
    light(true);
    check_led(999, true, "on 99.9 % of the time");
    pass(100);
    check_led(1000, true, "on");
    close_bench();
}

static void test_motor_by_pwm(void **state)
{
    (void)state;
    open_bench("pinetime", catalogue_find);
    fill();
    wire_drive(&pin_of(16)->out, WIRE_LOW);
    pass(2500);
    wire_drive(&pin_of(16)->out, WIRE_HIGH);
    pass(7500);
    fill();
    assert_int_equal(part("motor")->brightness, 250);
    assert_false(part("motor")->active);
    assert_string_equal(part("motor")->text, "turning 25.0 % of the time");
    close_bench();
}

static void test_what_is_pressed_and_touched(void **state)
{
    (void)state;
    open_bench("pinetime", catalogue_find);
    fill();
    assert_false(part("button0")->active);
    assert_string_equal(part("button0")->text, "released");
    assert_string_equal(part("button0")->place, "P0.13");
    tell("button0", "press", 1);
    tell("cst816s", "touch", 17 + 200 * DEVICE_TOUCH_PLACES);
    fill();
    assert_true(part("button0")->active);
    assert_string_equal(part("button0")->text, "pressed");
    assert_true(part("cst816s")->active);
    assert_int_equal(part("cst816s")->touch_width, 240);
    assert_int_equal(part("cst816s")->touch_height, 240);
    assert_int_equal(part("cst816s")->touch_x, 17);
    assert_int_equal(part("cst816s")->touch_y, 200);
    assert_string_equal(part("charging")->label, "Charging");
    close_bench();
}

static void check_words(const char *name, bool active, const char *text)
{
    fill();
    assert_int_equal(part(name)->active, active);
    assert_string_equal(part(name)->text, text);
}

static void test_words(void **state)
{
    (void)state;
    open_bench("nrf52840dk", catalogue_find);
    check_words("usb_host", true, "plugged in, no device seen");
    tell("usb_host", "unplug", 1);
    check_words("usb_host", false, "not plugged in");
    check_words("buzzer", false, "silent");
    for (unsigned i = 0; i < 3; i++) {
        board_frames_drive(&bench, 42, true);
        pass(16000);
        board_frames_drive(&bench, 42, false);
        pass(16000);
    }
    check_words("buzzer", true, "2000 Hz");
    tell("buzzer", "stuck", 1);
    check_words("buzzer", false, "silent");
    close_bench();
    open_bench("pinetime", catalogue_find);
    check_words("st7789v", false, "asleep, 0 frames");
    close_bench();
    open_bench("tests/radio", catalogue_find);
    check_words("peer0", false, "channel 11, listening");
    close_bench();
}

static void test_pins(void **state)
{
    (void)state;
    open_bench("nrf52dk", catalogue_find);
    const struct view_pin *pins = fill()->pins;
    assert_int_equal(bench.frame->parts.pin_count, 32);
    assert_string_equal(pins[17].users, "led0");
    assert_string_equal(pins[6].users, "uart0 TX");
    assert_string_equal(pins[22].users, "");
    assert_int_equal(pins[22].driver, VIEW_DRIVEN_BY_NOBODY);
    assert_int_equal(pins[22].level, VIEW_LEVEL_FLOATING);
    assert_int_equal(pins[24].driver, VIEW_DRIVEN_BY_PART); /* the touch pad */
    assert_int_equal(pins[24].level, VIEW_LEVEL_LOW);
    wire_drive(&pin_of(22)->out, WIRE_HIGH);
    wire_drive(&pin_of(22)->pad, WIRE_HIGH);
    fill();
    assert_int_equal(pins[22].driver, VIEW_DRIVEN_BY_CHIP);
    assert_int_equal(pins[22].level, VIEW_LEVEL_HIGH);
    assert_int_equal(pins[22].millivolts, 3000);
    assert_true(pins[22].toggled);
    /* A pulse between two frames leaves the level and is told. */
    wire_drive(&pin_of(22)->pad, WIRE_LOW);
    wire_drive(&pin_of(22)->pad, WIRE_HIGH);
    fill();
    assert_true(pins[22].toggled);
    assert_int_equal(pins[22].level, VIEW_LEVEL_HIGH);
    fill();
    assert_false(pins[22].toggled);
    close_bench();
}

static void test_a_voltage(void **state)
{
    (void)state;
    open_bench("sensor_node", catalogue_find);
    const struct view_pin *pin = &fill()->pins[29]; /* AIN5, half of the battery */
    assert_true(pin->analog);
    assert_int_equal(pin->millivolts, 1850);
    assert_int_equal(bench.frame->parts.supply_millivolts, 3000);
    tell("vbatt", "millivolts", 3000);
    fill();
    assert_int_equal(pin->millivolts, 1500);
    close_bench();
}

static struct machine_snapshot snapshot;

static void save(void)
{
    struct sim_error error = {.status = SIM_OK};
    assert_true(machine_snapshot_save(bench.machine, &snapshot, &error));
}

static void restore(void)
{
    struct sim_error error = {.status = SIM_OK};
    assert_true(machine_snapshot_restore(bench.machine, &snapshot, "test", &error));
    machine_snapshot_free(&snapshot);
}

static const struct view_control *control(const char *device, const char *input)
{
    const struct view_parts *parts = &bench.frame->parts;
    for (size_t i = 0; i < parts->control_count; i++) {
        if (parts->controls[i].device == index_of(device) &&
            strcmp(parts->controls[i].input, input) == 0) {
            return &parts->controls[i];
        }
    }
    fail_msg("%s has no control %s", device, input);
    return NULL;
}

static void check_value(const char *device, const char *input, int32_t value, const char *text)
{
    char buffer[VIEW_VALUE_TEXT_BYTES];
    fill();
    const struct view_control *found = control(device, input);
    assert_int_equal(found->value, value);
    assert_true(found->minimum <= found->usual_minimum &&
                found->usual_minimum < found->usual_maximum &&
                found->usual_maximum <= found->maximum);
    assert_string_equal(view_value_text(buffer, found->value, found->decimals, found->unit), text);
}

static void test_values(void **state)
{
    (void)state;
    open_bench("pinetime", catalogue_find);
    check_value("bma421", "x", 0, "0 mg");
    check_value("bma421", "z", 1000, "1000 mg");
    check_value("bma421", "temperature", 2300, "23.00 °C");
    check_value("vbatt", "millivolts", 3700, "3700 mV");
    tell("bma421", "x", -250);
    check_value("bma421", "x", -250, "-250 mg");
    tell("bma421", "temperature", -7);
    check_value("bma421", "temperature", -7, "-0.07 °C");
    /* What one input sets the other shows. */
    tell("vbatt", "percent", 50);
    check_value("vbatt", "millivolts", 3800, "3800 mV");
    check_value("vbatt", "percent", 50, "50 %");
    assert_string_equal(part("vbatt")->text, "3800 mV, 50 %");
    check_value("temp", "temperature", 2500, "25.00 °C");
    check_value("power", "supply", 3000, "3000 mV");
    tell("power", "supply", 1800);
    check_value("power", "supply", 1800, "1800 mV");
    assert_int_equal(control("bma421", "double-tap")->kind, VIEW_CONTROL_ONCE);
    /* Sensors come before other parts, parts before the chip, and what is pressed or typed is no
     * control. */
    assert_false(part("bma421")->on_chip);
    assert_true(control("vbatt", "percent") < control("cst816s", "gesture"));
    const struct view_parts *parts = &bench.frame->parts;
    bool chip = false;
    for (size_t i = 0; i < parts->control_count; i++) {
        const char *input = parts->controls[i].input;
        assert_true(parts->parts[parts->controls[i].device].on_chip || !chip);
        chip = parts->parts[parts->controls[i].device].on_chip;
        assert_string_not_equal(input, "press");
        assert_string_not_equal(input, "touch");
        assert_string_not_equal(input, "byte");
    }
    close_bench();
}

static void test_every_value_of_an_input_reads_back(void **state)
{
    (void)state;
    open_bench("sensor_node", catalogue_find);
    static const struct {
        const char *device, *input;
        int32_t value;
    } cases[] = {{"sht3xd", "temperature", -4000}, {"sht3xd", "humidity", 10000},
                 {"bh1750", "light", 200000},      {"vbatt", "millivolts", 2999},
                 {"temp", "temperature", 8500},    {"power", "supply", 5500}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tell(cases[i].device, cases[i].input, cases[i].value);
        fill();
        assert_int_equal(control(cases[i].device, cases[i].input)->value, cases[i].value);
    }
    close_bench();
}

/* ---- displays ---- */

static struct device_picture fake_picture;
static unsigned rows_asked;

static bool picture(const void *self, struct device_picture *to)
{
    (void)self;
    *to = fake_picture;
    return true;
}

/* Red is the column, green the row, blue both above 255. */
static void picture_row(const void *self, uint32_t y, uint8_t *rgb)
{
    (void)self;
    rows_asked++;
    for (uint32_t x = 0; x < fake_picture.width; x++) {
        rgb[3 * x] = (uint8_t)x;
        rgb[3 * x + 1] = (uint8_t)y;
        rgb[3 * x + 2] = (uint8_t)(x / 256 * 16 + y / 256);
    }
}

static const char *init(void *self, const struct device_env *env)
{
    (void)self;
    (void)env;
    return NULL;
}

static const struct device_class fake_display = {.name = "fake-display",
                                                 .size_bytes = 8,
                                                 .init = init,
                                                 .picture = picture,
                                                 .picture_row = picture_row};

static const struct device_class *find_fake(const char *compatible)
{
    return strcmp(compatible, "sitronix,st7789v") == 0 ? &fake_display : catalogue_find(compatible);
}

static void check_pixel(uint32_t x, uint32_t y, uint32_t step)
{
    const struct view_display *display = &bench.frame->parts.displays[0];
    const uint8_t *rgb = display->rgb + 3 * ((size_t)y * display->width + x);
    assert_int_equal(rgb[0], (uint8_t)(x * step));
    assert_int_equal(rgb[1], (uint8_t)(y * step));
    assert_int_equal(rgb[2], x * step / 256 * 16 + y * step / 256);
}

static void test_pictures_of_all_sizes(void **state)
{
    (void)state;
    static const struct {
        uint32_t width, height, step;
    } sizes[] = {{1, 1, 1},     {240, 240, 1},    {320, 320, 1}, {321, 320, 2},
                 {4096, 25, 1}, {4096, 4096, 13}, {640, 480, 2}, {1, 4096, 1}};
    open_bench("pinetime", find_fake);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        fake_picture.width = sizes[i].width;
        fake_picture.height = sizes[i].height;
        fake_picture.changes++;
        const struct view_display *display = &fill()->displays[0];
        assert_int_equal(bench.frame->parts.display_count, 1);
        assert_int_equal(display->width, (sizes[i].width + sizes[i].step - 1) / sizes[i].step);
        assert_int_equal(display->height, (sizes[i].height + sizes[i].step - 1) / sizes[i].step);
        assert_true((uint64_t)display->width * display->height * 3 <= VIEW_DISPLAY_BYTES_MAX);
        check_pixel(0, 0, sizes[i].step);
        check_pixel(display->width - 1, display->height - 1, sizes[i].step);
    }
    /* What cannot be shown is not. */
    static const uint32_t absurd[][2] = {{0, 5}, {5, 0}, {4097, 1}, {1, 4097}, {UINT32_MAX, 1}};
    for (size_t i = 0; i < sizeof absurd / sizeof absurd[0]; i++) {
        fake_picture.width = absurd[i][0];
        fake_picture.height = absurd[i][1];
        fake_picture.changes++;
        assert_int_equal(fill()->displays[0].width, 0);
    }
    close_bench();
}

static void test_a_picture_is_fetched_when_it_changed(void **state)
{
    (void)state;
    open_bench("pinetime", find_fake);
    save();
    fake_picture = (struct device_picture){.width = 24, .height = 10, .changes = 5};
    rows_asked = 0;
    fill();
    assert_int_equal(rows_asked, 10);
    fill();
    assert_int_equal(rows_asked, 10);
    fake_picture.changes++;
    fill();
    assert_int_equal(rows_asked, 20);
    /* Frames alternate: each has its own memory. */
    struct view_frame *first = bench.frame;
    struct view_frame *second = calloc(1, sizeof *second);
    assert_non_null(second);
    bench.frame = second;
    fill();
    assert_int_equal(rows_asked, 30);
    fake_picture.changes++;
    fill();
    bench.frame = first;
    fill();
    assert_int_equal(rows_asked, 50);
    free(second);
    /* Time that goes back: a snapshot, whose number of changes may be the same. */
    pass(1000);
    fill();
    restore();
    fill();
    assert_int_equal(rows_asked, 60);
    close_bench();
}

static void test_time_that_goes_back(void **state)
{
    (void)state;
    open_bench("nrf52dk", catalogue_find);
    pass(1000000);
    save();
    light(true);
    pass(1000000);
    check_led(500, true, "on 50.0 % of the time");
    restore();
    check_led(0, false, "off");
    pass(1000000);
    light(true);
    pass(1000000);
    check_led(500, true, "on 50.0 % of the time");
    close_bench();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_kinds_on_every_board),
        cmocka_unit_test(test_share_of_a_constant_light),
        cmocka_unit_test(test_share_of_blinking_and_pwm),
        cmocka_unit_test(test_share_at_its_ends),
        cmocka_unit_test(test_motor_by_pwm),
        cmocka_unit_test(test_what_is_pressed_and_touched),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_pins),
        cmocka_unit_test(test_a_voltage),
        cmocka_unit_test(test_values),
        cmocka_unit_test(test_every_value_of_an_input_reads_back),
        cmocka_unit_test(test_pictures_of_all_sizes),
        cmocka_unit_test(test_a_picture_is_fetched_when_it_changed),
        cmocka_unit_test(test_time_that_goes_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
