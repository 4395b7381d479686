#include "peripherals/iface/radio_packet.h"

/* x^7 + x^4 + 1. Bit 0 of the register is the specification's position 6, whose value whitens and
 * returns into position 0 (bit 6) and, added, into position 4 (bit 2). */
#define WHITENING_TAPS 0x44U
#define WHITENING_ONE  0x40U /* position 0 is set at the start */

static bool bit_of(const uint8_t *bits, uint32_t index)
{
    return ((uint32_t)bits[index / 8U] >> (index % 8U) & 1U) != 0;
}

static void set_bit(uint8_t *bits, uint32_t index, bool value)
{
    uint8_t mask = (uint8_t)(1U << (index % 8U));
    bits[index / 8U] = (uint8_t)((bits[index / 8U] & ~mask) | (value ? mask : 0U));
}

uint32_t radio_bits_get(const uint8_t *bits, uint32_t index, uint32_t count, bool high_first)
{
    uint32_t value = 0;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t bit = bit_of(bits, index + i) ? 1U : 0U;
        value |= bit << (high_first ? count - 1U - i : i);
    }
    return value;
}

void radio_bits_put(uint8_t *bits, uint32_t index, uint32_t count, uint32_t value, bool high_first)
{
    for (uint32_t i = 0; i < count; i++) {
        set_bit(bits, index + i, (value >> (high_first ? count - 1U - i : i) & 1U) != 0);
    }
}

uint32_t radio_header_bits(const struct radio_format *format)
{
    return format->s0_bits + format->length_bits + format->s1_bits;
}

uint32_t radio_header_bytes(const struct radio_format *format)
{
    return (format->s0_bits != 0 ? 1U : 0U) + (format->length_bits != 0 ? 1U : 0U) +
           (format->s1_in_memory ? 1U : 0U);
}

uint32_t radio_payload_bytes(const struct radio_format *format, const uint8_t *memory, bool *longer)
{
    uint32_t bytes = format->static_bytes;
    if (format->length_bits != 0) {
        uint32_t length = memory[format->s0_bits != 0 ? 1 : 0];
        uint32_t crc_bytes = format->length_has_crc ? format->crc_bits / 8U : 0;
        length &= (1U << format->length_bits) - 1U;
        bytes += length > crc_bytes ? length - crc_bytes : 0;
    }
    *longer = bytes > format->most_bytes;
    return *longer ? format->most_bytes : bytes;
}

static uint32_t crc_over(const struct radio_format *format, const uint8_t *bits, uint32_t from,
                         uint32_t to)
{
    uint32_t crc = format->crc_init;
    uint32_t top = 1U << (format->crc_bits - 1U);
    for (uint32_t i = from; i < to; i++) {
        bool feedback = ((crc & top) != 0) != bit_of(bits, i);
        crc = crc << 1 ^ (feedback ? format->crc_poly : 0);
    }
    return crc & (top | (top - 1U));
}

static uint32_t crc_from(const struct radio_format *format, uint32_t sync_bits)
{
    switch (format->crc_from) {
    case RADIO_CRC_ADDRESS:
        return 0;
    case RADIO_CRC_AFTER_ADDRESS:
        return sync_bits;
    case RADIO_CRC_AFTER_LENGTH:
        return sync_bits + format->s0_bits + format->length_bits;
    }
    return sync_bits;
}

static uint32_t payload_end(const struct radio_format *format, uint32_t sync_bits,
                            uint32_t payload_bytes)
{
    return sync_bits + radio_header_bits(format) + 8U * payload_bytes;
}

uint32_t radio_packet_crc(const struct radio_format *format, const uint8_t *bits,
                          uint32_t sync_bits, uint32_t payload_bytes)
{
    return format->crc_bits == 0 ? 0
                                 : crc_over(format, bits, crc_from(format, sync_bits),
                                            payload_end(format, sync_bits, payload_bytes));
}

uint32_t radio_packet_received_crc(const struct radio_format *format, const uint8_t *bits,
                                   uint32_t sync_bits, uint32_t payload_bytes)
{
    return radio_bits_get(bits, payload_end(format, sync_bits, payload_bytes), format->crc_bits,
                          true);
}

void radio_packet_whiten(const struct radio_format *format, uint8_t *bits, uint32_t sync_bits,
                         uint32_t from, uint32_t to)
{
    uint32_t lfsr = format->whiten_init | WHITENING_ONE;
    if (!format->whiten) {
        return;
    }
    for (uint32_t i = sync_bits; i < to; i++) {
        bool one = (lfsr & 1U) != 0;
        lfsr = lfsr >> 1 ^ (one ? WHITENING_TAPS : 0);
        if (one && i >= from) {
            set_bit(bits, i, !bit_of(bits, i));
        }
    }
}

uint32_t radio_packet_write(const struct radio_format *format, const uint8_t *memory,
                            uint32_t payload_bytes, uint8_t *bits, uint32_t sync_bits)
{
    const uint8_t *next = memory;
    uint32_t at = sync_bits;
    if (format->s0_bits != 0) {
        radio_bits_put(bits, at, format->s0_bits, *next++, format->big_endian);
        at += format->s0_bits;
    }
    if (format->length_bits != 0) {
        radio_bits_put(bits, at, format->length_bits, *next++, format->big_endian);
        at += format->length_bits;
    }
    if (format->s1_in_memory) {
        radio_bits_put(bits, at, format->s1_bits, *next++, format->big_endian);
        at += format->s1_bits;
    }
    for (uint32_t i = 0; i < payload_bytes; i++) {
        radio_bits_put(bits, at, 8, next[i], format->big_endian);
        at += 8;
    }
    radio_bits_put(bits, at, format->crc_bits,
                   radio_packet_crc(format, bits, sync_bits, payload_bytes), true);
    at += format->crc_bits;
    radio_packet_whiten(format, bits, sync_bits, sync_bits, at);
    return at;
}

void radio_packet_read_header(const struct radio_format *format, const uint8_t *bits,
                              uint32_t sync_bits, uint8_t *memory)
{
    uint32_t at = sync_bits;
    if (format->s0_bits != 0) {
        *memory++ = (uint8_t)radio_bits_get(bits, at, format->s0_bits, format->big_endian);
        at += format->s0_bits;
    }
    if (format->length_bits != 0) {
        *memory++ = (uint8_t)radio_bits_get(bits, at, format->length_bits, format->big_endian);
        at += format->length_bits;
    }
    if (format->s1_in_memory) {
        *memory = (uint8_t)radio_bits_get(bits, at, format->s1_bits, format->big_endian);
    }
}

void radio_packet_read_payload(const struct radio_format *format, const uint8_t *bits,
                               uint32_t sync_bits, uint32_t payload_bytes, uint8_t *memory)
{
    uint32_t at = sync_bits + radio_header_bits(format);
    memory += radio_header_bytes(format);
    for (uint32_t i = 0; i < payload_bytes; i++) {
        memory[i] = (uint8_t)radio_bits_get(bits, at + 8U * i, 8, format->big_endian);
    }
}
