/* From a device that shows itself to one whose endpoints are polled. */
#include <string.h>

#include "peripherals/parts/usb_host_internal.h"

#define RESET_US         10000U
#define RECOVERY_US      10000U
#define ADDRESS_WAIT_US  2000U
#define ATTEMPTS         3U
#define STRING_BYTES     255U
#define LANGUAGE_ENGLISH 0x0409U

#define REQUEST_GET_DESCRIPTOR    6U
#define REQUEST_SET_ADDRESS       5U
#define REQUEST_SET_CONFIGURATION 9U
#define REQUEST_CLEAR_FEATURE     1U

#define TYPE_IN_INTERFACE (USB_ENDPOINT_IN | 1U)
#define TYPE_OUT_ENDPOINT 0x02U

#define DESCRIPTOR_DEVICE        1U
#define DESCRIPTOR_CONFIGURATION 2U
#define DESCRIPTOR_STRING        3U
#define DESCRIPTOR_INTERFACE     4U
#define DESCRIPTOR_ENDPOINT      5U
#define DESCRIPTOR_HID           0x21U
#define DESCRIPTOR_HID_REPORT    0x22U

#define CLASS_HID            3U
#define ATTRIBUTES_INTERRUPT 3U /* of bmAttributes */
#define ATTRIBUTES_BULK      2U

static void request(struct usb_host *host, enum usb_host_step step, uint8_t type, uint8_t number,
                    uint32_t value, uint32_t index, uint32_t length)
{
    const uint8_t setup[USB_SETUP_BYTES] = {type,
                                            number,
                                            (uint8_t)value,
                                            (uint8_t)(value >> 8),
                                            (uint8_t)index,
                                            (uint8_t)(index >> 8),
                                            (uint8_t)length,
                                            (uint8_t)(length >> 8)};
    host->state.step = step;
    usb_host_start_control(host, setup, NULL);
}

static void get_descriptor(struct usb_host *host, enum usb_host_step step, uint32_t type,
                           uint32_t length)
{
    request(host, step, USB_ENDPOINT_IN, REQUEST_GET_DESCRIPTOR, type << 8, 0, length);
}

static void run(struct usb_host *host)
{
    host->state.step = USB_HOST_RUNNING;
    usb_host_note(host, "device configured", host->state.configuration);
}

static void next_hid_report(struct usb_host *host)
{
    struct usb_host_state *s = &host->state;
    if (s->hid_next == s->hid_count) {
        run(host);
        return;
    }
    uint32_t i = s->hid_next;
    s->hid_next++;
    request(host, USB_HOST_HID_REPORT, TYPE_IN_INTERFACE, REQUEST_GET_DESCRIPTOR,
            DESCRIPTOR_HID_REPORT << 8, s->hid_interface[i], s->hid_report_bytes[i]);
}

/* The first string from `step` on that the device has; then the configuration. */
static void next_string(struct usb_host *host, enum usb_host_step step)
{
    struct usb_host_state *s = &host->state;
    for (uint32_t i = (uint32_t)step - USB_HOST_MANUFACTURER; i < 3; i++) {
        if (s->strings[i] != 0 && s->language != 0) {
            request(host, (enum usb_host_step)(USB_HOST_MANUFACTURER + i), USB_ENDPOINT_IN,
                    REQUEST_GET_DESCRIPTOR, DESCRIPTOR_STRING << 8 | s->strings[i], s->language,
                    STRING_BYTES);
            return;
        }
    }
    request(host, USB_HOST_SET_CONFIGURATION, 0, REQUEST_SET_CONFIGURATION, s->configuration, 0, 0);
}

static uint32_t half_word(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8;
}

static void add_endpoint(struct usb_host_state *s, const uint8_t *bytes, uint8_t interface)
{
    uint32_t kind = bytes[3] & 3U;
    uint32_t packet_bytes = half_word(bytes + 4) & 0x7FFU;
    if (s->endpoint_count == USB_HOST_ENDPOINTS ||
        (kind != ATTRIBUTES_BULK && kind != ATTRIBUTES_INTERRUPT) || packet_bytes == 0 ||
        (bytes[2] & 15U) == 0) {
        return;
    }
    s->endpoints[s->endpoint_count] = (struct usb_host_endpoint){
        .address = bytes[2],
        .kind = kind == ATTRIBUTES_INTERRUPT ? USB_KIND_INTERRUPT : USB_KIND_BULK,
        .packet_bytes =
            packet_bytes > USB_PACKET_BYTES_MAX ? (uint32_t)USB_PACKET_BYTES_MAX : packet_bytes,
        .interval = kind == ATTRIBUTES_INTERRUPT && bytes[6] != 0 ? bytes[6] : 1,
        .interface = interface,
        .next_frame = s->frame + 1};
    s->endpoint_count++;
}

/* Interfaces and endpoints of a configuration, whose bytes a guest wrote: nothing in it is taken on
 * trust. */
static void read_configuration(struct usb_host_state *s)
{
    bool skip = false; /* an alternate setting that is not the first */
    bool hid = false;
    uint8_t interface = 0;
    s->endpoint_count = 0;
    s->hid_count = 0;
    s->hid_next = 0;
    s->configuration = s->control_done >= 6 ? s->control[5] : 1;
    for (uint32_t at = 0; at + 2 <= s->control_done;) {
        const uint8_t *bytes = s->control + at;
        uint32_t length = bytes[0];
        if (length < 2 || at + length > s->control_done) {
            break;
        }
        if (bytes[1] == DESCRIPTOR_INTERFACE && length >= 9) {
            interface = bytes[2];
            skip = bytes[3] != 0;
            hid = bytes[5] == CLASS_HID;
        } else if (bytes[1] == DESCRIPTOR_HID && length >= 9 && hid && !skip &&
                   s->hid_count < USB_HOST_INTERFACES) {
            s->hid_interface[s->hid_count] = interface;
            s->hid_report_bytes[s->hid_count] = (uint16_t)half_word(bytes + 7);
            s->hid_count++;
        } else if (bytes[1] == DESCRIPTOR_ENDPOINT && length >= 7 && !skip) {
            add_endpoint(s, bytes, interface);
        }
        at += length;
    }
}

static uint32_t total_length(const struct usb_host_state *s)
{
    uint32_t total = half_word(s->control + 2);
    return total > USB_HOST_CONTROL_BYTES ? (uint32_t)USB_HOST_CONTROL_BYTES : total;
}

void usb_host_step_ended(struct usb_host *host)
{
    struct usb_host_state *s = &host->state;
    if (s->step == USB_HOST_DEBOUNCE) {
        usb_host_wait(host, USB_HOST_RESET, RESET_US);
    } else if (s->step == USB_HOST_RESET) {
        s->address = 0;
        s->device_packet_bytes = 8;
        s->endpoint_count = 0;
        usb_host_start_frames(host);
        usb_host_wait(host, USB_HOST_RECOVERY, RECOVERY_US);
        host->port->function->bus_reset(host->port->function->owner);
    } else if (s->step == USB_HOST_RECOVERY) {
        get_descriptor(host, USB_HOST_DEVICE_8, DESCRIPTOR_DEVICE, 8);
    } else if (s->step == USB_HOST_ADDRESS_WAIT) {
        get_descriptor(host, USB_HOST_DEVICE, DESCRIPTOR_DEVICE, 18);
    }
}

static void enumeration_failed(struct usb_host *host)
{
    struct usb_host_state *s = &host->state;
    s->attempts++;
    if (s->attempts < ATTEMPTS) {
        usb_host_stop_frames(host);
        usb_host_wait(host, USB_HOST_RESET, RESET_US);
        return;
    }
    s->step = USB_HOST_FAILED;
    usb_host_note(host, "device cannot be enumerated", 0);
}

static bool is_optional(enum usb_host_step step)
{
    return (step >= USB_HOST_LANGUAGES && step <= USB_HOST_SERIAL) || step == USB_HOST_HID_REPORT;
}

/* What the descriptors that the host cannot do without must at least have. */
static bool is_enough(const struct usb_host_state *s)
{
    if (s->step == USB_HOST_DEVICE_8) {
        return s->control_done >= 8 && s->control[7] >= 8 && s->control[7] <= USB_PACKET_BYTES_MAX;
    }
    if (s->step == USB_HOST_DEVICE) {
        return s->control_done >= 18;
    }
    bool configuration = s->step == USB_HOST_CONFIGURATION_9 || s->step == USB_HOST_CONFIGURATION;
    return !configuration || s->control_done >= 9;
}

/* A client has cleared an endpoint's halt: both sides begin with DATA0. */
static void follow_request(struct usb_host_state *s)
{
    if (s->setup[0] != TYPE_OUT_ENDPOINT || s->setup[1] != REQUEST_CLEAR_FEATURE) {
        return;
    }
    for (uint32_t i = 0; i < s->endpoint_count; i++) {
        if (s->endpoints[i].address == s->setup[4]) {
            s->endpoints[i].halted = false;
            s->endpoints[i].data1 = false;
        }
    }
}

void usb_host_control_ended(struct usb_host *host, int32_t status)
{
    struct usb_host_state *s = &host->state;
    bool good = status == USB_STATUS_OK && is_enough(s);
    if (s->step == USB_HOST_RUNNING) {
        if (status == USB_STATUS_OK) {
            follow_request(s);
        }
        return;
    }
    if (!good && !is_optional(s->step)) {
        enumeration_failed(host);
        return;
    }
    switch (s->step) {
    case USB_HOST_DEVICE_8:
        s->device_packet_bytes = s->control[7];
        request(host, USB_HOST_SET_ADDRESS, 0, REQUEST_SET_ADDRESS, USB_HOST_ADDRESS, 0, 0);
        break;
    case USB_HOST_SET_ADDRESS:
        s->address = USB_HOST_ADDRESS;
        usb_host_wait(host, USB_HOST_ADDRESS_WAIT, ADDRESS_WAIT_US);
        break;
    case USB_HOST_DEVICE:
        memcpy(s->strings, s->control + 14, sizeof s->strings);
        usb_host_note(host, "device found",
                      (int32_t)(half_word(s->control + 8) << 16 | half_word(s->control + 10)));
        get_descriptor(host, USB_HOST_CONFIGURATION_9, DESCRIPTOR_CONFIGURATION, 9);
        break;
    case USB_HOST_CONFIGURATION_9:
        get_descriptor(host, USB_HOST_CONFIGURATION, DESCRIPTOR_CONFIGURATION, total_length(s));
        break;
    case USB_HOST_CONFIGURATION:
        read_configuration(s);
        s->language = 0;
        if ((s->strings[0] | s->strings[1] | s->strings[2]) == 0) {
            next_string(host, USB_HOST_MANUFACTURER);
        } else {
            get_descriptor(host, USB_HOST_LANGUAGES, DESCRIPTOR_STRING, STRING_BYTES);
        }
        break;
    case USB_HOST_LANGUAGES:
        s->language =
            good && s->control_done >= 4 ? (uint16_t)half_word(s->control + 2) : LANGUAGE_ENGLISH;
        next_string(host, USB_HOST_MANUFACTURER);
        break;
    case USB_HOST_MANUFACTURER:
        next_string(host, USB_HOST_PRODUCT);
        break;
    case USB_HOST_PRODUCT:
        next_string(host, USB_HOST_SERIAL);
        break;
    case USB_HOST_SERIAL:
        next_string(host, USB_HOST_SET_CONFIGURATION);
        break;
    case USB_HOST_SET_CONFIGURATION:
    case USB_HOST_HID_REPORT:
        next_hid_report(host);
        break;
    case USB_HOST_NOTHING:
    case USB_HOST_DEBOUNCE:
    case USB_HOST_RESET:
    case USB_HOST_RECOVERY:
    case USB_HOST_ADDRESS_WAIT:
    case USB_HOST_RUNNING:
    case USB_HOST_FAILED:
        break;
    }
}
