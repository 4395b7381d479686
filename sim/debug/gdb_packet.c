#include "sim/debug/gdb_packet.h"

#include <string.h>

#define ESCAPE     0x7DU
#define ESCAPE_XOR 0x20U
#define INTERRUPT  0x03U

static const char digits[] = "0123456789abcdef";

/* 16 and more: not a digit. */
static uint8_t digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return (uint8_t)(c - '0');
    }
    if (c >= 'a' && c <= 'f') {
        return (uint8_t)(c - 'a' + 10);
    }
    if (c >= 'A' && c <= 'F') {
        return (uint8_t)(c - 'A' + 10);
    }
    return 0xFF;
}

void gdb_reader_init(struct gdb_reader *reader)
{
    *reader = (struct gdb_reader){.state = GDB_READ_IDLE};
}

static enum gdb_input feed_idle(struct gdb_reader *reader, uint8_t byte)
{
    switch (byte) {
    case '$':
        gdb_reader_init(reader);
        reader->state = GDB_READ_BODY;
        return GDB_INPUT_NONE;
    case '+':
        return GDB_INPUT_ACK;
    case '-':
        return GDB_INPUT_NACK;
    case INTERRUPT:
        return GDB_INPUT_INTERRUPT;
    default:
        return GDB_INPUT_NONE;
    }
}

static void feed_body(struct gdb_reader *reader, uint8_t byte)
{
    if (byte == '#') {
        reader->state = GDB_READ_SUM_1;
        return;
    }
    if (byte == '$') { /* a new packet began: what came before was cut off */
        gdb_reader_init(reader);
        reader->state = GDB_READ_BODY;
        return;
    }
    reader->sum = (uint8_t)(reader->sum + byte);
    if (byte == ESCAPE && !reader->escaped) {
        reader->escaped = true;
        return;
    }
    if (reader->length == GDB_PACKET_BYTES) {
        reader->overflow = true;
        return;
    }
    reader->payload[reader->length++] = reader->escaped ? (uint8_t)(byte ^ ESCAPE_XOR) : byte;
    reader->escaped = false;
}

enum gdb_input gdb_reader_feed(struct gdb_reader *reader, uint8_t byte)
{
    switch (reader->state) {
    case GDB_READ_IDLE:
        return feed_idle(reader, byte);
    case GDB_READ_BODY:
        feed_body(reader, byte);
        return GDB_INPUT_NONE;
    case GDB_READ_SUM_1:
        reader->wanted_sum = (uint8_t)(digit_value((char)byte) << 4);
        reader->state = GDB_READ_SUM_2;
        return GDB_INPUT_NONE;
    case GDB_READ_SUM_2:
        reader->state = GDB_READ_IDLE;
        reader->payload[reader->length] = '\0';
        reader->wanted_sum = (uint8_t)(reader->wanted_sum | (digit_value((char)byte) & 0xFU));
        return reader->wanted_sum == reader->sum && !reader->overflow ? GDB_INPUT_PACKET
                                                                      : GDB_INPUT_BROKEN;
    }
    return GDB_INPUT_NONE;
}

void gdb_reply_clear(struct gdb_reply *reply)
{
    reply->length = 0;
    reply->overflow = false;
    reply->text[0] = '\0';
}

void gdb_reply_bytes(struct gdb_reply *reply, const void *bytes, size_t length)
{
    if (length > GDB_PACKET_BYTES - reply->length) {
        reply->overflow = true;
        return;
    }
    memcpy(reply->text + reply->length, bytes, length);
    reply->length += length;
    reply->text[reply->length] = '\0';
}

void gdb_reply_text(struct gdb_reply *reply, const char *text)
{
    gdb_reply_bytes(reply, text, strlen(text));
}

void gdb_reply_hex(struct gdb_reply *reply, const void *bytes, size_t length)
{
    const uint8_t *byte = bytes;
    for (size_t i = 0; i < length; i++) {
        char pair[2] = {digits[byte[i] >> 4], digits[byte[i] & 0xFU]};
        gdb_reply_bytes(reply, pair, sizeof(pair));
    }
}

void gdb_reply_hex_number(struct gdb_reply *reply, uint64_t value)
{
    char text[17];
    size_t at = sizeof(text) - 1;
    text[at] = '\0';
    do {
        text[--at] = digits[value & 0xFU];
        value >>= 4;
    } while (value != 0);
    gdb_reply_text(reply, text + at);
}

void gdb_reply_u32(struct gdb_reply *reply, uint32_t value)
{
    uint8_t bytes[4] = {(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
                        (uint8_t)(value >> 24)};
    gdb_reply_hex(reply, bytes, sizeof(bytes));
}

size_t gdb_frame(const struct gdb_reply *reply, uint8_t *out)
{
    size_t at = 0;
    uint8_t sum = 0;
    out[at++] = '$';
    for (size_t i = 0; i < reply->length; i++) {
        uint8_t byte = (uint8_t)reply->text[i];
        if (byte == '$' || byte == '#' || byte == '*' || byte == ESCAPE) {
            out[at++] = ESCAPE;
            sum = (uint8_t)(sum + ESCAPE);
            byte ^= ESCAPE_XOR;
        }
        out[at++] = byte;
        sum = (uint8_t)(sum + byte);
    }
    out[at++] = '#';
    out[at++] = (uint8_t)digits[sum >> 4];
    out[at++] = (uint8_t)digits[sum & 0xFU];
    return at;
}

bool gdb_parse_hex(const char **text, uint64_t *value)
{
    const char *at = *text;
    uint64_t sum = 0;
    while (digit_value(*at) < 16) {
        if (sum >> 60 != 0) {
            return false;
        }
        sum = sum << 4 | digit_value(*at++);
    }
    if (at == *text) {
        return false;
    }
    *text = at;
    *value = sum;
    return true;
}

bool gdb_parse_hex_bytes(const char *text, uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        uint8_t high = digit_value(text[2 * i]);
        uint8_t low = high < 16 ? digit_value(text[2 * i + 1]) : 0xFF;
        if (high >= 16 || low >= 16) {
            return false;
        }
        bytes[i] = (uint8_t)(high << 4 | low);
    }
    return text[2 * count] == '\0';
}
