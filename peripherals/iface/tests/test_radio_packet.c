/* Packets of the RADIO: CRCs against the check values of the public catalogue of CRCs and the
 * example frame of IEEE 802.15.4, whitening against its published sequence, field orders. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/iface/radio_packet.h"

#define DIGITS "123456789"

/* Writes "123456789" behind an address byte and returns the bits of the CRC. */
static const uint8_t *write_digits(const struct radio_format *format)
{
    static uint8_t bits[64];
    memset(bits, 0, sizeof bits);
    bits[0] = 0x5A;
    assert_int_equal(radio_packet_write(format, (const uint8_t *)DIGITS, 9, bits, 8),
                     8 + 72 + format->crc_bits);
    assert_int_equal(bits[0], 0x5A);
    return bits + 10;
}

/* The catalogue's check values are of reflected CRCs: the low byte is first on the air. */
static void crcs_of_little_endian_packets(void **state)
{
    static const uint8_t ble[] = {0x56, 0x5A, 0xC2}; /* CRC-24/BLE: 0xC25A56 */
    static const uint8_t kermit[] = {0x89, 0x21};    /* CRC-16/KERMIT: 0x2189 */
    struct radio_format format = {.most_bytes = 255,
                                  .crc_bits = 24,
                                  .crc_from = RADIO_CRC_AFTER_ADDRESS,
                                  .crc_poly = 0x00065B,
                                  .crc_init = 0x555555};
    (void)state;
    assert_memory_equal(write_digits(&format), ble, 3);
    format.crc_bits = 16;
    format.crc_poly = 0x11021;
    format.crc_init = 0;
    assert_memory_equal(write_digits(&format), kermit, 2);
}

static void crcs_of_big_endian_packets(void **state)
{
    struct radio_format format = {.most_bytes = 255,
                                  .big_endian = true,
                                  .crc_bits = 16,
                                  .crc_from = RADIO_CRC_AFTER_ADDRESS,
                                  .crc_poly = 0x11021,
                                  .crc_init = 0xFFFF};
    (void)state;
    /* CRC-16/IBM-3740 (formerly CCITT-FALSE): 0x29B1 */
    assert_int_equal(radio_bits_get(write_digits(&format), 0, 16, true), 0x29B1);
    format.crc_bits = 8;
    format.crc_poly = 0x107;
    format.crc_init = 0;
    /* CRC-8/SMBUS: 0xF4 */
    assert_int_equal(radio_bits_get(write_digits(&format), 0, 8, true), 0xF4);
}

/* IEEE 802.15.4-2003, 7.2.1.8: an acknowledgement with sequence number 0x6A. */
static void the_frame_check_sequence_of_the_standard(void **state)
{
    static const uint8_t memory[] = {5, 0x02, 0x00, 0x6A};
    static const uint8_t air[] = {0xA7, 5, 0x02, 0x00, 0x6A, 0xE4, 0x79};
    const struct radio_format format = {.length_bits = 8,
                                        .length_has_crc = true,
                                        .most_bytes = 127,
                                        .crc_bits = 16,
                                        .crc_from = RADIO_CRC_AFTER_LENGTH,
                                        .crc_poly = 0x11021};
    uint8_t bits[16] = {0xA7};
    bool longer = true;
    (void)state;
    assert_int_equal(radio_payload_bytes(&format, memory, &longer), 3);
    assert_false(longer);
    assert_int_equal(radio_packet_write(&format, memory, 3, bits, 8), 56);
    assert_memory_equal(bits, air, sizeof air);
}

/* The sequence for channel 37 as many public implementations have it. */
static void whitening_is_the_published_sequence(void **state)
{
    static const uint8_t sequence[] = {
        0x8D, 0xD2, 0x57, 0xA1, 0x3D, 0xA7, 0x66, 0xB0, 0x75, 0x31, 0x11, 0x48, 0x96, 0x77,
        0xF8, 0xE3, 0x46, 0xE9, 0xAB, 0xD0, 0x9E, 0x53, 0x33, 0xD8, 0xBA, 0x98, 0x08, 0x24,
        0xCB, 0x3B, 0xFC, 0x71, 0xA3, 0xF4, 0x55, 0x68, 0xCF, 0xA9, 0x19, 0x6C, 0x5D, 0x4C};
    const struct radio_format format = {.whiten = true, .whiten_init = 37};
    uint8_t bits[4 + sizeof sequence] = {0xD6, 0xBE, 0x89, 0x8E};
    (void)state;
    radio_packet_whiten(&format, bits, 32, 32, 8U * sizeof bits);
    assert_int_equal(bits[0], 0xD6);
    assert_memory_equal(bits + 4, sequence, sizeof sequence);
    /* In pieces, as a receiver takes it off. */
    radio_packet_whiten(&format, bits, 32, 32, 49);
    radio_packet_whiten(&format, bits, 32, 49, 8U * sizeof bits);
    for (size_t i = 4; i < sizeof bits; i++) {
        assert_int_equal(bits[i], 0);
    }
}

/* Enhanced ShockBurst: 6 bits of length, 3 bits of S1 (packet id, no-acknowledge), big endian. */
static void fields_shorter_than_bytes(void **state)
{
    static const uint8_t memory[] = {2, 5, 0xAB, 0xCD};
    const struct radio_format format = {.length_bits = 6,
                                        .s1_bits = 3,
                                        .s1_in_memory = true,
                                        .most_bytes = 32,
                                        .big_endian = true,
                                        .crc_bits = 16,
                                        .crc_poly = 0x11021,
                                        .crc_init = 0xFFFF};
    uint8_t bits[32] = {0xE7};
    uint8_t back[8] = {0};
    bool longer = true;
    (void)state;
    assert_int_equal(radio_header_bits(&format), 9);
    assert_int_equal(radio_header_bytes(&format), 2);
    assert_int_equal(radio_payload_bytes(&format, memory, &longer), 2);
    assert_int_equal(radio_packet_write(&format, memory, 2, bits, 8), 8 + 9 + 16 + 16);
    assert_int_equal(radio_bits_get(bits, 8, 6, true), 2);
    assert_int_equal(radio_bits_get(bits, 14, 3, true), 5);
    assert_int_equal(radio_bits_get(bits, 17, 16, true), 0xABCD);
    radio_packet_read_header(&format, bits, 8, back);
    radio_packet_read_payload(&format, bits, 8, 2, back);
    assert_memory_equal(back, memory, sizeof memory);
    assert_int_equal(radio_packet_crc(&format, bits, 8, 2),
                     radio_packet_received_crc(&format, bits, 8, 2));
    bits[0] ^= 1; /* this CRC includes the address */
    assert_int_not_equal(radio_packet_crc(&format, bits, 8, 2),
                         radio_packet_received_crc(&format, bits, 8, 2));
}

static void maxlen_cuts_and_statlen_adds(void **state)
{
    static const uint8_t memory[] = {0x00, 20};
    struct radio_format format = {
        .s0_bits = 8, .length_bits = 8, .static_bytes = 3, .most_bytes = 37};
    bool longer = true;
    (void)state;
    assert_int_equal(radio_payload_bytes(&format, memory, &longer), 23);
    assert_false(longer);
    format.most_bytes = 22;
    assert_int_equal(radio_payload_bytes(&format, memory, &longer), 22);
    assert_true(longer);
    format.length_bits = 0;
    assert_int_equal(radio_payload_bytes(&format, memory, &longer), 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(crcs_of_little_endian_packets),
        cmocka_unit_test(crcs_of_big_endian_packets),
        cmocka_unit_test(the_frame_check_sequence_of_the_standard),
        cmocka_unit_test(whitening_is_the_published_sequence),
        cmocka_unit_test(fields_shorter_than_bytes),
        cmocka_unit_test(maxlen_cuts_and_statlen_adds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
