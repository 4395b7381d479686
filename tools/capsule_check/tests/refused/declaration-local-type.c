// Types inside a function that take the names of others.
#include <stdint.h>

struct thing {
    uint32_t number;
};

static uint32_t get(void)
{
    struct thing { // REFUSED
        uint32_t *address;
    };
    typedef uint32_t *number; // REFUSED
    enum { LOCAL };           // REFUSED
    return LOCAL;
}
