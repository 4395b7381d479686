#include "peripherals/iface/device_timer.h"

#include <string.h>

static void append(char *text, uint32_t size, const char *more)
{
    size_t length = strlen(text);
    size_t room = size - 1 - length;
    size_t bytes = strlen(more) < room ? strlen(more) : room;
    memcpy(text + length, more, bytes);
    text[length + bytes] = '\0';
}

void device_timer_add_words(char *text, uint32_t size, const char *more)
{
    if (text[0] != '\0') {
        append(text, size, ", ");
    }
    append(text, size, more);
}
