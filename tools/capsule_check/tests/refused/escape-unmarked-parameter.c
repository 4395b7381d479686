// Passes the pointer of a grant to a function that may keep it.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

struct evil {
    struct evil_process *kept;
};

static void keep(struct evil *own, struct evil_process *q)
{
    own->kept = q;
}

static void pass(struct evil *own, BORROWED struct evil_process *q)
{
    keep(own, q); // REFUSED
}

static void run(struct evil *own, struct process_id id)
{
    grant_enter (evil_grant, id, p) {
        pass(own, p);
        keep(own, p); // REFUSED
    }
}
