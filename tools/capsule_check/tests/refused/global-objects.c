// Objects that anybody's calls share.
#include <stdint.h>

static uint32_t counter;               // REFUSED
static uint32_t started = 1;           // REFUSED
uint32_t global_common;                // REFUSED
static uint8_t buffer[4];              // REFUSED
static const uint32_t *pointer;        // REFUSED
static const uint32_t *pointers[2];    // REFUSED
static const uint32_t constant = 2;
static const uint32_t *const fixed = &constant;
static struct evil {
    uint32_t value;
} instance; // REFUSED

static uint32_t next(void)
{
    static uint32_t calls; // REFUSED
    calls++;
    return calls + counter + started + global_common + *fixed + instance.value + buffer[0];
}
