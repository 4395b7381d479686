#include "apps/lib/ctap_hid.h"

#define DRIVER ABI_DRIVER_CTAP_HID

/* The report with the kernel, the command, and the event that says it is done. */
static int run(uint32_t buffer, uint32_t command, enum abi_ctap_hid_event event,
               struct ctap_hid_report *report)
{
    int status = syscall_allow_read_write(DRIVER, buffer, report->bytes, sizeof(report->bytes));
    if (status == K_OK) {
        status = syscall_command(DRIVER, command, 0, 0);
    }
    if (status == K_OK) {
        struct syscall_return upcall;
        do {
            upcall = syscall_yield_wait_for(DRIVER, ABI_CTAP_HID_UPCALL_EVENT);
        } while (upcall.values[0] != (uint32_t)event);
    }
    (void)syscall_allow_read_write(DRIVER, buffer, NULL, 0);
    return status;
}

int ctap_hid_receive(struct ctap_hid_report *report)
{
    return run(ABI_CTAP_HID_RW_RECEIVE, ABI_CTAP_HID_RECEIVE, ABI_CTAP_HID_RECEIVED, report);
}

int ctap_hid_send(struct ctap_hid_report *report)
{
    return run(ABI_CTAP_HID_RW_SEND, ABI_CTAP_HID_SEND, ABI_CTAP_HID_SENT, report);
}
