/*
 * text.h - text put together in a buffer. What does not fit is cut.
 */
#ifndef KERNEL_CAPSULE_TEXT_H
#define KERNEL_CAPSULE_TEXT_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/texts.h"
#include "kernel/hil/marks.h"
#include "kernel/hil/slice.h"

struct text {
    PRIVATE struct slice room;
    READ_ONLY uint32_t length;
    PRIVATE struct const_slice name; /* whose text this is, for the core's texts with a %n */
};

static inline struct text text_begin(BORROWED struct slice room)
{
    return (struct text){.room = room};
}

/* What has been put together; lies in the room. */
static inline struct const_slice text_done(BORROWED const struct text *text)
{
    return const_slice_part(slice_as_const(text->room), 0, text->length);
}

/* Below, a text that is NULL takes nothing. */
void text_add_byte(BORROWED struct text *text, uint8_t byte);
void text_add(BORROWED struct text *text, BORROWED struct const_slice more);
#define text_add_literal(text, literal) text_add((text), SLICE_OF_TEXT(literal))

/* One of the kernel's own texts, which has no values. */
void text_say(BORROWED struct text *text, enum text_id id);
/* Is it that text's first word? */
bool text_begins_with(enum text_id id, BORROWED struct const_slice word);

/* Whatever comes from outside: cut when long, and nothing in it steers the terminal. */
void text_add_name(BORROWED struct text *text, BORROWED struct const_slice name);

/* With blanks before it up to `width` characters. */
void text_add_decimal(BORROWED struct text *text, uint32_t value, uint32_t width);
/* Without leading zeros. */
void text_add_hex(BORROWED struct text *text, uint32_t value);

#endif
