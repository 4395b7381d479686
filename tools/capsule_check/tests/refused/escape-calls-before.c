// Keeps what a function returned that has it from a function further down, which has it from another.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

struct evil {
    struct evil_process *kept;
};

static struct evil_process *first(BORROWED struct evil_process *q);
static struct evil_process *second(BORROWED struct evil_process *q);
static struct evil_process *third(BORROWED struct evil_process *q);

static void run(struct evil *own, struct process_id id)
{
    grant_enter (evil_grant, id, p) {
        own->kept = first(p); // REFUSED
    }
}

static struct evil_process *first(BORROWED struct evil_process *q)
{
    return second(q);
}

static struct evil_process *second(BORROWED struct evil_process *q)
{
    return third(q);
}

static struct evil_process *third(BORROWED struct evil_process *q)
{
    return q;
}
