// Parameters that get their types behind the brackets.
#include <stdint.h>

static uint32_t get(value) uint32_t value; // REFUSED
{
    return value;
}
