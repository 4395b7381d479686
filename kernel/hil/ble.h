/*
 * ble.h - a radio of Bluetooth LE on its three advertising channels: whole PDUs as they are on the
 * air, a header of two bytes (type and flags; the length of the rest) and up to 37 bytes. Access
 * address, checksum and whitening are the radio's affair, which drops what is damaged.
 */
#ifndef KERNEL_HIL_BLE_H
#define KERNEL_HIL_BLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/dma_buffer.h"
#include "kernel/hil/guard.h"
#include "kernel/hil/marks.h"

#define HIL_BLE_PDU_MAX      39u
#define HIL_BLE_HEADER_BYTES 2u
#define HIL_BLE_LENGTH_AT    1u /* of what follows the header */

/* Whom to call, from the kernel's main loop, never from inside a call of the ops. */
struct hil_ble_client {
    /* The PDU has gone out on all three channels; the buffer is the client's again. */
    PRIVATE void (*sent)(void *self);
    /* Somebody's PDU came in, so many bytes at the start of the radio's buffer, which is lent to
     * the radio again when this returns. */
    PRIVATE void (*received)(void *self, struct dma_buffer *pdu, uint32_t length);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

struct hil_ble_ops {
    PRIVATE bool (*has_power)(void *self, int32_t dbm);
    PRIVATE int (*advertise)(void *self, struct dma_buffer *pdu, uint32_t length, int32_t dbm);
    PRIVATE void (*listen)(void *self, bool on);
    PRIVATE void (*set_client)(void *self, const struct hil_ble_client *client);
};

struct hil_ble {
    PRIVATE const struct hil_ble_ops *ops;
    PRIVATE void *self;
};

/* Whether it can send so strong. */
static inline bool hil_ble_has_power(BORROWED const struct hil_ble *ble, int32_t dbm)
{
    return HIL_CALL(ble, has_power, dbm);
}

/* Sends the first `length` bytes of the buffer, a PDU, on channels 37, 38 and 39, one after the
 * other, as soon as the radio is free; `sent` follows. K_EBUSY: one is under way, or the buffer is
 * lent. K_ESIZE: not 2 to HIL_BLE_PDU_MAX bytes of it. K_EINVAL: its header says another length.
 * K_ENOSUPPORT: it has no such power. */
static inline int hil_ble_advertise(BORROWED const struct hil_ble *ble, struct dma_buffer *pdu,
                                    uint32_t length, int32_t dbm)
{
    int offered = dma_buffer_offer(pdu, GUARD_CALLER);
    return offered == K_OK ? HIL_CALL(ble, advertise, pdu, length, dbm) : offered;
}

/* While on, and while the radio is nobody else's and does not send, it listens on one of the
 * channels after the other. */
static inline void hil_ble_listen(BORROWED const struct hil_ble *ble, bool on)
{
    HIL_CALL(ble, listen, on);
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_ble_set_client(BORROWED const struct hil_ble *ble,
                                      const struct hil_ble_client *client)
{
    HIL_CALL(ble, set_client, client);
}

/* For drivers. NULL: nobody is told. */
static inline void hil_ble_client_sent(BORROWED const struct hil_ble_client *client)
{
    if (client != NULL) {
        GUARD_CALL_VOID(client->owner, client->sent, client->self);
    }
}

static inline void hil_ble_client_received(BORROWED const struct hil_ble_client *client,
                                           struct dma_buffer *pdu, uint32_t length)
{
    if (client != NULL) {
        GUARD_CALL_VOID(client->owner, client->received, client->self, pdu, length);
    }
}

#endif
