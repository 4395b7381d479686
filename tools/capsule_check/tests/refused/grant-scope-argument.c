// Opens and leaves scopes in the argument of its own and of another scope.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void run(struct process_id id)
{
    grant_enter (evil_grant, (grant_visit(&evil_grant, &id) != NULL ? id : id), p) { // REFUSED
        p->value = 1;
    }
    grant_enter (evil_grant, id, p) {
        grant_enter (evil_grant, (grant_close(), id), q) { // REFUSED
            q->value = p->value;
        }
    }
}
