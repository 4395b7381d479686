// Subscripts a parameter that looks like an array.
#include "kernel/hil/list.h"
#include "kernel/hil/slice.h"

static uint8_t run(uint8_t bytes[8], uint32_t number) // REFUSED
{
    return bytes[number];
}

static void give(uint8_t *to[2], BORROWED uint8_t *byte) // REFUSED
{
    to[1] = byte;
}
