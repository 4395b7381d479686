#include "kernel/capsules/text.h"

#include <stdbool.h>

#include "kernel/capsule/manifest.h"

CAPSULE(text);

void text_add_byte(BORROWED struct text *text, uint8_t byte)
{
    if (slice_put(text->room, text->length, byte)) {
        text->length++;
    }
}

void text_add(BORROWED struct text *text, BORROWED struct const_slice more)
{
    text->length += slice_copy(slice_part(text->room, text->length, more.length), more);
}

void text_add_decimal(BORROWED struct text *text, uint32_t value, uint32_t width)
{
    uint32_t digits = 1;
    uint32_t unit = 1;
    while (value / unit >= 10) {
        unit *= 10;
        digits++;
    }
    while (width > digits) {
        text_add_byte(text, ' ');
        width--;
    }
    while (unit > 0) {
        text_add_byte(text, (uint8_t)('0' + value / unit % 10));
        unit /= 10;
    }
}

static void add_nibbles(BORROWED struct text *text, uint32_t value, uint32_t least)
{
    text_add_literal(text, "0x");
    bool begun = false;
    for (uint32_t left = 8; left > 0; left--) {
        uint32_t nibble = value >> (4 * (left - 1)) & 0xFu;
        begun = begun || nibble != 0 || left <= least;
        if (begun) {
            text_add_byte(text, (uint8_t)(nibble < 10 ? '0' + nibble : 'a' + nibble - 10));
        }
    }
}

void text_add_hex(BORROWED struct text *text, uint32_t value)
{
    add_nibbles(text, value, 1);
}

void text_add_address(BORROWED struct text *text, uint32_t value)
{
    add_nibbles(text, value, 8);
}

void text_pad_to(BORROWED struct text *text, uint32_t column)
{
    while (text->length < column && text->length < text->room.length) {
        text_add_byte(text, ' ');
    }
}
