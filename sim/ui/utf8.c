#include "sim/ui/utf8.h"

#include <stdbool.h>

/* How many bytes follow a first byte, and the least character that needs as many; none: 0. */
static unsigned following(uint8_t first, uint32_t *bits, uint32_t *least)
{
    if (first >= 0xc2 && first <= 0xdf) {
        *bits = first & 0x1fU;
        *least = 0x80;
        return 1;
    }
    if (first >= 0xe0 && first <= 0xef) {
        *bits = first & 0x0fU;
        *least = 0x800;
        return 2;
    }
    if (first >= 0xf0 && first <= 0xf4) {
        *bits = first & 0x07U;
        *least = 0x10000;
        return 3;
    }
    return 0;
}

uint32_t utf8_next(const char **text)
{
    const uint8_t *bytes = (const uint8_t *)*text;
    uint8_t first = bytes[0];
    if (first == 0) {
        return 0;
    }
    *text += 1;
    if (first < 0x80) {
        return first;
    }
    uint32_t character = 0;
    uint32_t least = 0;
    unsigned more = following(first, &character, &least);
    for (unsigned i = 1; i <= more; i++) {
        if ((bytes[i] & 0xc0U) != 0x80) { /* also the end of the string */
            return UTF8_REPLACEMENT;
        }
        character = character << 6 | (bytes[i] & 0x3fU);
    }
    bool surrogate = character >= 0xd800 && character <= 0xdfff;
    if (more == 0 || character < least || character > 0x10ffff || surrogate) {
        return UTF8_REPLACEMENT;
    }
    *text += more;
    return character;
}

size_t utf8_put(uint32_t character, char text[UTF8_BYTES_MAX + 1])
{
    if (character > 0x10ffff || (character >= 0xd800 && character <= 0xdfff)) {
        character = UTF8_REPLACEMENT;
    }
    size_t count = 0;
    if (character < 0x80) {
        text[count++] = (char)character;
    } else if (character < 0x800) {
        text[count++] = (char)(0xc0U | character >> 6);
        text[count++] = (char)(0x80U | (character & 0x3fU));
    } else if (character < 0x10000) {
        text[count++] = (char)(0xe0U | character >> 12);
        text[count++] = (char)(0x80U | (character >> 6 & 0x3fU));
        text[count++] = (char)(0x80U | (character & 0x3fU));
    } else {
        text[count++] = (char)(0xf0U | character >> 18);
        text[count++] = (char)(0x80U | (character >> 12 & 0x3fU));
        text[count++] = (char)(0x80U | (character >> 6 & 0x3fU));
        text[count++] = (char)(0x80U | (character & 0x3fU));
    }
    text[count] = 0;
    return count;
}
