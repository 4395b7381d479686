/* sim/cli/duration.h - times as users write them: 2s, 1.5s, 200ms, 40us, 7ns; a bare number is
 * seconds. Kept in nanoseconds, as integers. */
#ifndef SIM_CLI_DURATION_H
#define SIM_CLI_DURATION_H

#include <stdbool.h>
#include <stdint.h>

/* At most 1,000,000 s. Text after the unit is not accepted. */
bool duration_parse(const char *text, uint64_t *nanoseconds);

/* The same for text[0..length). */
bool duration_parse_part(const char *text, uint64_t length, uint64_t *nanoseconds);

/* Exact for frequencies that divide 10^9 or of whole MHz; rounded down. */
uint64_t duration_to_cycles(uint64_t nanoseconds, uint32_t cpu_hz);
uint64_t duration_from_cycles(uint64_t cycles, uint32_t cpu_hz);

#endif
