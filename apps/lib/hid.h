/* What ctap_hid.c and keyboard_hid.c share: reports to and from a USB host, both ways at once,
 * whose ends one upcall tells. Not for apps. */
#ifndef APPS_LIB_HID_H
#define APPS_LIB_HID_H

#include <stdbool.h>
#include <stdint.h>

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

struct hid_direction {
    uint32_t buffer, command;
    bool under_way; /* nobody waits for it */
    syscall_upcall upcall;
    void *userdata;
};

struct hid_device {
    uint32_t driver, report_bytes;
    struct hid_direction direction[2]; /* by enum abi_hid_event */
};

#define HID_DEVICE(driver_number, bytes)                                                           \
    {                                                                                              \
        .driver = (driver_number), .report_bytes = (bytes), .direction = {                         \
            [ABI_HID_RECEIVED] = {.buffer = ABI_HID_RW_RECEIVE, .command = ABI_HID_RECEIVE},       \
            [ABI_HID_SENT] = {.buffer = ABI_HID_RW_SEND, .command = ABI_HID_SEND},                 \
        }                                                                                          \
    }

/* One report that way, waited for. K_EBUSY: one that nobody waits for is under way. K_ECANCEL: the
 * host went away or began anew before it took the report. */
int hid_run(struct hid_device *device, enum abi_hid_event event, uint8_t *report);
/* The same, left to itself: the upcall gets (event, 0, 0), or (ABI_HID_SENT, ABI_CANCEL, 0)
 * where hid_run answers K_ECANCEL. */
int hid_leave(struct hid_device *device, enum abi_hid_event event, uint8_t *report,
              syscall_upcall upcall, void *userdata);
/* No upcall will follow. K_EALREADY: there is none under way. */
int hid_cancel(struct hid_device *device, enum abi_hid_event event);

#endif
