/*
 * link.h - for tests of traps only: two capsules that call each other, down (ask) and up (told), as
 * a capsule over a bus and its client do. Drivers, commands and what they show: trapper.h.
 */
#ifndef KERNEL_BOARDS_TRAP_TEST_LINK_H
#define KERNEL_BOARDS_TRAP_TEST_LINK_H

#include <stdint.h>

#include "kernel/hil/guard.h"

/* What is asked for. */
enum link_what {
    LINK_BACK = 1, /* ask back */
    LINK_TRANSFER, /* use the bus */
    LINK_TRAP,     /* ask back, then trap */
};

struct link_client {
    void (*told)(void *self, uint32_t what);
    void *self;
    const struct capsule *owner;
};

struct link_ops {
    int (*ask)(void *self, uint32_t what);
};

struct link {
    const struct link_ops *ops;
    void *self;
    const struct capsule *owner;
};

static inline int link_ask(const struct link *link, uint32_t what)
{
    return GUARD_CALL(link->owner, link->ops->ask, link->self, what);
}

static inline void link_client_told(const struct link_client *client, uint32_t what)
{
    GUARD_CALL_VOID(client->owner, client->told, client->self, what);
}

#endif
