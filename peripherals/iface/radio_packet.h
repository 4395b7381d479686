/* peripherals/iface/radio_packet.h - a packet of the RADIO between memory and air: fields, bit
 * order, CRC, whitening. Pure functions.
 *
 * Reference: nRF52840 product specification 1.1, "RADIO": packet configuration, data whitening,
 * CRC. On the air: ADDRESS, S0, LENGTH, S1, PAYLOAD, static payload, CRC. A bit index counts from
 * the first bit of the address; bit i of a stream is bit i % 8 of bits[i / 8].
 */
#ifndef PERIPHERALS_IFACE_RADIO_PACKET_H
#define PERIPHERALS_IFACE_RADIO_PACKET_H

#include <stdbool.h>
#include <stdint.h>

#define RADIO_HEADER_BYTES  3U
#define RADIO_PAYLOAD_BYTES 255U
#define RADIO_MEMORY_BYTES  (RADIO_HEADER_BYTES + RADIO_PAYLOAD_BYTES)

enum radio_crc_from { RADIO_CRC_ADDRESS, RADIO_CRC_AFTER_ADDRESS, RADIO_CRC_AFTER_LENGTH };

/* PCNF0, PCNF1, CRCCNF, CRCPOLY, CRCINIT and DATAWHITEIV, decoded. */
struct radio_format {
    uint32_t s0_bits, length_bits, s1_bits; /* on the air: 0 or 8; 0..8; 0..8 */
    bool s1_in_memory;
    bool length_has_crc; /* LENGTH counts the CRC's bytes */
    bool big_endian;     /* S0, LENGTH, S1 and payload go most significant bit first */
    bool whiten;
    uint32_t static_bytes, most_bytes;
    uint32_t crc_bits; /* 0, 8, 16 or 24 */
    enum radio_crc_from crc_from;
    uint32_t crc_poly, crc_init;
    uint32_t whiten_init;
};

/* Bits [index, index + count) of a stream, count at most 32; the bit at `index` is the value's
 * lowest, or its highest when `high_first`. */
uint32_t radio_bits_get(const uint8_t *bits, uint32_t index, uint32_t count, bool high_first);
void radio_bits_put(uint8_t *bits, uint32_t index, uint32_t count, uint32_t value, bool high_first);

/* Sizes of S0, LENGTH and S1 on the air, and in memory. */
uint32_t radio_header_bits(const struct radio_format *format);
uint32_t radio_header_bytes(const struct radio_format *format);

/* The packet's payload in bytes for the header that is in memory; *longer: MAXLEN cuts it. */
uint32_t radio_payload_bytes(const struct radio_format *format, const uint8_t *memory,
                             bool *longer);

/* Writes header and payload from memory behind the address and appends the CRC, all whitened.
 * Returns the number of bits with the address. */
uint32_t radio_packet_write(const struct radio_format *format, const uint8_t *memory,
                            uint32_t payload_bytes, uint8_t *bits, uint32_t sync_bits);

/* Takes the whitening off (or puts it on) the bits [from, to) of a stream whose address ends at
 * `sync_bits`. */
void radio_packet_whiten(const struct radio_format *format, uint8_t *bits, uint32_t sync_bits,
                         uint32_t from, uint32_t to);

/* From a stream without whitening to memory: the header's bytes, and the payload behind them. */
void radio_packet_read_header(const struct radio_format *format, const uint8_t *bits,
                              uint32_t sync_bits, uint8_t *memory);
void radio_packet_read_payload(const struct radio_format *format, const uint8_t *bits,
                               uint32_t sync_bits, uint32_t payload_bytes, uint8_t *memory);

/* The CRC over a stream without whitening, and what is received in its place; both 0 without CRC.
 */
uint32_t radio_packet_crc(const struct radio_format *format, const uint8_t *bits,
                          uint32_t sync_bits, uint32_t payload_bytes);
uint32_t radio_packet_received_crc(const struct radio_format *format, const uint8_t *bits,
                                   uint32_t sync_bits, uint32_t payload_bytes);

#endif
