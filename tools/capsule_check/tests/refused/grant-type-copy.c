// Copies a grant, to have one that is none.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void run(struct process_id id)
{
    struct grant copy = evil_grant; // REFUSED
    copy.upcalls = 200; // REFUSED by private
    (void)upcall_schedule(&evil_grant, id, 100, 0, 0, 0);
}
