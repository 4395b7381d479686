// Keeps the pointer to a piece of a custom grant beyond its scope.
#include "kernel/capsule/grant.h"

struct evil_timer {
    uint32_t expiry;
};
GRANT_CUSTOM(evil_grant, struct evil_timer);

static uint32_t run(struct grant_custom piece)
{
    struct evil_timer *kept = NULL;
    grant_custom_enter (evil_grant, piece, p) {
        kept = p; // REFUSED
    }
    (void)grant_custom_free(&evil_grant, piece);
    return kept != NULL ? kept->expiry : 0;
}
