// Makes a deferred call anew while it stands in the kernel's list.
#include "kernel/capsule/deferred.h"
#include "kernel/capsule/manifest.h"

CAPSULE(evil, .needs = {DEFERRED});

struct evil {
    struct deferred_call later;
    uint32_t calls;
};

static void evil_run(void *self)
{
    struct evil *own = self;
    own->calls++;
}

static void evil_init(struct evil *own)
{
    *own = (struct evil){.later = {.call = evil_run, .self = own, .owner = &this_capsule}};
    deferred_call_request(&own->later);
    *own = (struct evil){.later = {.call = evil_run, .self = own, .owner = &this_capsule}}; // REFUSED
}
