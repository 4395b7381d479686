// Makes a deferred call anew while it is in the kernel's list: those behind it would never run.
#include "kernel/capsule/deferred.h"
#include "kernel/capsule/manifest.h"

CAPSULE(evil, .needs = {DEFERRED});

struct evil {
    struct deferred_call deferred;
    uint32_t count;
};

static void evil_run(void *self)
{
    struct evil *own = self;
    own->count++;
}

static void forget(struct evil *own)
{
    deferred_call_request(&own->deferred);
    own->deferred = (struct deferred_call){evil_run, own, &this_capsule}; // REFUSED
    deferred_call_request(&own->deferred);
}

static void forget_all(struct evil *own)
{
    *own = (struct evil){.deferred = {evil_run, own, &this_capsule}}; // REFUSED
}

static void forget_both(struct evil *own, struct evil *other)
{
    *own = *other; // REFUSED
}
