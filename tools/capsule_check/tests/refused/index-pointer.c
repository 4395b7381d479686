// Subscripts a pointer, forwards, backwards and the other way round.
#include "kernel/hil/list.h"
#include "kernel/hil/slice.h"

static uint8_t run(const uint8_t *bytes, uint32_t number)
{
    return (uint8_t)(bytes[number] + // REFUSED
                     bytes[-1] + // REFUSED
                     number[bytes] + // REFUSED
                     bytes[0]); // REFUSED
}
