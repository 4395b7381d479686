// Writes grant_enter by hand: the grant of one line, as the type of another.
#include "kernel/capsule/grant.h"

struct evil_small {
    uint32_t value;
};
GRANT(evil_small, struct evil_small, 0, 0, 0);

struct evil_large {
    uint8_t more[4000];
};

#define IMITATION(id) for (evil_large_data *p = grant_open((&(evil_small)), (id)); p != ((void *)0); grant_close(), p = ((void *)0))

typedef struct evil_large evil_large_data;

static void run(struct process_id id)
{
    IMITATION(id) { // REFUSED
        p->more[0] = 1;
    }
}
