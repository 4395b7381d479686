/* peripherals/parts/usb_host.h - a computer at the chip's USB socket: powers VBUS, enumerates the
 * device, polls its endpoints, and does what it is asked for.
 *
 * Reference: Universal Serial Bus specification 2.0, chapters 5, 7.1.7, 8, 9; HID 1.11. Devicetree:
 * compatible "sandglass,usb-host"; flag `unplugged`: the cable is not in at power-on.
 *
 * A frame is 1 ms. In it come first the interrupt endpoints that are due, then the control
 * transfer, the packets to be sent, the bulk IN endpoints. Every interrupt IN endpoint is polled at
 * its interval, every bulk IN endpoint in each frame.
 *
 * Inputs: "plug", "unplug"; "suspend", "resume"; "reset" (of the bus: it is enumerated anew).
 *   "data" adds the four bytes of its value (lowest first) to what is being put together;
 *   "out" sends the first (value >> 8) of them to endpoint (value & 15);
 *   "control" makes the first eight a SETUP packet, and the rest, `value` in all, its data stage.
 *   The last two begin anew with an empty collection, and so does "clear".
 * What goes over the bus is told as records of usbmon, the format that Linux has for it
 * (observer.packet, LINKTYPE_USB_LINUX_MMAPPED); HID reports are noted as well, with their first
 * four bytes.
 *
 * Faults: "no-poll", "corrupt", "disconnect": see usb_host.c.
 * Not modelled: hubs, several devices, isochronous endpoints, alternate settings but the first, the
 * current that a device draws.
 */
#ifndef PERIPHERALS_PARTS_USB_HOST_H
#define PERIPHERALS_PARTS_USB_HOST_H

#include "peripherals/iface/device.h"

#define USB_HOST_ENDPOINTS     14U
#define USB_HOST_CONTROL_BYTES 512U /* of a data stage */
#define USB_HOST_SEND_BYTES    264U /* of a request of a client: SETUP and 256 */
#define USB_HOST_REQUESTS      16U
#define USB_HOST_INTERFACES    8U
#define USB_HOST_ADDRESS       1U

enum usb_host_step {
    USB_HOST_NOTHING, /* no device shows itself */
    USB_HOST_DEBOUNCE,
    USB_HOST_RESET,
    USB_HOST_RECOVERY, /* from here on there are frames */
    USB_HOST_DEVICE_8,
    USB_HOST_SET_ADDRESS,
    USB_HOST_ADDRESS_WAIT,
    USB_HOST_DEVICE,
    USB_HOST_CONFIGURATION_9,
    USB_HOST_CONFIGURATION,
    USB_HOST_LANGUAGES,
    USB_HOST_MANUFACTURER,
    USB_HOST_PRODUCT,
    USB_HOST_SERIAL,
    USB_HOST_SET_CONFIGURATION,
    USB_HOST_HID_REPORT, /* the report descriptor of each HID interface */
    USB_HOST_RUNNING,
    USB_HOST_FAILED, /* until the cable is pulled */
};

enum usb_host_stage { USB_STAGE_NONE, USB_STAGE_SETUP, USB_STAGE_DATA, USB_STAGE_STATUS };
enum usb_host_bus { USB_BUS_FREE, USB_BUS_TOKEN, USB_BUS_DATA_IN };
enum usb_host_who { USB_WHO_CONTROL, USB_WHO_REQUEST, USB_WHO_ENDPOINT };

/* status of a usbmon record: a Linux error number */
#define USB_STATUS_OK        0
#define USB_STATUS_STALL     (-32)
#define USB_STATUS_NO_ANSWER (-71)
#define USB_STATUS_GONE      (-108)
#define USB_STATUS_SUBMITTED (-115)

enum usb_host_fault {
    USB_HOST_FAULT_NO_POLL,
    USB_HOST_FAULT_CORRUPT,
    USB_HOST_FAULT_DISCONNECT,
    USB_HOST_FAULTS
};

struct usb_host_endpoint {
    uint64_t id;         /* of the transfer that waits for data, in usbmon records; 0: none */
    uint32_t next_frame; /* that it is polled in */
    uint32_t interval;   /* frames */
    uint32_t packet_bytes;
    uint8_t address; /* bit 7: IN */
    uint8_t kind;    /* USB_KIND_INTERRUPT or USB_KIND_BULK */
    uint8_t interface;
    uint8_t errors;               /* in a row */
    bool data1, halted, had_data; /* had_data: in this frame */
};

struct usb_host_request {
    uint64_t id;
    uint32_t count, done;
    uint8_t bytes[USB_HOST_SEND_BYTES];
    uint8_t endpoint; /* 0: a control transfer */
};

struct usb_host {
    struct device_env env;
    struct usb_port *port;
    struct usb_host_state {
        bool plugged, suspended;
        enum usb_host_step step;
        uint32_t attempts; /* to enumerate this device */
        uint32_t frame;    /* counts on and on */
        uint64_t frame_end_cycle;
        uint64_t next_id;
        uint8_t address;
        uint8_t device_packet_bytes; /* of endpoint 0 */
        uint8_t configuration;
        uint8_t strings[3]; /* indices of manufacturer, product, serial number */
        uint16_t language;
        uint8_t hid_interface[USB_HOST_INTERFACES];
        uint16_t hid_report_bytes[USB_HOST_INTERFACES];
        uint32_t hid_count, hid_next;
        struct usb_host_endpoint endpoints[USB_HOST_ENDPOINTS];
        uint32_t endpoint_count;
        /* the control transfer under way */
        enum usb_host_stage stage;
        uint64_t control_id;
        uint8_t setup[USB_SETUP_BYTES];
        uint8_t control[USB_HOST_CONTROL_BYTES];
        uint32_t control_count, control_done;
        bool control_data1, control_is_request; /* is_request: of a client */
        uint32_t control_errors, control_frame; /* in a row; that it began in */
        /* what clients want, and what they put together */
        struct usb_host_request requests[USB_HOST_REQUESTS];
        uint32_t request_first, request_count;
        uint8_t collected[USB_HOST_SEND_BYTES];
        uint32_t collected_count;
        uint32_t request_errors;
        bool request_waits; /* the last packet was not taken */
        /* the transaction under way */
        enum usb_host_bus bus;
        enum usb_host_who who;
        uint32_t endpoint_index;
        uint32_t tried; /* endpoints in this frame, a bit each */
        uint32_t naks;  /* in this frame */
        struct usb_packet packet;
        int32_t faults[USB_HOST_FAULTS];
    } state;
    struct event frame_start, bus_end, step_end;
    struct wire_listener pull_up_changed, wake_changed;
};

extern const struct device_class part_usb_host_class;

#endif
