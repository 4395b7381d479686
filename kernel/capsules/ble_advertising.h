/*
 * ble_advertising.h - driver 0x30000: advertisements of Bluetooth LE, of as many processes as there
 * are, each with an address and an interval of its own; and those of others, for who scans.
 * ABI: docs/syscalls/30000_ble_advertising.md.
 */
#ifndef KERNEL_CAPSULES_BLE_ADVERTISING_H
#define KERNEL_CAPSULES_BLE_ADVERTISING_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/driver.h"
#include "kernel/hil/ble.h"
#include "kernel/hil/delay.h"

struct ble_advertising_driver {
    const struct hil_ble *ble; /* both borrowed for ever */
    const struct hil_delay *delay;
    bool listening;
    uint32_t delay_us;           /* the delay under way; 0: none is */
    uint32_t random;             /* never 0 */
    uint32_t address_low;        /* of the process with index 0, the others' follow */
    uint32_t address_high;       /* 16 bits */
    struct process_id sender;    /* whose PDU is being sent; none: nobody's */
    struct process_id last_sent; /* who comes last among those that are due */
    struct hil_ble_client ble_client;
    struct hil_delay_client delay_client;
    struct dma_buffer pdu;
    uint8_t pdu_bytes[HIL_BLE_PDU_MAX];
};

extern const struct driver_ops ble_advertising_driver_ops;

/* Becomes the client of both. address: 48 bits that no other chip has. */
void ble_advertising_init(struct ble_advertising_driver *driver, const struct hil_ble *ble,
                          const struct hil_delay *delay, uint64_t address);

#endif
