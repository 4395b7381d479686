#include "apps/lib/hid.h"

static void stop_lending(const struct hid_device *device, enum abi_hid_event event)
{
    (void)syscall_allow_read_write(device->driver, device->direction[event].buffer, NULL, 0);
}

static void done(uint32_t event, uint32_t status, uint32_t unused, void *userdata)
{
    struct hid_device *device = userdata;
    struct hid_direction *direction =
        &device->direction[event == ABI_HID_RECEIVED ? ABI_HID_RECEIVED : ABI_HID_SENT];
    (void)unused;
    if (direction->under_way) {
        direction->under_way = false;
        stop_lending(device, event);
        if (direction->upcall != NULL) {
            direction->upcall(event, status, 0, direction->userdata);
        }
    }
}

static int start(struct hid_device *device, enum abi_hid_event event, uint8_t *report)
{
    const struct hid_direction *direction = &device->direction[event];
    if (direction->under_way) {
        return K_EBUSY;
    }
    int status =
        syscall_allow_read_write(device->driver, direction->buffer, report, device->report_bytes);
    if (status == K_OK) {
        status = syscall_command(device->driver, direction->command, 0, 0);
    }
    if (status != K_OK) {
        stop_lending(device, event);
    }
    return status;
}

/* What the other direction was left to do may be done first. */
int hid_run(struct hid_device *device, enum abi_hid_event event, uint8_t *report)
{
    int status = start(device, event, report);
    if (status == K_OK) {
        struct syscall_return upcall = syscall_yield_wait_for(device->driver, ABI_HID_UPCALL_EVENT);
        while (upcall.values[0] != (uint32_t)event) {
            done(upcall.values[0], upcall.values[1], 0, device);
            upcall = syscall_yield_wait_for(device->driver, ABI_HID_UPCALL_EVENT);
        }
        stop_lending(device, event);
        status = -(int)upcall.values[1];
    }
    return status;
}

int hid_leave(struct hid_device *device, enum abi_hid_event event, uint8_t *report,
              syscall_upcall upcall, void *userdata)
{
    int status = syscall_subscribe(device->driver, ABI_HID_UPCALL_EVENT, done, device);
    if (status == K_OK) {
        status = start(device, event, report);
    }
    if (status == K_OK) {
        struct hid_direction *direction = &device->direction[event];
        direction->upcall = upcall;
        direction->userdata = userdata;
        direction->under_way = true;
    }
    return status;
}

int hid_cancel(struct hid_device *device, enum abi_hid_event event)
{
    uint32_t command = event == ABI_HID_RECEIVED ? ABI_HID_CANCEL_RECEIVE : ABI_HID_CANCEL_SEND;
    int status = syscall_command(device->driver, command, 0, 0);
    if (status == K_OK) {
        device->direction[event].under_way = false;
        stop_lending(device, event);
    }
    return status;
}
