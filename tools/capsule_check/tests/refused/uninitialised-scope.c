// Enters the grant of the process that the scope's own pointer names before it is set.
#include "kernel/capsule/grant.h"

struct evil_process {
    struct process_id next;
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void run(void)
{
    grant_enter (evil_grant, p->next, p) { // REFUSED
        p->next = PROCESS_ID_NONE;
    }
}
