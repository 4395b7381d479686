#include "kernel/capsules/screen.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"
#include "kernel/capsules/tests/fake_panel.h"

static struct screen_driver screen;
static struct fake_screen display;
static uint8_t picture[FAKE_SCREEN_BYTES + 10];

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_screen_init(&display);
    screen_init(&screen, &display.screen);
    for (uint32_t i = 0; i < sizeof picture; i++) {
        picture[i] = (uint8_t)(i * 7 + 1);
    }
    return 0;
}

static command_return command(uint32_t process, uint32_t number, uint32_t argument0,
                              uint32_t argument1)
{
    return fake_core_command(&screen_driver_ops, &screen, process, number, argument0, argument1);
}

static void allow(uint32_t process, void *bytes, uint32_t length)
{
    fake_core_allow(process, screen_driver_ops.grant, ALLOW_READ_ONLY, ABI_SCREEN_RO_PIXELS, bytes,
                    length);
}

static void run(void)
{
    fake_core_run();
    while (fake_screen_step(&display)) {
        fake_core_run();
    }
}

static void expect_done(uint32_t process, int status)
{
    expect_upcall(process, ABI_SCREEN_UPCALL_DONE, (uint32_t)-status, 0, 0);
}

static void expect_pair(command_return result, uint32_t first, uint32_t second)
{
    assert_int_equal(command_variant(result), ABI_SUCCESS_U32_U32);
    assert_int_equal(command_value(result), first);
    assert_int_equal(fake_core_second_value(), second);
}

static void test_what_it_says_of_itself(void **state)
{
    (void)state;
    expect_success(command(0, ABI_COMMAND_EXISTS, 0, 0));
    expect_u32(command(0, ABI_SCREEN_HAS_SETUP, 0, 0), 0);
    expect_u32(command(0, ABI_SCREEN_RESOLUTIONS, 0, 0), 1);
    expect_pair(command(0, ABI_SCREEN_RESOLUTION_AT, 0, 0), 40, 20);
    expect_failure(command(0, ABI_SCREEN_RESOLUTION_AT, 1, 0), K_EINVAL);
    expect_u32(command(0, ABI_SCREEN_FORMATS, 0, 0), 1);
    expect_u32(command(0, ABI_SCREEN_FORMAT_AT, 0, 0), ABI_SCREEN_RGB_565);
    expect_failure(command(0, ABI_SCREEN_FORMAT_AT, 1, 0), K_EINVAL);
    expect_u32(command(0, ABI_SCREEN_ROTATION, 0, 0), 0);
    expect_pair(command(0, ABI_SCREEN_RESOLUTION, 0, 0), 40, 20);
    expect_u32(command(0, ABI_SCREEN_FORMAT, 0, 0), ABI_SCREEN_RGB_565);
    const uint32_t missing[] = {3, 4, 5, 22, 24, 26, 101, 201, 301};
    for (uint32_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        expect_failure(command(0, missing[i], 0, 0), K_ENOSUPPORT);
    }
}

static void test_power_and_inversion(void **state)
{
    (void)state;
    expect_success(command(0, ABI_SCREEN_SET_POWER, 1, 0));
    expect_failure(command(0, ABI_SCREEN_SET_INVERTED, 1, 0), K_EBUSY);
    run();
    assert_true(display.on);
    expect_done(0, K_OK);
    expect_success(command(0, ABI_SCREEN_SET_INVERTED, 1, 0));
    run();
    assert_true(display.inverted);
    expect_done(0, K_OK);
}

static void test_a_whole_picture(void **state)
{
    (void)state;
    allow(0, picture, sizeof picture);
    expect_success(command(0, ABI_SCREEN_WRITE, sizeof picture, 0));
    run();
    assert_int_equal(display.put, FAKE_SCREEN_BYTES); /* no more than the frame has */
    assert_memory_equal(display.pixels, picture, FAKE_SCREEN_BYTES);
    expect_done(0, K_OK);
    expect_success(command(0, ABI_SCREEN_WRITE, 6, 0));
    run();
    assert_int_equal(display.put, 6);
    expect_done(0, K_OK);
}

static void test_frames(void **state)
{
    (void)state;
    allow(0, picture, sizeof picture);
    allow(1, picture, sizeof picture);
    expect_success(command(0, ABI_SCREEN_SET_FRAME, 3u << 16 | 4u, 5u << 16 | 6u));
    run();
    expect_done(0, K_OK);
    expect_success(command(0, ABI_SCREEN_WRITE, 1000, 0));
    run();
    expect_done(0, K_OK);
    assert_int_equal(display.frame.x, 3);
    assert_int_equal(display.frame.y, 4);
    assert_int_equal(display.frame.width, 5);
    assert_int_equal(display.frame.height, 6);
    assert_int_equal(display.put, 60);
    /* Another process draws into a frame of its own. */
    expect_success(command(1, ABI_SCREEN_WRITE, 2, 0));
    run();
    expect_done(1, K_OK);
    assert_int_equal(display.frame.width, 40);
}

static void test_frames_outside(void **state)
{
    (void)state;
    const uint32_t bad[][2] = {
        {0, 0},
        {0, 40u << 16},
        {0, 20u},
        {1u << 16, 40u << 16 | 20u},
        {1u, 40u << 16 | 20u},
        {0xFFFFu << 16, 0xFFFFu << 16 | 1u},
    };
    for (uint32_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        expect_failure(command(0, ABI_SCREEN_SET_FRAME, bad[i][0], bad[i][1]), K_EINVAL);
    }
    expect_success(command(0, ABI_SCREEN_SET_FRAME, 39u << 16 | 19u, 1u << 16 | 1u));
}

static void test_fill(void **state)
{
    (void)state;
    uint8_t pixel[] = {0xF8, 0x1F};
    expect_success(command(0, ABI_SCREEN_FILL, 0, 0));
    run();
    expect_done(0, K_ESIZE);
    allow(0, pixel, 1);
    expect_success(command(0, ABI_SCREEN_FILL, 0, 0));
    run();
    expect_done(0, K_ESIZE);
    allow(0, pixel, 2);
    expect_success(command(0, ABI_SCREEN_FILL, 0, 0));
    run();
    expect_done(0, K_OK);
    assert_int_equal(display.put, FAKE_SCREEN_BYTES);
    for (uint32_t i = 0; i < FAKE_SCREEN_BYTES; i++) {
        assert_int_equal(display.pixels[i], pixel[i % 2]);
    }
}

static void test_a_buffer_that_goes(void **state)
{
    (void)state;
    expect_failure(command(0, ABI_SCREEN_WRITE, 10, 0), K_ESIZE);
    allow(0, picture, sizeof picture);
    expect_failure(command(0, ABI_SCREEN_WRITE, 0, 0), K_ESIZE);
    expect_success(command(0, ABI_SCREEN_WRITE, FAKE_SCREEN_BYTES, 0));
    fake_core_run();
    assert_true(fake_screen_step(&display)); /* the frame is set, the first piece on its way */
    assert_int_equal(display.put, SCREEN_PIECE_BYTES);
    allow(0, picture, 0);
    run();
    assert_int_equal(display.put, SCREEN_PIECE_BYTES);
    expect_done(0, K_OK);
}

static void test_processes_take_turns(void **state)
{
    (void)state;
    allow(0, picture, sizeof picture);
    allow(2, picture, sizeof picture);
    expect_success(command(2, ABI_SCREEN_WRITE, 4, 0));
    fake_core_run();
    expect_success(command(0, ABI_SCREEN_WRITE, 4, 0));
    expect_success(command(3, ABI_SCREEN_SET_POWER, 1, 0));
    assert_true(fake_screen_step(&display));
    assert_true(fake_screen_step(&display));
    expect_done(2, K_OK);
    expect_success(command(2, ABI_SCREEN_WRITE, 4, 0));
    assert_true(display.on); /* the third is served first */
    run();
    expect_done(3, K_OK);
    expect_done(0, K_OK);
    expect_done(2, K_OK);
    assert_int_equal(display.begun, 4);
}

static void test_a_process_that_ends(void **state)
{
    (void)state;
    uint8_t pixel[] = {1, 2};
    allow(0, pixel, 2);
    expect_success(command(0, ABI_SCREEN_FILL, 0, 0));
    expect_success(command(1, ABI_SCREEN_SET_POWER, 1, 0));
    fake_core_run();
    assert_true(fake_screen_step(&display));
    fake_core_restart(0);
    run();
    assert_int_equal(display.put, SCREEN_PIECE_BYTES);
    expect_no_upcall(0);
    expect_done(1, K_OK);
}

static void test_while_the_display_starts(void **state)
{
    (void)state;
    display.busy = true;
    expect_success(command(0, ABI_SCREEN_SET_POWER, 1, 0));
    fake_core_run();
    assert_int_equal(display.begun, 0);
    run();
    assert_int_equal(display.begun, 1);
    expect_done(0, K_OK);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_what_it_says_of_itself), TEST(test_power_and_inversion),
        TEST(test_a_whole_picture),        TEST(test_frames),
        TEST(test_frames_outside),         TEST(test_fill),
        TEST(test_a_buffer_that_goes),     TEST(test_processes_take_turns),
        TEST(test_a_process_that_ends),    TEST(test_while_the_display_starts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
