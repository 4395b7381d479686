// Uses a compound literal behind the end of its block.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static uint32_t run(uint32_t number)
{
    const struct evil_process *late = NULL;
    if (number > 0) {
        late = &(struct evil_process){.value = number}; // REFUSED
    }
    return late->value;
}

static uint32_t without_braces(uint32_t number)
{
    const struct evil_process *late = NULL;
    while (number > 0)
        late = number-- > 3 ? &(struct evil_process){.value = number} : late; // REFUSED
    return late->value;
}

static uint32_t from_turn_to_turn(uint32_t number)
{
    uint32_t sum = 0;
    for (const struct evil_process *late = NULL; number > 0; number--)
        sum += late == NULL ? (late = &(struct evil_process){.value = number})->value : late->value; // REFUSED
    return sum;
}
