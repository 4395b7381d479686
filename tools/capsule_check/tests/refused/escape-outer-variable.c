// Keeps the pointer of a grant in a variable that outlives the scope.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void run(struct process_id id)
{
    struct evil_process *late = NULL;
    grant_enter (evil_grant, id, p) {
        late = p; // REFUSED
    }
    late->value = 1;
}
