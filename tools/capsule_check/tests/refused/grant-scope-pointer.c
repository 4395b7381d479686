// Changes the pointer of a scope, by name and through its address.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void run(struct process_id id)
{
    grant_each (evil_grant, other, q) {
        grant_enter (evil_grant, id, p) {
            p = q; // REFUSED
            p = NULL; // REFUSED
            p++; // REFUSED
            --p; // REFUSED
            struct evil_process **where = &p; // REFUSED
            *where = NULL;
        }
    }
}
