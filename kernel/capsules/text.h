/*
 * text.h - text put together in a buffer. What does not fit is cut.
 */
#ifndef KERNEL_CAPSULES_TEXT_H
#define KERNEL_CAPSULES_TEXT_H

#include <stdint.h>

#include "kernel/hil/slice.h"

struct text {
    struct slice room;
    uint32_t length;
};

static inline struct text text_begin(BORROWED struct slice room)
{
    return (struct text){room, 0};
}

/* What has been put together; lies in the room. */
static inline struct const_slice text_done(BORROWED const struct text *text)
{
    return const_slice_part(slice_as_const(text->room), 0, text->length);
}

void text_add_byte(BORROWED struct text *text, uint8_t byte);
void text_add(BORROWED struct text *text, BORROWED struct const_slice more);
#define text_add_literal(text, literal) text_add((text), SLICE_OF_TEXT(literal))

/* With blanks before it up to `width` characters. */
void text_add_decimal(BORROWED struct text *text, uint32_t value, uint32_t width);
/* Without leading zeros, or 0x and eight digits. */
void text_add_hex(BORROWED struct text *text, uint32_t value);
void text_add_address(BORROWED struct text *text, uint32_t value);

/* Blanks until the text is `column` characters long, and at least none. */
void text_pad_to(BORROWED struct text *text, uint32_t column);

#endif
