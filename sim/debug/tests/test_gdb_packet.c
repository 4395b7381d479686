/* Framing: checksums and escapes as GDB's manual gives them, broken input, and a round trip over
 * every byte value. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "sim/debug/gdb_packet.h"

static enum gdb_input feed(struct gdb_reader *reader, const void *bytes, size_t length)
{
    enum gdb_input last = GDB_INPUT_NONE;
    for (size_t i = 0; i < length; i++) {
        last = gdb_reader_feed(reader, ((const uint8_t *)bytes)[i]);
    }
    return last;
}

static enum gdb_input feed_text(struct gdb_reader *reader, const char *text)
{
    return feed(reader, text, strlen(text));
}

static void a_packet_with_the_right_sum_is_taken(void **state)
{
    (void)state;
    struct gdb_reader reader;
    gdb_reader_init(&reader);
    assert_int_equal(feed_text(&reader, "+$OK#9a"), GDB_INPUT_PACKET);
    assert_string_equal((char *)reader.payload, "OK");
    assert_int_equal(feed_text(&reader, "$OK#9A"), GDB_INPUT_PACKET);
    assert_int_equal(feed_text(&reader, "$#00"), GDB_INPUT_PACKET);
    assert_int_equal(reader.length, 0);
}

static void a_wrong_sum_is_broken(void **state)
{
    (void)state;
    struct gdb_reader reader;
    gdb_reader_init(&reader);
    assert_int_equal(feed_text(&reader, "$OK#9b"), GDB_INPUT_BROKEN);
    assert_int_equal(feed_text(&reader, "$OK#zz"), GDB_INPUT_BROKEN);
    assert_int_equal(feed_text(&reader, "$OK#9a"), GDB_INPUT_PACKET);
}

static void signs_between_packets_are_told(void **state)
{
    (void)state;
    struct gdb_reader reader;
    gdb_reader_init(&reader);
    assert_int_equal(feed_text(&reader, "+"), GDB_INPUT_ACK);
    assert_int_equal(feed_text(&reader, "-"), GDB_INPUT_NACK);
    assert_int_equal(feed_text(&reader, "\x03"), GDB_INPUT_INTERRUPT);
    assert_int_equal(feed_text(&reader, "x"), GDB_INPUT_NONE);
}

static void a_packet_that_is_too_long_is_refused_and_the_next_taken(void **state)
{
    (void)state;
    struct gdb_reader reader;
    gdb_reader_init(&reader);
    gdb_reader_feed(&reader, '$');
    uint8_t sum = 0;
    for (size_t i = 0; i < GDB_PACKET_BYTES + 10; i++) {
        gdb_reader_feed(&reader, 'a');
        sum = (uint8_t)(sum + 'a');
    }
    char tail[4];
    snprintf(tail, sizeof(tail), "#%02x", sum);
    assert_int_equal(feed_text(&reader, tail), GDB_INPUT_BROKEN);
    assert_int_equal(feed_text(&reader, "$OK#9a"), GDB_INPUT_PACKET);
}

static void every_byte_value_survives_framing(void **state)
{
    (void)state;
    struct gdb_reply reply;
    struct gdb_reader reader;
    static uint8_t frame[GDB_FRAME_BYTES];
    uint8_t all[256];
    for (size_t i = 0; i < sizeof(all); i++) {
        all[i] = (uint8_t)i;
    }
    gdb_reply_clear(&reply);
    gdb_reply_bytes(&reply, all, sizeof(all));
    size_t length = gdb_frame(&reply, frame);
    gdb_reader_init(&reader);
    assert_int_equal(feed(&reader, frame, length), GDB_INPUT_PACKET);
    assert_int_equal(reader.length, sizeof(all));
    assert_memory_equal(reader.payload, all, sizeof(all));
}

static void numbers_are_written_and_read_as_gdb_does(void **state)
{
    (void)state;
    struct gdb_reply reply;
    gdb_reply_clear(&reply);
    gdb_reply_u32(&reply, 0x12345678U);
    gdb_reply_hex_number(&reply, 0);
    gdb_reply_hex_number(&reply, 0xA0B0U);
    assert_string_equal(reply.text, "785634120a0b0");

    const char *text = "1Fg";
    uint64_t value;
    assert_true(gdb_parse_hex(&text, &value));
    assert_int_equal(value, 0x1F);
    assert_int_equal(*text, 'g');
    assert_false(gdb_parse_hex(&text, &value));
    text = "11111111111111111";
    assert_false(gdb_parse_hex(&text, &value));

    uint8_t bytes[2];
    assert_true(gdb_parse_hex_bytes("a0Ff", bytes, 2));
    assert_int_equal(bytes[1], 0xFF);
    assert_false(gdb_parse_hex_bytes("a0F", bytes, 2));
    assert_false(gdb_parse_hex_bytes("a0Ff0", bytes, 2));
}

static void a_reply_that_does_not_fit_says_so(void **state)
{
    (void)state;
    struct gdb_reply reply;
    static uint8_t block[GDB_PACKET_BYTES];
    gdb_reply_clear(&reply);
    gdb_reply_bytes(&reply, block, sizeof(block));
    assert_false(reply.overflow);
    gdb_reply_text(&reply, "x");
    assert_true(reply.overflow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_packet_with_the_right_sum_is_taken),
        cmocka_unit_test(a_wrong_sum_is_broken),
        cmocka_unit_test(signs_between_packets_are_told),
        cmocka_unit_test(a_packet_that_is_too_long_is_refused_and_the_next_taken),
        cmocka_unit_test(every_byte_value_survives_framing),
        cmocka_unit_test(numbers_are_written_and_read_as_gdb_does),
        cmocka_unit_test(a_reply_that_does_not_fit_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
