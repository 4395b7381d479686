// Ends the process whose grant it is in.
#include "kernel/capsule/grant.h"
#include "kernel/capsule/manifest.h"
#include "kernel/capsule/process_control.h"

CAPSULE(outside, .needs = {GRANT, PROCESS_CONTROL});

struct outside_process {
    uint32_t value;
};
GRANT(outside_grant, struct outside_process, 0, 0, 0);

static int end(struct process_id id)
{
    return process_act(id, ABI_PROCESS_TERMINATE);
}

static int end_later(struct process_id id, uint32_t turns)
{
    int status = K_OK;
    for (uint32_t i = 0; i < turns; i++) {
        status = end(id);
    }
    return status;
}

static void run(struct process_id id)
{
    int status = K_OK;
    grant_enter (outside_grant, id, p) {
        status = process_act(id, ABI_PROCESS_TERMINATE); // REFUSED
        status = end_later(id, 1);                       // REFUSED
        p->value = (uint32_t)status;
    }
    (void)end(id);
}
