// Puts its need where nobody reads it.
#include "kernel/capsule/debug.h"
#include "kernel/capsule/manifest.h"

CAPSULE(need, .needs = {[2] = DEBUG}); // REFUSED

static void run(void)
{
    debug_text("x");
}
