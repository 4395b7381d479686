// Keeps the pointer of a grant in an array that outlives the scope.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void run(struct process_id id)
{
    struct evil_process *late[2] = {NULL, NULL};
    grant_enter (evil_grant, id, p) {
        late[1] = p; // REFUSED
    }
    late[1]->value = 1;
}
