// Initialises pointers with themselves: they hold what lies on the stack, which an earlier call can have put there.
#include <stdint.h>

struct evil {
    uint32_t value;
};
struct evil_pair {
    struct evil *first;
    struct evil *second;
};

static uint32_t run(struct evil *own)
{
    struct evil *q = q; // REFUSED
    struct evil_pair pair = {own, pair.second}; // REFUSED
    return q->value + pair.second->value;
}
