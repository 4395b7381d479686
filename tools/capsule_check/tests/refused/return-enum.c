// Every value of the enum has its case; a value that is none falls out with a number as the result.
#include <stdint.h>

enum which { ONE = 1 };

static uint32_t *get(enum which which, uint32_t *p) // REFUSED
{
    switch (which) {
    case ONE:
        return p;
    }
}

static uint32_t evil(uint32_t address, uint32_t *p)
{
    return *get((enum which)address, p);
}
