/* A USB keyboard's reports to its host. One app has it at a time. */
#ifndef APPS_LIB_KEYBOARD_HID_H
#define APPS_LIB_KEYBOARD_HID_H

#include <stdint.h>

#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

/* HID 1.11, appendix B.1. Key numbers: HID usage tables, page 7. */
#define KEYBOARD_HID_KEYS 6
struct keyboard_hid_report {
    uint8_t modifiers; /* bit 0 left control, 1 left shift, 2 left alt, 3 left GUI; 4-7 right */
    uint8_t reserved;
    uint8_t keys[KEYBOARD_HID_KEYS]; /* that are down; 0: none */
};
_Static_assert(sizeof(struct keyboard_hid_report) == ABI_KEYBOARD_HID_REPORT_BYTES, "no padding");

/* Sends one and waits until the host has taken it. K_EOFF: there is no host; K_ECANCEL: it went
 * away, or began anew, before it took the report. */
int keyboard_hid_send(struct keyboard_hid_report *report);
/* Waits for what the host says of the lamps: bit 0 num lock, 1 caps lock, 2 scroll lock. < 0: an
 * error. */
int keyboard_hid_receive_lamps(void);

/* Without waiting, one report at a time: the upcall gets (ABI_HID_SENT, 0, 0). The report is lent
 * until then. */
int keyboard_hid_send_async(struct keyboard_hid_report *report, syscall_upcall upcall,
                            void *userdata);
/* No upcall will follow; the host may have the report all the same. K_EALREADY: there is none. */
int keyboard_hid_cancel_send(void);

/* Presses and releases the keys of a text, on a keyboard of the US: letters, digits, space,
 * newline, and the signs of ASCII. K_EINVAL, and nothing sent, when it has others. */
int keyboard_hid_type(const char *text);

#endif
