// Checks an index against a size that is not the array's.
#include "kernel/hil/list.h"
#include "kernel/hil/slice.h"

struct evil_item {
    uint32_t value;
};
struct evil {
    struct evil_item items[4];
    uint32_t count;
};

static uint32_t index_check_of_mine(uint32_t index, uint32_t count)
{
    return index + count;
}

static void run(struct evil *own, uint32_t number)
{
    struct evil_item *item = &own->items[index_check(number, 5)]; // REFUSED
    struct evil_item *other = &own->items[index_check(number, own->count)]; // REFUSED
    struct evil_item *last = &own->items[index_check_of_mine(number, 4)]; // REFUSED
    struct evil_item *more = &own->items[index_check(number, 4) + 1]; // REFUSED
    item->value = other->value + last->value + more->value;
}
