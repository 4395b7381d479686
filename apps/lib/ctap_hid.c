#include "apps/lib/ctap_hid.h"

#include "apps/lib/hid.h"

static struct hid_device key = HID_DEVICE(ABI_DRIVER_CTAP_HID, ABI_CTAP_HID_REPORT_BYTES);

int ctap_hid_receive(struct ctap_hid_report *report)
{
    return hid_run(&key, ABI_HID_RECEIVED, report->bytes);
}

int ctap_hid_send(struct ctap_hid_report *report)
{
    return hid_run(&key, ABI_HID_SENT, report->bytes);
}

int ctap_hid_receive_async(struct ctap_hid_report *report, syscall_upcall upcall, void *userdata)
{
    return hid_leave(&key, ABI_HID_RECEIVED, report->bytes, upcall, userdata);
}

int ctap_hid_send_async(struct ctap_hid_report *report, syscall_upcall upcall, void *userdata)
{
    return hid_leave(&key, ABI_HID_SENT, report->bytes, upcall, userdata);
}

int ctap_hid_cancel_receive(void)
{
    return hid_cancel(&key, ABI_HID_RECEIVED);
}

int ctap_hid_cancel_send(void)
{
    return hid_cancel(&key, ABI_HID_SENT);
}
