// A number that is a pointer.
#include <stdint.h>

union address { // REFUSED
    uint32_t number;
    uint32_t *pointer;
};

struct hidden {
    union { // REFUSED
        uint32_t number;
        uint32_t *pointer;
    };
};

static uint32_t get(uint32_t number)
{
    return *((union address){.number = number}).pointer; // REFUSED
}
