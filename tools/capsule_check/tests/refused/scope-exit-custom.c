// Leaves the scope of a piece by return.
#include "kernel/capsule/grant.h"

struct evil_timer {
    uint32_t expiry;
};
GRANT_CUSTOM(evil_grant, struct evil_timer);

static uint32_t run(struct grant_custom piece)
{
    grant_custom_enter (evil_grant, piece, p) {
        return p->expiry; // REFUSED
    }
    return 0;
}
