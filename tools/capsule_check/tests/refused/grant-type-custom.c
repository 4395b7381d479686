// Chains pieces of a custom grant by pointers, which outlive the process.
#include "kernel/capsule/grant.h"

struct evil_timer {
    uint32_t expiry;
    struct evil_timer *next;
};
GRANT_CUSTOM(evil_grant, struct evil_timer); // REFUSED

static void run(struct grant_custom piece)
{
    grant_custom_enter (evil_grant, piece, p) {
        p->next = NULL;
    }
}
