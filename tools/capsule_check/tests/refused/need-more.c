// Needs more than it uses.
#include "kernel/capsule/debug.h"
#include "kernel/capsule/manifest.h"

CAPSULE(need, .needs = {DEBUG, PROCESS_CONTROL}); // REFUSED

static void run(void)
{
    debug_text("x");
}
