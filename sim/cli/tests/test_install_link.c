/* Frames from a console: whole ones are found among anything, and nothing else is. */
#include "sim/cli/install_link.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void test_a_frame_among_text(void **state)
{
    (void)state;
    struct install_parser parser = {0};
    struct install_frame frame = {.type = 'L', .sequence = 7, .length = 3, .payload = {1, 0x53, 2}};
    struct install_frame found = {0};
    uint8_t bytes[5 + INSTALL_PAYLOAD_MAX + 4];
    size_t count = install_frame_write(&frame, bytes);
    static const char text[] = "hello\n\x01\x01";
    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < sizeof text - 1; i++) {
            assert_false(install_parser_put(&parser, (uint8_t)text[i], &found));
        }
        for (size_t i = 0; i < count; i++) {
            assert_true(install_parser_put(&parser, bytes[i], &found) == (i + 1 == count));
        }
        assert_memory_equal(&found, &frame, sizeof frame);
    }
}

static void test_noise(void **state)
{
    (void)state;
    struct install_parser parser = {0};
    struct install_frame found = {0};
    uint32_t x = 1;
    for (uint32_t i = 0; i < 2000000; i++) {
        x = x * 1664525u + 1013904223u;
        uint8_t byte = (x >> 20) % 4 == 0 ? 0x01 : (x >> 20) % 4 == 1 ? 0x53 : (uint8_t)(x >> 24);
        assert_false(install_parser_put(&parser, byte, &found));
        assert_true(parser.count < sizeof parser.bytes);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_frame_among_text),
        cmocka_unit_test(test_noise),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
