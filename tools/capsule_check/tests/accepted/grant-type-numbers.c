// Keeps numbers, bytes, enums and process identifiers in a grant.
#include "kernel/capsule/grant.h"

enum good_state { GOOD_IDLE, GOOD_BUSY };
struct good_inner {
    enum good_state state;
    bool armed;
};
struct good_process {
    struct process_id other;
    struct good_inner inner[2];
    uint8_t bytes[4];
};
GRANT(good_grant, struct good_process, 1, 1, 1);

static void run(struct process_id id, struct process_id other)
{
    grant_enter (good_grant, id, p) {
        p->other = other;
        p->inner[1] = (struct good_inner){GOOD_BUSY, true};
        *p = (struct good_process){.other = other};
    }
}
