/*
 * ecb.h - the AES peripheral: encrypts a block that lies in RAM beside its key. Product
 * specification, ECB. It shares the chip's AES core with CCM and AAR, which this kernel does not
 * use: they would make it fail.
 */
#ifndef KERNEL_CHIPS_NRF52_ECB_H
#define KERNEL_CHIPS_NRF52_ECB_H

#include "kernel/hil/aes.h"

struct nrf52_ecb {
    struct dma_buffer *request; /* claimed; NULL: idle */
    const struct hil_aes_client *client;
};

extern const struct hil_aes_ops nrf52_ecb_ops; /* self: struct nrf52_ecb */

/* The ECB interrupt. self: struct nrf52_ecb. A block of a client that has died ends by itself,
 * after 7 us. */
void nrf52_ecb_serve(void *self);

#endif
