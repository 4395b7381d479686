// The same from an array, and through a parenthesis.
#include <stdint.h>

static uint32_t get(uint32_t index)
{
    uint32_t values[4] = {0};
    uint32_t(*all)[4] = &values;
    return *(values + index)  // REFUSED
           + *(*(all + 1));   // REFUSED
}
