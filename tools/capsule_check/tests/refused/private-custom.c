// Makes a handle of a piece that it was never given.
#include "kernel/capsule/grant.h"

struct evil_timer {
    uint32_t expiry;
};
GRANT_CUSTOM(evil_grant, struct evil_timer);

static void run(struct grant_custom piece)
{
    piece.place = 64; // REFUSED
    grant_custom_enter (evil_grant, piece, p) {
        p->expiry = 0;
    }
}
