// Stores what lies in one piece of a custom grant in the instance.
#include "kernel/capsule/grant.h"

struct evil_timer {
    uint32_t expiry;
};
GRANT_CUSTOM(evil_grant, struct evil_timer);

struct evil {
    uint32_t *latest;
};

static void run(struct evil *own, struct grant_custom piece)
{
    grant_custom_enter (evil_grant, piece, p) {
        own->latest = &p->expiry; // REFUSED
    }
}
