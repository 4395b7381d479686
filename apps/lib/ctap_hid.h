/* Reports of a USB security key to and from its host. One app has it at a time. */
#ifndef APPS_LIB_CTAP_HID_H
#define APPS_LIB_CTAP_HID_H

#include <stdint.h>

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

struct ctap_hid_report {
    uint8_t bytes[ABI_CTAP_HID_REPORT_BYTES];
};

/* Waits for a report of the host. */
int ctap_hid_receive(struct ctap_hid_report *report);
/* Sends one and waits until the host has taken it. K_EOFF: there is no host; K_ECANCEL: it went
 * away, or began anew, before it took the report. */
int ctap_hid_send(struct ctap_hid_report *report);

/* Without waiting, one report each way: the upcall gets (enum abi_hid_event, 0, 0), and
 * (ABI_HID_SENT, ABI_CANCEL, 0) for a report that the host did not take before it went. The report
 * is lent until then, and another one that way is K_EBUSY. */
int ctap_hid_receive_async(struct ctap_hid_report *report, syscall_upcall upcall, void *userdata);
int ctap_hid_send_async(struct ctap_hid_report *report, syscall_upcall upcall, void *userdata);
/* Ends the receive that is under way; no upcall follows. K_EALREADY: there is none. */
int ctap_hid_cancel_receive(void);
/* The same for a send; the host may have the report all the same. */
int ctap_hid_cancel_send(void);

#endif
