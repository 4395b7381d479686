/* sim/cli/text_format.h - numbers as people read them, texts as programs do. */
#ifndef SIM_CLI_TEXT_FORMAT_H
#define SIM_CLI_TEXT_FORMAT_H

#include <stdint.h>
#include <stdio.h>

#define TEXT_NUMBER_BYTES 32
#define TEXT_NOUN_BYTES   32 /* longer nouns are cut */

struct text_number {
    char text[TEXT_NUMBER_BYTES];
};

/* "1,234,567". */
struct text_number text_grouped(uint64_t value);

/* "1 reset", "2 resets": `noun` in the singular, `plural` what it gets at its end otherwise. */
struct text_count {
    char text[TEXT_NUMBER_BYTES + TEXT_NOUN_BYTES];
};
struct text_count text_count(uint64_t value, const char *noun, const char *plural);

/* A share in percent with one decimal, "0.8 %", or three when it is small, "0.014 %"; of nothing:
 * "0.0 %". */
struct text_number text_percent(uint64_t part, uint64_t whole);

/* Writes `text` as a JSON string, with its quotes. Bytes that are not printable ASCII become '?'.
 */
void text_format_json(FILE *stream, const char *text);

#endif
