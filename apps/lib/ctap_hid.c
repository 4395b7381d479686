#include "apps/lib/ctap_hid.h"

#include <stdbool.h>

#define DRIVER ABI_DRIVER_CTAP_HID

/* One upcall tells of both directions. */
struct direction {
    uint32_t buffer, command;
    enum abi_ctap_hid_event event;
    bool under_way; /* nobody waits for it */
    syscall_upcall upcall;
    void *userdata;
};
static struct direction receiving = {.buffer = ABI_CTAP_HID_RW_RECEIVE,
                                     .command = ABI_CTAP_HID_RECEIVE,
                                     .event = ABI_CTAP_HID_RECEIVED};
static struct direction sending = {
    .buffer = ABI_CTAP_HID_RW_SEND, .command = ABI_CTAP_HID_SEND, .event = ABI_CTAP_HID_SENT};

static void stop_lending(const struct direction *direction)
{
    (void)syscall_allow_read_write(DRIVER, direction->buffer, NULL, 0);
}

static void done(uint32_t event, uint32_t unused1, uint32_t unused2, void *userdata)
{
    struct direction *direction = event == ABI_CTAP_HID_RECEIVED ? &receiving : &sending;
    (void)unused1;
    (void)unused2;
    (void)userdata;
    if (direction->under_way) {
        direction->under_way = false;
        stop_lending(direction);
        if (direction->upcall != NULL) {
            direction->upcall(event, 0, 0, direction->userdata);
        }
    }
}

static int start(const struct direction *direction, struct ctap_hid_report *report)
{
    if (direction->under_way) {
        return K_EBUSY;
    }
    int status =
        syscall_allow_read_write(DRIVER, direction->buffer, report->bytes, sizeof(report->bytes));
    if (status == K_OK) {
        status = syscall_command(DRIVER, direction->command, 0, 0);
    }
    if (status != K_OK) {
        stop_lending(direction);
    }
    return status;
}

/* What the other direction was left to do may be done first. */
static int run(const struct direction *direction, struct ctap_hid_report *report)
{
    int status = start(direction, report);
    if (status == K_OK) {
        struct syscall_return upcall = syscall_yield_wait_for(DRIVER, ABI_CTAP_HID_UPCALL_EVENT);
        while (upcall.values[0] != (uint32_t)direction->event) {
            done(upcall.values[0], 0, 0, NULL);
            upcall = syscall_yield_wait_for(DRIVER, ABI_CTAP_HID_UPCALL_EVENT);
        }
        stop_lending(direction);
    }
    return status;
}

static int leave(struct direction *direction, struct ctap_hid_report *report, syscall_upcall upcall,
                 void *userdata)
{
    int status = syscall_subscribe(DRIVER, ABI_CTAP_HID_UPCALL_EVENT, done, NULL);
    if (status == K_OK) {
        status = start(direction, report);
    }
    if (status == K_OK) {
        direction->upcall = upcall;
        direction->userdata = userdata;
        direction->under_way = true;
    }
    return status;
}

int ctap_hid_receive(struct ctap_hid_report *report)
{
    return run(&receiving, report);
}

int ctap_hid_send(struct ctap_hid_report *report)
{
    return run(&sending, report);
}

int ctap_hid_receive_async(struct ctap_hid_report *report, syscall_upcall upcall, void *userdata)
{
    return leave(&receiving, report, upcall, userdata);
}

int ctap_hid_send_async(struct ctap_hid_report *report, syscall_upcall upcall, void *userdata)
{
    return leave(&sending, report, upcall, userdata);
}

int ctap_hid_cancel_receive(void)
{
    int status = syscall_command(DRIVER, ABI_CTAP_HID_CANCEL_RECEIVE, 0, 0);
    if (status == K_OK) {
        receiving.under_way = false;
        stop_lending(&receiving);
    }
    return status;
}
