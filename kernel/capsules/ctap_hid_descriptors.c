#include "kernel/capsules/ctap_hid_descriptors.h"

#include "kernel/capsule/manifest.h"
#include "kernel/hil/usb.h"

CAPSULE(ctap_hid_descriptors);

enum {
    TYPE_DEVICE = 0x01,
    TYPE_CONFIGURATION = 0x02,
    TYPE_STRING = 0x03,
    TYPE_INTERFACE = 0x04,
    TYPE_ENDPOINT = 0x05,
    TYPE_HID = 0x21,
    TYPE_REPORT = 0x22,
};

/* The vendor and product that pid.codes gives out for tests. */
static const uint8_t device[] = {
    18,
    TYPE_DEVICE,
    0x00,
    0x02, /* USB 2.0 */
    0,
    0,
    0,                    /* the interface says its class */
    HIL_USB_PACKET_BYTES, /* of endpoint 0 */
    0x09,
    0x12,
    0x01,
    0x00, /* vendor 1209, product 0001 */
    0x00,
    0x01, /* release 1.00 */
    1,
    2,
    0, /* strings: manufacturer, product; no serial number */
    1, /* configuration */
};

#define REPORT_BYTES 34u
static const uint8_t report[REPORT_BYTES] = {
    0x06, 0xD0, 0xF1, /* usage page: FIDO alliance */
    0x09, 0x01,       /* usage: U2F HID authenticator */
    0xA1, 0x01,       /* collection: application */
    0x09, 0x20,       /* usage: data in */
    0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, HIL_USB_PACKET_BYTES, 0x81, 0x02, 0x09,
    0x21, /* usage: data out */
    0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, HIL_USB_PACKET_BYTES, 0x91, 0x02, 0xC0,
};

#define CONFIGURATION_BYTES 41u
#define HID_OFFSET          18u
#define HID_BYTES           9u
static const uint8_t configuration[CONFIGURATION_BYTES] = {
    9,
    TYPE_CONFIGURATION,
    CONFIGURATION_BYTES,
    0,
    1,
    1,
    0,
    0x80,
    50, /* from the bus, 100 mA */
    9,
    TYPE_INTERFACE,
    0,
    0,
    2,
    3,
    0,
    0,
    0, /* HID, two endpoints */
    HID_BYTES,
    TYPE_HID,
    0x11,
    0x01,
    0,
    1,
    TYPE_REPORT,
    REPORT_BYTES,
    0,
    7,
    TYPE_ENDPOINT,
    0x81,
    3,
    HIL_USB_PACKET_BYTES,
    0,
    5, /* in, interrupt, every 5 ms */
    7,
    TYPE_ENDPOINT,
    0x01,
    3,
    HIL_USB_PACKET_BYTES,
    0,
    5,
};

static const uint8_t languages[] = {4, TYPE_STRING, 0x09, 0x04}; /* English */
static const uint8_t manufacturer[] = {20,  TYPE_STRING, 'S', 0, 'a', 0, 'n', 0, 'd', 0,
                                       'g', 0,           'l', 0, 'a', 0, 's', 0, 's', 0};
static const uint8_t product[] = {26,  TYPE_STRING, 'S', 0, 'e', 0, 'c', 0, 'u', 0, 'r', 0, 'i', 0,
                                  't', 0,           'y', 0, ' ', 0, 'k', 0, 'e', 0, 'y', 0};

struct const_slice ctap_hid_descriptors_get(uint32_t value)
{
    switch (value) {
    case TYPE_DEVICE << 8:
        return (struct const_slice){device, sizeof(device)};
    case TYPE_CONFIGURATION << 8:
        return (struct const_slice){configuration, sizeof(configuration)};
    case TYPE_HID << 8:
        return const_slice_part((struct const_slice){configuration, sizeof(configuration)},
                                HID_OFFSET, HID_BYTES);
    case TYPE_REPORT << 8:
        return (struct const_slice){report, sizeof(report)};
    case TYPE_STRING << 8:
        return (struct const_slice){languages, sizeof(languages)};
    case TYPE_STRING << 8 | 1:
        return (struct const_slice){manufacturer, sizeof(manufacturer)};
    case TYPE_STRING << 8 | 2:
        return (struct const_slice){product, sizeof(product)};
    default:
        return (struct const_slice){device, 0};
    }
}
