// Changes one field of a client that was good.
#include "kernel/capsule/deferred.h"
#include "kernel/capsule/manifest.h"

CAPSULE(pair, .needs = {DEFERRED});

struct good {
    struct deferred_call deferred;
};
struct other {
    uint32_t *address;
};

static void other_called(void *self)
{
    struct other *other = self;
    *other->address = 1;
}

static void start(struct good *good, struct other *other)
{
    good->deferred = (struct deferred_call){.call = other_called, .self = other, .owner = &this_capsule}; // REFUSED
    good->deferred.self = good; // REFUSED by private
    deferred_call_request(&good->deferred);
}
