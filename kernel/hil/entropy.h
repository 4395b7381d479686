/*
 * entropy.h - true random bytes.
 */
#ifndef KERNEL_HIL_ENTROPY_H
#define KERNEL_HIL_ENTROPY_H

#include <stdint.h>

#include "kernel/hil/slice.h"

/* Whom to call, from the kernel's main loop: the buffer is full and the client's again. May ask
 * again. */
struct hil_entropy_client {
    void (*filled)(void *self, int status);
    void *self;
};

struct hil_entropy_ops {
    /* Fills the buffer, which is the driver's until `filled`. K_EBUSY while one is being filled,
     * K_ESIZE for an empty one. */
    int (*fill)(void *self, struct slice buffer);
    /* `client` (borrowed for ever) gets the calls from now on. */
    void (*set_client)(void *self, const struct hil_entropy_client *client);
};

struct hil_entropy {
    const struct hil_entropy_ops *ops;
    void *self;
};

#endif
