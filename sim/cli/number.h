/* sim/cli/number.h - numbers as users write them: digits first, no sign, no blank. */
#ifndef SIM_CLI_NUMBER_H
#define SIM_CLI_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/* `base` as strtoull has it: 10; or 0, which takes 0x and a leading 0 for octal, too. *end: behind
 * the number. False: no number, or none of 64 bits. */
bool number_parse_part(const char *text, int base, uint64_t *number, const char **end);

/* The same, and nothing stands behind it. */
bool number_parse(const char *text, int base, uint64_t *number);

#endif
