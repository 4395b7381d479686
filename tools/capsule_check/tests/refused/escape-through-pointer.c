// Stores the pointer of a grant through a pointer to a variable further out.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void run(struct process_id id)
{
    struct evil_process *late = NULL;
    struct evil_process **where = &late;
    grant_enter (evil_grant, id, p) {
        *where = p; // REFUSED
    }
    late->value = 1;
}
