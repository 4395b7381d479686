// Opens a piece of a custom grant by hand, and leaves it open.
#include "kernel/capsule/grant.h"

struct evil_timer {
    uint32_t expiry;
};
GRANT_CUSTOM(evil_grant, struct evil_timer);

static void run(struct grant_custom piece)
{
    (void)grant_open_custom(&evil_grant, piece); // REFUSED
}
