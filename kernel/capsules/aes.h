/*
 * aes.h - driver 0x40006: AES-128 in the modes CTR, CBC, ECB and CCM, with keys and data that
 * processes allow. The processes that wait are served side by side, in pieces, between which they
 * run. Keys lie in the grant of whose they are, out of its reach, and are wiped when it has
 * finished. ABI: docs/syscalls/40006_aes.md.
 */
#ifndef KERNEL_CAPSULES_AES_H
#define KERNEL_CAPSULES_AES_H

#include "kernel/capsule/deferred.h"
#include "kernel/capsule/driver.h"
#include "kernel/hil/aes.h"

struct aes_driver {
    const struct hil_aes *aes; /* borrowed for ever */
    bool busy;                 /* a block is under way */
    struct hil_aes_client client;
    struct deferred_call deferred;
    struct process_id turn; /* whose it is, or was last */
    int32_t effort_left;    /* of the turn */
    struct dma_buffer request;
    uint8_t request_bytes[HIL_AES_REQUEST_BYTES];
};

extern const struct driver_ops aes_driver_ops;

/* Becomes the client of `aes`. */
void aes_init(struct aes_driver *driver, const struct hil_aes *aes);

#endif
