#include "sim/cli/text_format.h"

#include <inttypes.h>
#include <string.h>

struct text_number text_grouped(uint64_t value)
{
    char digits[TEXT_NUMBER_BYTES];
    struct text_number number = {""};
    size_t count = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, value);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        if (i > 0 && (count - i) % 3 == 0) {
            number.text[at] = ',';
            at++;
        }
        number.text[at] = digits[i];
        at++;
    }
    return number;
}

struct text_count text_count(uint64_t value, const char *noun, const char *plural)
{
    struct text_count count;
    snprintf(count.text, sizeof count.text, "%s %s%s", text_grouped(value).text, noun,
             value == 1 ? "" : plural);
    return count;
}

struct text_number text_percent(uint64_t part, uint64_t whole)
{
    struct text_number number;
    double percent = whole == 0 ? 0.0 : 100.0 * (double)part / (double)whole;
    snprintf(number.text, sizeof number.text,
             percent > 0.0 && percent < 0.1 ? "%.3f %%" : "%.1f %%", percent);
    return number;
}

void text_format_json(FILE *stream, const char *text)
{
    fputc('"', stream);
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            fputc('\\', stream);
        }
        fputc(*text >= ' ' && *text <= '~' ? *text : '?', stream);
    }
    fputc('"', stream);
}
