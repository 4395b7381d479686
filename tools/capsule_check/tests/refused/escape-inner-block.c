// Uses a variable of an inner block behind its end.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static uint32_t run(uint32_t number)
{
    uint32_t *late = NULL;
    if (number > 0) {
        uint32_t inner = number;
        late = &inner; // REFUSED
    }
    return *late;
}
