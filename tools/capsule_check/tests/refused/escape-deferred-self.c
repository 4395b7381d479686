// Makes the pointer of a grant the self of a deferred call.
#include "kernel/capsule/deferred.h"
#include "kernel/capsule/grant.h"
#include "kernel/capsule/manifest.h"

CAPSULE(evil, .needs = {GRANT});

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void late(void *self)
{
    struct evil_process *p = self;
    p->value = 1;
}

struct evil {
    struct deferred_call deferred;
};

static void run(struct evil *own, struct process_id id)
{
    grant_enter (evil_grant, id, p) {
        own->deferred = (struct deferred_call){.call = late, .self = p, .owner = &this_capsule}; // REFUSED
    }
}
