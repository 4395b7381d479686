#include "sim/cli/duration.h"

#include <stdio.h>
#include <string.h>

#define DURATION_TEXT_MAX 31
#define DURATION_MAX_S    1000000U

struct unit {
    const char *name;
    uint64_t nanoseconds;
};

static const struct unit units[] = {
    {"", 1000000000}, {"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1}};

/* Reads digits at *text and moves it; false when there are none or too many. */
static bool read_digits(const char **text, uint64_t *value, unsigned *count)
{
    *value = 0;
    *count = 0;
    while (**text >= '0' && **text <= '9') {
        *value = *value * 10 + (uint64_t)(**text - '0');
        (*text)++;
        (*count)++;
        if (*count > 9) {
            return false;
        }
    }
    return *count > 0;
}

bool duration_parse(const char *text, uint64_t *nanoseconds)
{
    uint64_t whole = 0;
    uint64_t fraction = 0;
    unsigned digits = 0;
    unsigned fraction_digits = 0;
    if (!read_digits(&text, &whole, &digits)) {
        return false;
    }
    if (*text == '.') {
        text++;
        if (!read_digits(&text, &fraction, &fraction_digits)) {
            return false;
        }
    }
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(text, units[i].name) == 0) {
            uint64_t part = fraction * units[i].nanoseconds;
            for (unsigned digit = 0; digit < fraction_digits; digit++) {
                part /= 10;
            }
            *nanoseconds = whole * units[i].nanoseconds + part;
            return *nanoseconds <= DURATION_MAX_S * 1000000000ULL;
        }
    }
    return false;
}

bool duration_parse_part(const char *text, uint64_t length, uint64_t *nanoseconds)
{
    char copy[DURATION_TEXT_MAX + 1];
    if (length > DURATION_TEXT_MAX) {
        return false;
    }
    memcpy(copy, text, length);
    copy[length] = '\0';
    return duration_parse(copy, nanoseconds);
}

uint64_t duration_to_cycles(uint64_t nanoseconds, uint32_t cpu_hz)
{
    return nanoseconds / 1000000000U * cpu_hz + nanoseconds % 1000000000U * cpu_hz / 1000000000U;
}

uint64_t duration_from_cycles(uint64_t cycles, uint32_t cpu_hz)
{
    return cycles / cpu_hz * 1000000000U + cycles % cpu_hz * 1000000000U / cpu_hz;
}
