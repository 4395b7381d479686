// Asks for its deferred call from within it: that is no recursion.
#include "kernel/capsule/deferred.h"
#include "kernel/capsule/manifest.h"

CAPSULE(good, .needs = {DEFERRED});

struct good {
    struct deferred_call deferred;
    uint32_t left;
};

static void work(struct good *own)
{
    if (own->left > 0) {
        own->left--;
        deferred_call_request(&own->deferred);
    }
}

static void later(void *self)
{
    struct good *own = self;
    work(own);
}

static void good_init(struct good *own)
{
    *own = (struct good){.deferred = {.call = later, .self = own, .owner = &this_capsule}};
    work(own);
}
