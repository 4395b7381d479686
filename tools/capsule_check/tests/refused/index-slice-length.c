// Makes a slice longer than its array, or of what has no size.
#include "kernel/hil/list.h"
#include "kernel/hil/slice.h"

struct evil {
    uint8_t bytes[8];
    uint8_t rows[2][4];
};

static uint32_t run(struct evil *own, const uint8_t *any, uint32_t number)
{
    struct slice a = {own->bytes, 9}; // REFUSED
    struct slice b = {own->bytes, number}; // REFUSED
    struct const_slice c = {any, 8}; // REFUSED
    struct slice d = {own->rows[1], 5}; // REFUSED
    struct slice e = {NULL, 8}; // REFUSED
    struct slice f = {own->bytes, (uint32_t)-1}; // REFUSED
    return a.length + b.length + c.length + d.length + e.length + f.length;
}
