#include "kernel/capsules/hid.h"

#include "kernel/capsule/grant.h"
#include "kernel/capsules/hid_descriptors.h"

CAPSULE(hid, .needs = {HID_DESCRIPTORS, GRANT, USB});

struct hid_process {
    bool wants_packet;
    bool waits_for_sent;
};
GRANT(hid_grant, struct hid_process, ABI_HID_UPCALLS, 0, ABI_HID_RWS);

/* --- What the host asks --- */

/* bmRequestType << 8 | bRequest */
enum {
    GET_DEVICE_STATUS = 0x8000,
    GET_INTERFACE_STATUS = 0x8100,
    GET_ENDPOINT_STATUS = 0x8200,
    CLEAR_ENDPOINT_FEATURE = 0x0201,
    GET_DESCRIPTOR = 0x8006,
    GET_INTERFACE_DESCRIPTOR = 0x8106,
    GET_CONFIGURATION = 0x8008,
    SET_CONFIGURATION = 0x0009,
    GET_INTERFACE = 0x810A,
    SET_INTERFACE = 0x010B,
    HID_SET_IDLE = 0x210A,
};
#define CONFIGURATION_MAX 1u

static const uint8_t zeros[2] = {0, 0};

static int answer(const struct hid_driver *driver, struct const_slice data)
{
    hil_usb_answer(driver->usb, data);
    return data.length > 0 ? K_OK : K_ENOSUPPORT;
}

static void tell(struct hid_driver *driver, uint32_t what, int status)
{
    (void)upcall_schedule(&hid_grant, driver->owner, ABI_HID_UPCALL_EVENT, what, (uint32_t)-status,
                          0);
}

static void end_sending(struct hid_driver *driver, int status)
{
    bool waiting = false;
    driver->sending = false;
    grant_enter (hid_grant, driver->owner, p) {
        waiting = p->waits_for_sent;
        p->waits_for_sent = false;
    }
    if (waiting) {
        tell(driver, ABI_HID_SENT, status);
    }
}

/* The controller has forgotten what was under way. A report that was meant for the host before is
 * not for the next one; what is received is asked for again. */
static void forget(struct hid_driver *driver)
{
    driver->receiving = false;
    end_sending(driver, K_ECANCEL);
}

static void open_endpoints(struct hid_driver *driver, bool open)
{
    hil_usb_set_open(driver->usb, open);
    forget(driver);
}

static void start_receiving(struct hid_driver *driver)
{
    if (!driver->receiving) {
        driver->receiving = hil_usb_receive(driver->usb, &driver->out) == K_OK;
    }
}

/* What the owner waits for goes on as soon as there is a host again. */
static void resume(struct hid_driver *driver)
{
    bool wanted = false;
    grant_enter (hid_grant, driver->owner, p) {
        wanted = p->wants_packet;
    }
    if (wanted) {
        start_receiving(driver);
    }
}

static int configure(struct hid_driver *driver, uint32_t configuration)
{
    if (configuration > CONFIGURATION_MAX) {
        return K_ENOSUPPORT;
    }
    (void)slice_put(SLICE_OF(driver->configuration), 0, (uint8_t)configuration);
    open_endpoints(driver, configuration != 0);
    resume(driver);
    return K_OK;
}

static int hid_setup(void *self, struct hil_usb_setup setup)
{
    struct hid_driver *driver = self;
    switch ((uint32_t)setup.request_type << 8 | setup.request) {
    case GET_DESCRIPTOR:
    case GET_INTERFACE_DESCRIPTOR:
        return answer(driver, hid_descriptors_get(driver->kind, setup.value));
    case SET_CONFIGURATION:
        return configure(driver, setup.value);
    case GET_CONFIGURATION:
        return answer(driver, slice_as_const(SLICE_OF(driver->configuration)));
    case GET_DEVICE_STATUS:
    case GET_INTERFACE_STATUS:
    case GET_ENDPOINT_STATUS:
        return answer(driver, (struct const_slice){zeros, 2});
    case GET_INTERFACE:
        return answer(driver, (struct const_slice){zeros, 1});
    case SET_INTERFACE:
        return setup.value == 0 ? K_OK : K_ENOSUPPORT;
    case CLEAR_ENDPOINT_FEATURE: /* of an endpoint that never halts: its toggle begins anew */
        return configure(driver, slice_get(slice_as_const(SLICE_OF(driver->configuration)), 0));
    case HID_SET_IDLE:
        return K_OK;
    default:
        return K_ENOSUPPORT;
    }
}

static void hid_reset(void *self)
{
    struct hid_driver *driver = self;
    (void)slice_put(SLICE_OF(driver->configuration), 0, 0);
    forget(driver);
}

/* --- What the app asks --- */

static uint32_t report_bytes(const struct hid_driver *driver)
{
    return driver->kind == HID_DESCRIPTORS_KEYBOARD ? ABI_KEYBOARD_HID_REPORT_BYTES
                                                    : ABI_CTAP_HID_REPORT_BYTES;
}

static void hid_sent(void *self)
{
    struct hid_driver *driver = self;
    end_sending(driver, K_OK);
}

static void hid_received(void *self, uint32_t count)
{
    struct hid_driver *driver = self;
    bool wanted = false;
    driver->receiving = false;
    grant_enter (hid_grant, driver->owner, p) {
        wanted = p->wants_packet;
        p->wants_packet = false;
    }
    if (!wanted) {
        return;
    }
    uint32_t bytes = report_bytes(driver);
    for (uint32_t i = count; i < bytes; i++) {
        (void)dma_buffer_put(&driver->out, i,
                             0); /* a short packet is a report that ends in zeros */
    }
    (void)allow_write_dma(&hid_grant, driver->owner, ABI_HID_RW_RECEIVE, 0,
                          dma_part(&driver->out, 0, bytes));
    tell(driver, ABI_HID_RECEIVED, K_OK);
}

static command_return send_report(struct hid_driver *driver, struct process_id id)
{
    if (driver->sending) {
        return command_error(K_EBUSY);
    }
    uint32_t bytes = report_bytes(driver);
    if (allow_length(&hid_grant, id, ALLOW_READ_WRITE, ABI_HID_RW_SEND) < bytes) {
        return command_error(K_ESIZE);
    }
    (void)allow_read_dma(&hid_grant, id, ALLOW_READ_WRITE, ABI_HID_RW_SEND, 0,
                         dma_part(&driver->in, 0, bytes));
    int status = hil_usb_send(driver->usb, &driver->in, bytes);
    driver->sending = status == K_OK;
    grant_enter (hid_grant, id, p) {
        p->waits_for_sent = status == K_OK;
    }
    return command_status(status);
}

static command_return receive_report(struct hid_driver *driver, struct process_id id)
{
    bool was_waiting = false;
    grant_enter (hid_grant, id, p) {
        was_waiting = p->wants_packet;
        p->wants_packet = true;
    }
    start_receiving(driver);
    return was_waiting ? command_error(K_EALREADY) : command_success();
}

static command_return cancel_receive(struct process_id id)
{
    bool was_waiting = false;
    grant_enter (hid_grant, id, p) {
        was_waiting = p->wants_packet;
        p->wants_packet = false;
    }
    return was_waiting ? command_success() : command_error(K_EALREADY);
}

/* The report itself may be with the host already, or stays there for it: the next one has to wait
 * for that. */
static command_return cancel_send(struct process_id id)
{
    bool was_waiting = false;
    grant_enter (hid_grant, id, p) {
        was_waiting = p->waits_for_sent;
        p->waits_for_sent = false;
    }
    return was_waiting ? command_success() : command_error(K_EALREADY);
}

/* Nothing is begun unless both can be. */
static command_return exchange_reports(struct hid_driver *driver, struct process_id id)
{
    bool waits = false;
    grant_enter (hid_grant, id, p) {
        waits = p->wants_packet;
    }
    if (waits) {
        return command_error(K_EALREADY);
    }
    command_return sent = send_report(driver, id);
    return command_has_failed(sent) ? sent : receive_report(driver, id);
}

/* The first process that asks has the device for as long as it lives. */
static int take(struct hid_driver *driver, struct process_id id)
{
    if (!process_id_is_equal(driver->owner, id)) {
        if (process_id_is_alive(driver->owner)) {
            return K_EBUSY;
        }
        driver->owner = id;
    }
    grant_enter (hid_grant, id, p) {
        (void)p;
    }
    return grant_error();
}

static command_return hid_command(void *self, struct process_id id, uint32_t command,
                                  uint32_t unused0, uint32_t unused1)
{
    struct hid_driver *driver = self;
    (void)unused0;
    (void)unused1;
    if (command == ABI_COMMAND_EXISTS) {
        return command_success();
    }
    int status = take(driver, id);
    if (status != K_OK) {
        return command_error(status);
    }
    switch (command) {
    case ABI_HID_SEND:
        return send_report(driver, id);
    case ABI_HID_RECEIVE:
        return receive_report(driver, id);
    case ABI_HID_CANCEL_SEND:
        return cancel_send(id);
    case ABI_HID_CANCEL_RECEIVE:
        return cancel_receive(id);
    case ABI_HID_EXCHANGE:
        return exchange_reports(driver, id);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

const struct driver_ops hid_ctap_driver_ops = {
    .number = ABI_DRIVER_CTAP_HID,
    .command = hid_command,
    .grant = &hid_grant,
    .owner = &this_capsule,
};

const struct driver_ops hid_keyboard_driver_ops = {
    .number = ABI_DRIVER_KEYBOARD_HID,
    .command = hid_command,
    .grant = &hid_grant,
    .owner = &this_capsule,
};

void hid_init(struct hid_driver *driver, const struct hil_usb *usb, enum hid_descriptors_kind kind)
{
    *driver = (struct hid_driver){
        .usb = usb,
        .kind = kind,
        .client = {hid_setup, hid_reset, hid_sent, hid_received, driver, &this_capsule},
        .in = DMA_BUFFER_OF(driver->in_bytes),
        .out = DMA_BUFFER_OF(driver->out_bytes),
    };
    hil_usb_set_client(usb, &driver->client);
    hil_usb_start(usb);
}
