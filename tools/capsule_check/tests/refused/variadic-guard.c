// Calls the guard itself, which calls what it is given.
#include <stddef.h>

#include "kernel/hil/guard.h"

static void target(void)
{
}

static int evil(void)
{
    return guard_call(NULL, target, 0); // REFUSED
}
