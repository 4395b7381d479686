/*
 * text_codes.h - how the words of kernel/capsule/texts.h lie in flash, for tools/text_pack, which
 * packs them, and text.c, which unpacks them.
 *
 * Text by text, in their order: how many bytes follow, and these bytes. A byte from TEXT_PAIRS on
 * stands for two others, those of text_pairs[byte - TEXT_PAIRS], which may be such bytes again.
 */
#ifndef KERNEL_CORE_TEXT_CODES_H
#define KERNEL_CORE_TEXT_CODES_H

#include <stdint.h>

#define TEXT_PAIRS      0x80u
#define TEXT_PAIRS_DEEP 8u /* second halves that wait at a time, at most */

extern const uint8_t text_packed[];
extern const uint8_t text_pairs[][2];

/* What %u and so on become. Those marked N are followed by their number, a byte. */
enum text_code {
    TEXT_END,        /* the text's: it is not packed, but what unpacking says there */
    TEXT_DECIMAL,    /* N, the width, 0 when there is none */
    TEXT_DIFFERENCE, /* N, the width */
    TEXT_COLUMN,     /* N */
    TEXT_VALUE,      /* N, the index */
    TEXT_HEX,
    TEXT_ADDRESS,
    TEXT_SHORT_ID,
    TEXT_STATE,
    TEXT_BLANK_NAME = 0x0B, /* of the control characters, the line's end is for itself */
    TEXT_NAME = 0x0C
};

#endif
