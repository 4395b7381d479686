// So large that RAM lies inside, behind NULL.
#include <stddef.h>
#include <stdint.h>

struct large { // REFUSED
    uint8_t before[0x20000000];  // REFUSED
    uint32_t ram;
};

static uint32_t get(void)
{
    struct large *all = NULL; // REFUSED
    return all->ram;          // REFUSED
}
