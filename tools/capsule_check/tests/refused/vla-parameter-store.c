// Passes a pointer through a parameter that looks like an array, where its store would look like one to a local array.
#include "kernel/hil/marks.h"

#include <stdint.h>

static void give(uint8_t *to[2], BORROWED uint8_t *byte) // REFUSED
{
    (void)byte;
}
