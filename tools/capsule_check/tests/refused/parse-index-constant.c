// Subscripts an array outside with a constant.
#include "kernel/hil/list.h"
#include "kernel/hil/slice.h"

struct evil {
    uint8_t bytes[8];
    uint8_t rows[2][4];
};

enum { EVIL_NEXT = 8 };

static uint8_t run(struct evil *own)
{
    own->bytes[EVIL_NEXT] = 1; // REFUSED
    return (uint8_t)(own->rows[1][4] + own->bytes[7 + 1]); // REFUSED
}
