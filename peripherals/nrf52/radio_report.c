/* RADIO: what it has sent, in the forms that pcap knows. */
#include <string.h>

#include "peripherals/nrf52/radio.h"

#define LINKTYPE_IEEE802_15_4_WITHFCS      195U
#define LINKTYPE_BLUETOOTH_LE_LL_WITH_PHDR 256U

#define BLE_HEADER_BYTES 10U
#define BLE_SYNC_BITS    32U
#define BLE_FIRST_MHZ    2402U
#define BLE_LAST_MHZ     2480U

enum ble_flags {
    BLE_DEWHITENED = 1U << 0,
    BLE_SIGNAL_VALID = 1U << 1,
    BLE_PHY_SHIFT = 14,
};

static void report_154(const struct radio *radio, const struct radio_frame *frame)
{
    uint32_t bytes = frame->bit_count / 8U; /* with delimiter and length */
    if (bytes > 2U) {
        observer_packet(&radio->env.observer, radio->env.name, LINKTYPE_IEEE802_15_4_WITHFCS,
                        frame->bits + 2, bytes - 2U);
    }
}

/* The proprietary modes send Bluetooth packets, too: whatever has an address of its length, on one
 * of its frequencies. */
static void report_ble(const struct radio *radio, const struct radio_frame *frame)
{
    static const uint32_t phys[RADIO_MODULATIONS] = {
        [RADIO_GFSK_2M] = 1U << BLE_PHY_SHIFT, [RADIO_CODED] = 2U << BLE_PHY_SHIFT};
    uint8_t packet[BLE_HEADER_BYTES + 1U + RADIO_FRAME_BYTES] = {0};
    uint32_t bytes = frame->bit_count / 8U;
    uint32_t mhz = frame->frequency_mhz;
    if (frame->sync_bits != BLE_SYNC_BITS || mhz < BLE_FIRST_MHZ || mhz > BLE_LAST_MHZ) {
        return;
    }
    uint32_t flags = BLE_DEWHITENED | BLE_SIGNAL_VALID | phys[frame->modulation];
    packet[0] = (uint8_t)((mhz - BLE_FIRST_MHZ) / 2U);
    packet[1] = (uint8_t)(frame->power_cdbm / 100);
    packet[8] = (uint8_t)flags;
    packet[9] = (uint8_t)(flags >> 8);
    /* The coded form has a byte with the rate between address and content. */
    bool coded = frame->modulation == RADIO_CODED;
    uint8_t *content = packet + BLE_HEADER_BYTES;
    memcpy(content, frame->bits, bytes);
    radio_packet_whiten(&radio->state.format, content, frame->sync_bits, frame->sync_bits,
                        frame->bit_count);
    if (coded) {
        memmove(content + 5, content + 4, bytes - 4U);
        content[4] = radio->state.mode == RADIO_BLE_LR500KBIT ? 1 : 0;
        bytes++;
    }
    observer_packet(&radio->env.observer, radio->env.name, LINKTYPE_BLUETOOTH_LE_LL_WITH_PHDR,
                    packet, BLE_HEADER_BYTES + bytes);
}

void radio_report_sent(const struct radio *radio)
{
    const struct radio_frame *frame = &radio->state.frame;
    if (frame->modulation == RADIO_OQPSK_250K) {
        report_154(radio, frame);
    } else {
        report_ble(radio, frame);
    }
}
