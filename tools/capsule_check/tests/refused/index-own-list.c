// Makes a struct that looks like a list of a header.
#include "kernel/hil/list.h"
#include "kernel/hil/slice.h"

struct evil_list {
    uint32_t *items;
    uint32_t count;
};

static uint32_t run(const struct evil_list *list, uint32_t number)
{
    return LIST_AT(*list, number); // REFUSED
}
