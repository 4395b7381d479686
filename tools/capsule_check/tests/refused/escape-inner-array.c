// Keeps a pointer into an array of the grant.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

struct evil {
    uint8_t *byte;
};

static void run(struct evil *own, struct process_id id)
{
    grant_enter (evil_grant, id, p) {
        own->byte = &p->bytes[2]; // REFUSED
        own->byte = p->bytes; // REFUSED
    }
}
