#include "kernel/capsules/st7789.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/abi/drivers.h"
#include "kernel/abi/syscall.h"
#include "kernel/capsules/tests/fake_bus.h"
#include "kernel/capsules/tests/fake_hil.h"
#include "kernel/capsules/tests/fake_panel.h"

#define IS_COMMAND 0x100u
#define LOG_MAX    64u

static struct st7789 display;
static struct fake_spi bus;
static struct fake_delay delay;
static struct fake_pin data_command, reset;
static struct st7789_config config;
static uint32_t done_count;
static uint32_t log_length;
static uint16_t log_entry[LOG_MAX]; /* bytes on the bus; commands with IS_COMMAND */

static void count_done(void *self)
{
    (void)self;
    done_count++;
}

static const struct hil_screen_client client = {count_done, NULL, NULL};

static bool step(void)
{
    if (!bus.transfers.busy) {
        return false;
    }
    for (uint32_t i = 0; i < bus.transfers.write.length; i++) {
        assert_true(log_length < LOG_MAX);
        log_entry[log_length] =
            (uint16_t)(bus.transfers.as_given[i] | (data_command.level ? 0 : IS_COMMAND));
        log_length++;
    }
    assert_int_equal(bus.transfers.read.length, 0);
    return fake_spi_step(&bus, NULL, 0);
}

static void run_bus(void)
{
    while (step()) {
    }
}

static void expect_log(const uint16_t *entries, uint32_t count)
{
    assert_int_equal(log_length, count);
    assert_memory_equal(log_entry, entries, count * sizeof entries[0]);
    log_length = 0;
}

static int begin(void **state)
{
    (void)state;
    fake_spi_init(&bus);
    fake_delay_init(&delay);
    data_command = reset = (struct fake_pin){0};
    config = (struct st7789_config){
        .spi = &bus.spi,
        .width = 240,
        .height = 240,
        .reset = {&fake_pin_ops, &reset},
        .data_command = {&fake_pin_ops, &data_command},
        .delay = &delay.delay,
    };
    done_count = 0;
    log_length = 0;
    st7789_init(&display, &config);
    hil_screen_set_client(&display.screen, &client);
    return 0;
}

static int begin_started(void **state)
{
    begin(state);
    while (display.state != ST7789_IDLE) {
        run_bus();
        (void)fake_delay_step(&delay);
    }
    done_count = 0;
    log_length = 0;
    return 0;
}

static void test_start(void **state)
{
    (void)state;
    const uint16_t first[] = {IS_COMMAND | 0x11}; /* sleep out */
    const uint16_t rest[] = {
        IS_COMMAND | 0x3A, 0x55, IS_COMMAND | 0x36, 0x00, IS_COMMAND | 0x21, IS_COMMAND | 0x13,
        IS_COMMAND | 0x29};
    assert_false(reset.level);
    assert_int_equal(reset.mode, FAKE_PIN_OUTPUT);
    assert_true(delay.microseconds >= 10);
    assert_int_equal(hil_screen_set_power(&display.screen, true), K_EBUSY);
    assert_true(fake_delay_step(&delay));
    assert_true(reset.level);
    assert_true(delay.microseconds >= 120000);
    assert_false(bus.transfers.busy);
    assert_true(fake_delay_step(&delay));
    run_bus();
    expect_log(first, 1);
    assert_true(delay.microseconds >= 120000);
    assert_int_equal(done_count, 0);
    assert_true(fake_delay_step(&delay));
    run_bus();
    expect_log(rest, 7);
    assert_int_equal(done_count, 1);
}

static void test_frame_and_pixels(void **state)
{
    (void)state;
    const struct hil_screen_frame frame = {.x = 2, .y = 255, .width = 238, .height = 2};
    const uint16_t window[] = {IS_COMMAND | 0x2A, 0, 2, 0, 239, IS_COMMAND | 0x2B, 0, 0xFF, 1, 0,
                               IS_COMMAND | 0x2C};
    const uint16_t pixels[] = {0xF8, 0x00, 0x07, 0xE0};
    uint8_t bytes[] = {0xF8, 0x00, 0x07, 0xE0};
    struct dma_buffer buffer = DMA_BUFFER_OF(bytes);
    assert_int_equal(hil_screen_begin(&display.screen, frame), K_OK);
    assert_int_equal(hil_screen_begin(&display.screen, frame), K_EBUSY);
    run_bus();
    expect_log(window, 11);
    assert_int_equal(done_count, 1);
    assert_int_equal(hil_screen_put(&display.screen, &buffer, 0), K_ESIZE);
    assert_int_equal(hil_screen_put(&display.screen, &buffer, 4), K_OK);
    assert_int_equal(hil_screen_put(&display.screen, &buffer, 4), K_EBUSY);
    assert_true(dma_buffer_is_lent(&buffer));
    run_bus();
    expect_log(pixels, 4);
    assert_int_equal(done_count, 2);
    assert_false(dma_buffer_is_lent(&buffer));
    assert_int_equal(display.screen.width, 240);
    assert_int_equal(display.screen.format, ABI_SCREEN_RGB_565);
}

static void test_power_and_inversion(void **state)
{
    (void)state;
    /* The panel's normal colours are the controller's inverted ones. */
    const uint16_t expected[] = {IS_COMMAND | 0x28, IS_COMMAND | 0x29, IS_COMMAND | 0x20,
                                 IS_COMMAND | 0x21};
    assert_int_equal(hil_screen_set_power(&display.screen, false), K_OK);
    run_bus();
    assert_int_equal(hil_screen_set_power(&display.screen, true), K_OK);
    run_bus();
    assert_int_equal(hil_screen_set_inverted(&display.screen, true), K_OK);
    run_bus();
    assert_int_equal(hil_screen_set_inverted(&display.screen, false), K_OK);
    run_bus();
    expect_log(expected, 4);
    assert_int_equal(done_count, 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_start, begin),
        cmocka_unit_test_setup(test_frame_and_pixels, begin_started),
        cmocka_unit_test_setup(test_power_and_inversion, begin_started),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
