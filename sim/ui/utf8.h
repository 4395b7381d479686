/* sim/ui/utf8.h - reading text whose bytes may be anything. */
#ifndef SIM_UI_UTF8_H
#define SIM_UI_UTF8_H

#include <stddef.h>
#include <stdint.h>

#define UTF8_REPLACEMENT 0xfffdU
#define UTF8_BYTES_MAX   4

/* The character at *text, which moves on behind it; 0 at the end of the string. What is no UTF-8 is
 * UTF8_REPLACEMENT, byte by byte. */
uint32_t utf8_next(const char **text);

/* Writes the character (not 0) and a zero byte. Returns how many bytes the character has. */
size_t utf8_put(uint32_t character, char text[UTF8_BYTES_MAX + 1]);

#endif
