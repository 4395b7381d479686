// Uses what it does not say that it needs.
#include "kernel/capsule/debug.h"
#include "kernel/capsule/manifest.h"

CAPSULE(need);

static void run(void)
{
    debug_text("x"); // REFUSED
}
