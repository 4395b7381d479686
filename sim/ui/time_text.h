/* sim/ui/time_text.h - times for people, in units that fit. All write at most `size` bytes and
 * return text. */
#ifndef SIM_UI_TIME_TEXT_H
#define SIM_UI_TIME_TEXT_H

#include <stddef.h>
#include <stdint.h>

/* Nanoseconds of so many cycles, rounded down; for at most some hundred years. */
uint64_t time_ns(uint64_t cycles, uint32_t hz);

/* A length with four digits or so: "853 ns", "12.3 us" (with the Greek letter), "1.250 s",
 * "2:05 min", "3:07:12 h". In columns the numbers of one unit have their points below each other
 * when drawn flush right in a font of fixed width. */
const char *time_text_span(uint64_t cycles, uint32_t hz, char *text, size_t size);

/* A point in time: "12.345 678 9 s" with so many digits behind the point (0 to 9), in groups of
 * three. */
const char *time_text_at(uint64_t cycles, uint32_t hz, uint32_t digits, char *text, size_t size);

/* "48,123,456" */
const char *time_text_number(uint64_t value, char *text, size_t size);

#endif
