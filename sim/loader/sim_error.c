#include "sim/loader/sim_error.h"

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* Of the character at `at`, which is no ASCII: 2 to 4, or 0 for no UTF-8 or a control character. */
static size_t utf8_bytes(const unsigned char *at)
{
    size_t count = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
    uint32_t code = at[0] & (0x7FU >> count);
    if (at[0] < 0xC2 || at[0] > 0xF4) {
        return 0;
    }
    for (size_t i = 1; i < count; i++) {
        if ((at[i] & 0xC0U) != 0x80U) {
            return 0;
        }
        code = code << 6 | (at[i] & 0x3FU);
    }
    bool shortest = code >= (count == 4 ? 0x10000U : count == 3 ? 0x800U : 0xA0U);
    bool separator = code >= 0x2028 && code <= 0x202E; /* of lines, and right-to-left */
    bool surrogate = code >= 0xD800 && code <= 0xDFFF;
    return shortest && !separator && !surrogate && code <= 0x10FFFF ? count : 0;
}

void sim_make_printable(char *text)
{
    unsigned char *at = (unsigned char *)text;
    while (*at != '\0') {
        size_t count = *at >= 0x80 ? utf8_bytes(at) : *at >= ' ' && *at <= '~' ? 1 : 0;
        if (count == 0) {
            *at = '?';
            count = 1;
        }
        at += count;
    }
}

bool sim_fail(struct sim_error *error, enum sim_status status, const char *format, ...)
{
    if (error->status == SIM_OK) {
        va_list arguments;
        va_start(arguments, format);
        error->status = status;
        vsnprintf(error->text, sizeof error->text, format, arguments);
        va_end(arguments);
        sim_make_printable(error->text);
    }
    return false;
}
