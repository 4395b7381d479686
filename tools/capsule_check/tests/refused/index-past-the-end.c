// Takes the address one past the end, which the compiler lets through.
#include "kernel/hil/list.h"
#include "kernel/hil/slice.h"

struct evil_item {
    uint32_t value;
};
struct evil {
    struct evil_item items[4];
    uint8_t rows[2][4];
    uint32_t behind;
};

static void run(struct evil *own, uint32_t number)
{
    struct evil_item *item = &own->items[number]; // REFUSED
    struct evil_item *end = &own->items[4]; // REFUSED
    struct evil_item *other = &(own->items[(number)]); // REFUSED
    const uint8_t *row = own->rows[number]; // REFUSED
    struct slice bytes = SLICE_OF(own->rows[number]); // REFUSED
    item->value = end->value + other->value + *own->rows[number]; // REFUSED
    (void)slice_put(bytes, 0, *row);
}
