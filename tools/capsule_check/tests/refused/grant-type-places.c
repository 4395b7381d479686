// Room for a grant of its own: in a struct, as an argument, for a moment.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

struct evil {
    struct grant own; // REFUSED
    struct grant more[2]; // REFUSED
};

static void use(struct grant other) // REFUSED
{
    (void)other;
}

static void run(struct process_id id)
{
    (void)upcall_schedule(&(struct grant){400, 4, 0, 0, 0, 0}, id, 0, 0, 0, 0); // REFUSED
}
