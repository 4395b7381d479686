#include "sim/ui/time_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_S UINT64_C(1000000000)

uint64_t time_ns(uint64_t cycles, uint32_t hz)
{
    if (hz == 0) {
        return 0; /* before the first frame */
    }
    return cycles / hz * NS_PER_S + cycles % hz * NS_PER_S / hz;
}

const char *time_text_span(uint64_t cycles, uint32_t hz, char *text, size_t size)
{
    uint64_t ns = time_ns(cycles, hz);
    if (ns < 1000) {
        snprintf(text, size, "%" PRIu64 " ns", ns);
    } else if (ns < 1000000) {
        snprintf(text, size, "%" PRIu64 ".%" PRIu64 " \u00b5s", ns / 1000, ns % 1000 / 100);
    } else if (ns < NS_PER_S) {
        snprintf(text, size, "%" PRIu64 ".%" PRIu64 " ms", ns / 1000000, ns % 1000000 / 100000);
    } else if (ns < 60 * NS_PER_S) {
        snprintf(text, size, "%" PRIu64 ".%03" PRIu64 " s", ns / NS_PER_S, ns % NS_PER_S / 1000000);
    } else if (ns < 3600 * NS_PER_S) {
        uint64_t s = ns / NS_PER_S;
        snprintf(text, size, "%" PRIu64 ":%02" PRIu64 " min", s / 60, s % 60);
    } else {
        uint64_t s = ns / NS_PER_S;
        snprintf(text, size, "%" PRIu64 ":%02" PRIu64 ":%02" PRIu64 " h", s / 3600, s / 60 % 60,
                 s % 60);
    }
    return text;
}

const char *time_text_at(uint64_t cycles, uint32_t hz, uint32_t digits, char *text, size_t size)
{
    uint64_t ns = time_ns(cycles, hz);
    char fraction[10];
    snprintf(fraction, sizeof fraction, "%09" PRIu64, ns % NS_PER_S);
    int used = snprintf(text, size, "%" PRIu64, ns / NS_PER_S);
    for (uint32_t i = 0; i < digits && i < 9 && (size_t)used + 2 < size; i++) {
        used += snprintf(text + used, size - (size_t)used, "%s%c",
                         i == 0       ? "."
                         : i % 3 == 0 ? "\u2009"
                                      : "",
                         fraction[i]);
    }
    if ((size_t)used < size) {
        snprintf(text + used, size - (size_t)used, " s");
    }
    return text;
}

const char *time_text_number(uint64_t value, char *text, size_t size)
{
    char digits[24];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, value);
    size_t at = 0;
    for (size_t i = 0; i < length && at + 2 < size; i++) {
        if (i > 0 && (length - i) % 3 == 0) {
            text[at++] = ',';
        }
        text[at++] = digits[i];
    }
    text[at] = '\0';
    return text;
}
