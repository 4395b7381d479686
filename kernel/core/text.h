/*
 * text.h - the kernel's own texts with values in them; without, see kernel/capsule/text.h.
 */
#ifndef KERNEL_CORE_TEXT_H
#define KERNEL_CORE_TEXT_H

#include "kernel/capsule/text.h"

/* As many values as the text asks for: kernel/capsule/texts.h. */
void text_say_values(struct text *text, enum text_id id, const uint32_t *values);

/* The decimal digits of value, at the end of the ten bytes; returns how many. */
uint32_t text_decimal_digits(uint32_t value, uint8_t digits[10]);

#endif
