/*
 * text.h - the kernel's own texts with values in them; without, see kernel/capsule/text.h.
 */
#ifndef KERNEL_CORE_TEXT_H
#define KERNEL_CORE_TEXT_H

#include "kernel/capsule/text.h"

/* As many values as the text asks for: kernel/capsule/texts.h. */
void text_say_values(struct text *text, enum text_id id, const uint32_t *values);

#endif
