/* Records of usbmon: 64 bytes of header, little endian, then data. */
#include <string.h>

#include "peripherals/parts/usb_host_internal.h"

#define LINKTYPE_USB_LINUX_MMAPPED 220U
#define HEADER_BYTES               64U
#define BUS_NUMBER                 1U

static void put(uint8_t *at, uint64_t value, uint32_t bytes)
{
    for (uint32_t i = 0; i < bytes; i++) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
}

/* What stands for data that is not in a record. */
static char missing_data(const struct usb_record *record)
{
    return (record->endpoint & USB_ENDPOINT_IN) != 0 ? '<' : '>';
}

void usb_monitor_tell(const struct usb_host *host, const struct usb_record *record)
{
    uint8_t bytes[HEADER_BYTES + USB_HOST_CONTROL_BYTES] = {0};
    const struct clock *clock = host->env.clock;
    uint64_t now = clock_now(clock);
    uint32_t count = record->data == NULL ? 0 : record->count;
    put(bytes, record->id, 8);
    bytes[8] = record->submitted ? 'S' : 'C';
    bytes[9] = record->kind;
    bytes[10] = record->endpoint;
    bytes[11] = host->state.address;
    put(bytes + 12, BUS_NUMBER, 2);
    bytes[14] = record->setup == NULL ? '-' : 0;
    bytes[15] = record->data == NULL ? (uint8_t)missing_data(record) : 0;
    put(bytes + 16, now / clock->cpu_hz, 8);
    put(bytes + 24, now % clock->cpu_hz * 1000000U / clock->cpu_hz, 4);
    put(bytes + 28, (uint64_t)(int64_t)record->status, 4);
    put(bytes + 32, record->count, 4);
    put(bytes + 36, count, 4);
    if (record->setup != NULL) {
        memcpy(bytes + 40, record->setup, USB_SETUP_BYTES);
    }
    put(bytes + 48, record->interval, 4);
    if (count != 0) {
        memcpy(bytes + HEADER_BYTES, record->data, count);
    }
    observer_packet(&host->env.observer, host->env.name, LINKTYPE_USB_LINUX_MMAPPED, bytes,
                    HEADER_BYTES + count);
}
