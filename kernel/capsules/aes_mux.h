/*
 * aes_mux.h - one AES peripheral for several users. Each gets a port, which is a `struct hil_aes`
 * like the peripheral itself. Ports take turns by the block, so that a long message of one does not
 * hold up another's. As each request has its own key, nobody works with another's.
 */
#ifndef KERNEL_CAPSULES_AES_MUX_H
#define KERNEL_CAPSULES_AES_MUX_H

#include "kernel/hil/aes.h"

struct aes_mux;

/* The user sees `aes` only. */
struct aes_mux_port {
    struct hil_aes aes;
    struct aes_mux *mux;
    struct aes_mux_port *next; /* in the ring of all ports */
    const struct hil_aes_client *client;
    struct dma_buffer *request; /* under way, or waiting; NULL: none */
};

struct aes_mux {
    const struct hil_aes *aes; /* borrowed for ever */
    struct hil_aes_client client;
    struct aes_mux_port *last;   /* a ring: last->next is the first; NULL: no ports */
    struct aes_mux_port *active; /* whose block is under way, NULL: idle */
};

/* Becomes the client of `aes`, which nobody else may use. */
void aes_mux_init(struct aes_mux *mux, const struct hil_aes *aes);

/* Adds a port, for ever. At start only. */
void aes_mux_add_port(struct aes_mux *mux, struct aes_mux_port *port);

#endif
