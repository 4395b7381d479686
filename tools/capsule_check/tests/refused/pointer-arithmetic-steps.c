// Walks out of what a pointer points to.
#include <stdbool.h>
#include <stdint.h>

static uint32_t get(uint32_t *p, uint32_t *end, uint32_t count)
{
    p = p + count;              // REFUSED
    p = count + p;              // REFUSED
    p = p - 1;                  // REFUSED
    p++;                        // REFUSED
    --p;                        // REFUSED
    p += 4;                     // REFUSED
    p -= 4;                     // REFUSED
    count += (uint32_t)(end - p); // REFUSED
    bool before = p < end;      // REFUSED
    bool behind = p >= end;     // REFUSED
    return before != behind && p != end ? *p++ : *end; // REFUSED
}
