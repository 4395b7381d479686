// Goes on with another process than the one whose grant is open, which would stay open.
#include "kernel/capsule/grant.h"

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void forget(BORROWED struct process_id *id)
{
    *id = PROCESS_ID_NONE;
}

static void run(void)
{
    grant_each (evil_grant, id, p) {
        p->value = 1;
        id = PROCESS_ID_NONE; // REFUSED
        forget(&id); // REFUSED
        forget(id_place); // REFUSED
        *id_place = PROCESS_ID_NONE; // REFUSED
        id_place = NULL; // REFUSED
    }
    grant_each (evil_grant, id, p) {
        struct process_id *where = &id; // REFUSED
        *where = PROCESS_ID_NONE;
        p->value = 1;
    }
    grant_each (evil_grant, id, p) {
        struct process_id copy = id;
        copy = PROCESS_ID_NONE;
        p->value = process_id_is_none(copy) ? 1 : 2;
    }
}
