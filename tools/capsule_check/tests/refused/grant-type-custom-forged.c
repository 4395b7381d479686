// Makes a custom grant of its own, whose type is another than it says.
#include "kernel/capsule/grant.h"

struct evil_timer {
    uint32_t expiry;
};
typedef struct evil_timer evil_grant_data;
static const struct grant evil_grant = {4, 4, 0, 0, 0, 0, 1}; // REFUSED

static int run(struct process_id id)
{
    struct grant_custom piece = GRANT_CUSTOM_NONE;
    return grant_custom_allocate(&evil_grant, id, &piece);
}
