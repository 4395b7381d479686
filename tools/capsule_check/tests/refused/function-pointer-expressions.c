// Calls something that is not simply named.
#include <stdint.h>

static void first(void)
{
}
static void second(void)
{
}

static uint32_t run(uint32_t which)
{
    (which ? first : second)();  // REFUSED
    (*first)();                  // REFUSED
    (&second)();                 // REFUSED
    return first == second;      // REFUSED
}
