// Gives a field twice: the parser and the reader may look at different ones.
#include "kernel/capsule/driver.h"

struct evil {
    uint32_t a;
    uint32_t b;
};

static uint32_t get(void)
{
    struct evil evil = {.a = 1, .b = 2, .a = 3}; // REFUSED
    return evil.a;
}
