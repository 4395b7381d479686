/*
 * Advertisements of Bluetooth LE: the app's own, sent again and again without further ado, and
 * those of others. One or the other, not both at once.
 */
#ifndef APPS_LIB_BLE_H
#define APPS_LIB_BLE_H

#include <stddef.h>
#include <stdint.h>

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

/* What comes in: type, address and data, as ABI_BLE_PDU_... say. All 0: nothing yet. */
struct ble_pdu {
    uint8_t bytes[ABI_BLE_PDU_MAX];
};

/* Advertises `bytes` of data (the first ABI_BLE_DATA_MAX count) from now on, every interval_ms and
 * up to 10 ms more. The data stay with the kernel, which reads them anew each time. K_EBUSY: it
 * advertises or scans already, and goes on with what it does. */
int ble_start_advertising(enum abi_ble_pdu type, const void *data, size_t bytes,
                          uint32_t interval_ms);
/* K_EBUSY: it does not advertise. */
int ble_stop_advertising(void);
/* In dBm, -20 to 10; K_ENOSUPPORT: not one of this radio's. K_EBUSY: while it advertises or scans.
 */
int ble_set_power(int32_t dbm);

/* Scans until an advertisement comes in, waiting for it. Returns the number of its bytes. K_EBUSY,
 * here and below, as with ble_start_advertising. */
int ble_scan(struct ble_pdu *pdu);
/* Without waiting, until ble_stop_scan: the upcall gets (status, bytes, 0) for each that comes in,
 * with the latest in *pdu, which stays with the kernel. ble_take copies it out. */
int ble_scan_async(struct ble_pdu *pdu, syscall_upcall upcall, void *userdata);
int ble_take(struct ble_pdu *pdu, struct ble_pdu *copy);
/* K_EBUSY: it does not scan. */
int ble_stop_scan(void);

/* The first piece of data of that type (Bluetooth's assigned numbers: 9 is the name), NULL: none.
 */
const uint8_t *ble_find(const struct ble_pdu *pdu, uint8_t type, size_t *bytes);

#endif
