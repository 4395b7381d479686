// Opens a grant without the macro and keeps it open.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static uint32_t run(struct process_id id)
{
    evil_grant_data *p = grant_open(&evil_grant, id); // REFUSED
    return p->value;
}
