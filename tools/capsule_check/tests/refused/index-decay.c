// Makes an array a pointer, to subscript that.
#include "kernel/hil/list.h"
#include "kernel/hil/slice.h"

struct evil {
    uint8_t bytes[8];
};

static uint8_t run(const struct evil *own, uint32_t number)
{
    const uint8_t *bytes = own->bytes;
    const uint8_t *either = number > 3 ? own->bytes : bytes;
    return (uint8_t)(bytes[number] + // REFUSED
                     either[number] + // REFUSED
                     (number > 3 ? own->bytes : bytes)[number] + // REFUSED
                     (&own->bytes[0])[number]); // REFUSED
}
