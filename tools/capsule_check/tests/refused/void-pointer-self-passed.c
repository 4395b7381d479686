// Passes self on, returns it, compares it.
#include <stdint.h>

struct evil {
    uint32_t value;
};

static void helper(struct evil *evil)
{
    evil->value = 1;
}

static uint32_t called(void *self, uint32_t *other)
{
    helper(self);           // REFUSED
    if (self == other) {    // REFUSED
        return 1;
    }
    return self ? 2 : 3;    // REFUSED
}
