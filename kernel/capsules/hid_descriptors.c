#include "kernel/capsules/hid_descriptors.h"

#include "kernel/abi/drivers.h"
#include "kernel/capsule/manifest.h"
#include "kernel/hil/usb.h"

CAPSULE(hid_descriptors);

enum {
    TYPE_DEVICE = 0x01,
    TYPE_CONFIGURATION = 0x02,
    TYPE_STRING = 0x03,
    TYPE_INTERFACE = 0x04,
    TYPE_ENDPOINT = 0x05,
    TYPE_HID = 0x21,
    TYPE_REPORT = 0x22,
};
enum {
    CLASS_HID = 3,
    SUBCLASS_BOOT = 1,
    PROTOCOL_KEYBOARD = 1,
};

/* Numbers of two bytes, the lower one first. */
#define WORD(number) (number) & 0xFF, (number) >> 8

/* USB 2.0; the interface says its class; vendor and product are those that pid.codes gives out for
 * tests; release 1.00; strings: manufacturer, product, no serial number; one configuration. */
#define DEVICE(product_id)                                                                         \
    {                                                                                              \
        18, TYPE_DEVICE, WORD(0x0200), 0, 0, 0, HIL_USB_PACKET_BYTES, WORD(0x1209),                \
            WORD(product_id), WORD(0x0100), 1, 2, 0, 1                                             \
    }
static const uint8_t ctap_device[] = DEVICE(0x0001);
static const uint8_t keyboard_device[] = DEVICE(0x0002);

/* HID 1.11, 6.2.2 */
#define CTAP_REPORT_BYTES 34u
static const uint8_t ctap_report[CTAP_REPORT_BYTES] = {
    0x06, 0xD0, 0xF1, /* usage page: FIDO alliance */
    0x09, 0x01,       /* usage: U2F HID authenticator */
    0xA1, 0x01,       /* collection: application */
    0x09, 0x20,       /* usage: data in */
    0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, ABI_CTAP_HID_REPORT_BYTES, 0x81, 0x02, 0x09,
    0x21, /* usage: data out */
    0x15, 0x00, 0x26, 0xFF, 0x00, 0x75, 0x08, 0x95, ABI_CTAP_HID_REPORT_BYTES, 0x91, 0x02, 0xC0,
};

/* HID 1.11, appendix B.1: modifiers, a byte that is reserved, six keys; five lamps the other way.
 */
#define KEYBOARD_REPORT_BYTES 63u
static const uint8_t
    keyboard_report[KEYBOARD_REPORT_BYTES] =
        {
            0x05, 0x01,                         /* usage page: generic desktop */
            0x09, 0x06,                         /* usage: keyboard */
            0xA1, 0x01,                         /* collection: application */
            0x05, 0x07, 0x19, 0xE0, 0x29, 0xE7, /* the modifiers, a bit each */
            0x15, 0x00, 0x25, 0x01, 0x75, 0x01, 0x95, 0x08, 0x81, 0x02, 0x95, 0x01,
            0x75, 0x08, 0x81, 0x01,                                                 /* reserved */
            0x95, 0x05, 0x75, 0x01, 0x05, 0x08, 0x19, 0x01, 0x29, 0x05, 0x91, 0x02, /* the lamps */
            0x95, 0x01, 0x75, 0x03, 0x91, 0x01, 0x95, 0x06, 0x75, 0x08, 0x15, 0x00,
            0x25, 0x65, /* six keys that are down */
            0x05, 0x07, 0x19, 0x00, 0x29, 0x65, 0x81, 0x00, 0xC0,
};

/* One configuration, 100 mA from the bus, with one interface: HID, two interrupt endpoints that are
 * asked every `interval` ms. */
#define CONFIGURATION_BYTES 41u
#define HID_OFFSET          18u
#define HID_BYTES           9u
#define CONFIGURATION(subclass, protocol, report_bytes, packet_bytes, interval)                    \
    {                                                                                              \
        9, TYPE_CONFIGURATION, WORD(CONFIGURATION_BYTES), 1, 1, 0, 0x80, 50, /* the interface: */  \
            9, TYPE_INTERFACE, 0, 0, 2, CLASS_HID, (subclass), (protocol), 0, HID_BYTES, TYPE_HID, \
            WORD(0x0111), 0, 1, TYPE_REPORT, WORD(report_bytes), 7, TYPE_ENDPOINT, 0x81, 3,        \
            WORD(packet_bytes), (interval), 7, TYPE_ENDPOINT, 0x01, 3, WORD(packet_bytes),         \
            (interval)                                                                             \
    }
static const uint8_t ctap_configuration[CONFIGURATION_BYTES] =
    CONFIGURATION(0, 0, CTAP_REPORT_BYTES, HIL_USB_PACKET_BYTES, 5);
static const uint8_t keyboard_configuration[CONFIGURATION_BYTES] = CONFIGURATION(
    SUBCLASS_BOOT, PROTOCOL_KEYBOARD, KEYBOARD_REPORT_BYTES, ABI_KEYBOARD_HID_REPORT_BYTES, 10);

static const uint8_t languages[] = {4, TYPE_STRING, 0x09, 0x04}; /* English */
static const uint8_t manufacturer[] = {20,  TYPE_STRING, 'S', 0, 'a', 0, 'n', 0, 'd', 0,
                                       'g', 0,           'l', 0, 'a', 0, 's', 0, 's', 0};
static const uint8_t ctap_product[] = {26,  TYPE_STRING, 'S', 0,   'e', 0,   'c', 0,   'u',
                                       0,   'r',         0,   'i', 0,   't', 0,   'y', 0,
                                       ' ', 0,           'k', 0,   'e', 0,   'y', 0};
static const uint8_t keyboard_product[] = {18, TYPE_STRING, 'K', 0,   'e', 0,   'y', 0,   'b',
                                           0,  'o',         0,   'a', 0,   'r', 0,   'd', 0};

#define ALL_OF(array) ((struct const_slice){array, sizeof(array)})

struct const_slice hid_descriptors_get(enum hid_descriptors_kind kind, uint32_t value)
{
    bool keyboard = kind == HID_DESCRIPTORS_KEYBOARD;
    struct const_slice configuration =
        keyboard ? ALL_OF(keyboard_configuration) : ALL_OF(ctap_configuration);
    switch (value) {
    case TYPE_DEVICE << 8:
        return keyboard ? ALL_OF(keyboard_device) : ALL_OF(ctap_device);
    case TYPE_CONFIGURATION << 8:
        return configuration;
    case TYPE_HID << 8:
        return const_slice_part(configuration, HID_OFFSET, HID_BYTES);
    case TYPE_REPORT << 8:
        return keyboard ? ALL_OF(keyboard_report) : ALL_OF(ctap_report);
    case TYPE_STRING << 8:
        return ALL_OF(languages);
    case TYPE_STRING << 8 | 1:
        return ALL_OF(manufacturer);
    case TYPE_STRING << 8 | 2:
        return keyboard ? ALL_OF(keyboard_product) : ALL_OF(ctap_product);
    default:
        return const_slice_part(configuration, 0, 0);
    }
}
