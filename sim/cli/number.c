#include "sim/cli/number.h"

#include <errno.h>
#include <stdlib.h>

bool number_parse_part(const char *text, int base, uint64_t *number, const char **end)
{
    char *rest = NULL;
    errno = 0;
    *number = strtoull(text, &rest, base);
    *end = rest;
    return text[0] >= '0' && text[0] <= '9' && errno == 0;
}

bool number_parse(const char *text, int base, uint64_t *number)
{
    const char *end = NULL;
    return number_parse_part(text, base, number, &end) && *end == '\0';
}
