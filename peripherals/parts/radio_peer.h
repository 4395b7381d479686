/* peripherals/parts/radio_peer.h - another radio on the air: what a board can talk to when it is
 * alone in a run.
 *
 * Devicetree: "sandglass,radio-peer"; `protocol` = "ieee802154" (default) or "ble";
 * `sandglass,position-mm` = <x y z>; `sandglass,power-dbm` (default 0; two's complement);
 * `acknowledges` (a flag: answers 802.15.4 frames that ask for it, 192 us after their end);
 * `frame-0` to `frame-9` (texts of hexadecimal digits: frames that it can send).
 * Inputs: "byte" adds a byte to the frame that is being written, "send" sends that frame on channel
 * VALUE (802.15.4: 11 to 26, Bluetooth LE: 0 to 39), "channel" tunes it for listening and for
 * frames, "frame" sends the text frame-VALUE. A frame is what the MAC has: the frame without its
 * checksum, or the PDU with its two bytes of header.
 * It notes "heard" for each frame on its channel, with the first byte after 802.15.4's frame
 * control (the sequence number), or the PDU's type. Faults: "mute", "deaf".
 *
 * Not modelled: listening before it talks; collisions at its end.
 */
#ifndef PERIPHERALS_PARTS_RADIO_PEER_H
#define PERIPHERALS_PARTS_RADIO_PEER_H

#include "peripherals/iface/device.h"
#include "peripherals/iface/radio_packet.h"

#define RADIO_PEER_BYTES  255U
#define RADIO_PEER_FRAMES 10U

enum radio_peer_fault { RADIO_PEER_FAULT_MUTE, RADIO_PEER_FAULT_DEAF, RADIO_PEER_FAULTS };

struct radio_peer {
    struct device_env env;
    struct radio_port port;
    bool ble, acknowledges;
    int32_t power_cdbm;
    const char *frames[RADIO_PEER_FRAMES];
    struct radio_peer_state {
        uint8_t bytes[RADIO_PEER_BYTES]; /* the frame that is being written */
        uint32_t byte_count;
        uint32_t channel;
        int32_t faults[RADIO_PEER_FAULTS];
        uint32_t answer;          /* the sequence number of an acknowledgement that is due */
        uint64_t busy_until;      /* it sends until then */
        struct radio_frame frame; /* that it hears; end_cycles 0: none */
        uint32_t source;
        uint32_t reserved; /* no padding */
    } state;
    struct event heard; /* the end of that frame */
    struct event acknowledge;
};

extern const struct device_class part_radio_peer_class;

#endif
