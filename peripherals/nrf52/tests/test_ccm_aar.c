/* CCM and AAR against the sample data of the Bluetooth Core specification (volume 6, part C, 1;
 * volume 3, part H, appendix D), their times, and a packet that is encrypted, sent, received and
 * decrypted by PPI alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/nrf52/aes128.h"
#include "peripherals/nrf52/ccm_aar.h"
#include "peripherals/nrf52/tests/radio_bench.h"

#define NRF52832 (512U * 1024U)
#define NRF52840 (1024U * 1024U)

#define KSGEN        0x000
#define CRYPT        0x004
#define CCM_STOP     0x008
#define RATEOVERRIDE 0x00C
#define ENDKSGEN     0x100
#define ENDCRYPT     0x104
#define CCM_ERROR    0x108
#define CCM_SHORTS_  0x200
#define MICSTATUS    0x400
#define ENABLE       0x500
#define CCM_MODE_    0x504
#define CNFPTR       0x508
#define INPTR        0x50C
#define OUTPTR       0x510
#define NIRK         0x504
#define IRKPTR       0x508
#define ADDRPTR      0x510
#define RATE         0x51C

#define AAR_END         0x100
#define AAR_RESOLVED    0x104
#define AAR_NOTRESOLVED 0x108

#define CONFIG 0x100U /* places in the bench's RAM */
#define IN     0x200U
#define OUT    0x400U

static const uint8_t session_key[] = {0x99, 0xAD, 0x1B, 0x52, 0x26, 0xA3, 0x7E, 0x3E,
                                      0x05, 0x8E, 0x3B, 0x8E, 0x27, 0xC2, 0xC6, 0x66};
static const uint8_t iv[] = {0x24, 0xAB, 0xDC, 0xBA, 0xBE, 0xBA, 0xAF, 0xDE};

/* Header, length and payload in clear, and the same on the air, with the MIC. */
static const struct sample {
    uint8_t counter, direction; /* 1: from the master */
    uint8_t clear[32], air[40];
} samples[] = {
    /* LL_START_ENC_RSP of both */
    {0, 1, {0x0F, 1, 0x06}, {0x0F, 5, 0x9F, 0xCD, 0xA7, 0xF4, 0x48}},
    {0, 0, {0x07, 1, 0x06}, {0x07, 5, 0xA3, 0x4C, 0x13, 0xA4, 0x15}},
    /* 27 bytes of data each */
    {1,
     1,
     {0x0E, 27,   0x17, 0x00, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D,
      0x6E, 0x6F, 0x70, 0x71, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x30},
     {0x0E, 31,   0x7A, 0x70, 0xD6, 0x64, 0x15, 0x22, 0x6D, 0xF2, 0x6B,
      0x17, 0x83, 0x9A, 0x06, 0x04, 0x05, 0x59, 0x6B, 0xD6, 0x56, 0x4F,
      0x79, 0x6B, 0x5B, 0x9C, 0xE6, 0xFF, 0x32, 0xF7, 0x5A, 0x6D, 0x33}},
};

static int setup_52832(void **state)
{
    *state = system_bench_new(&nrf52_ccm_aar_class, 0x4000F000, NRF52832);
    return 0;
}

static int setup_52840(void **state)
{
    *state = system_bench_new(&nrf52_ccm_aar_class, 0x4000F000, NRF52840);
    return 0;
}

static int teardown(void **state)
{
    system_bench_free(*state);
    return 0;
}

/* The session key follows from the long-term key and both halves of the diversifier. */
static void the_session_key(void **state)
{
    static const uint8_t ltk[] = {0x4C, 0x68, 0x38, 0x41, 0x39, 0xF5, 0x74, 0xD8,
                                  0x36, 0xBC, 0xF3, 0x4E, 0x9D, 0xFB, 0x01, 0xBF};
    static const uint8_t skd[] = {0x02, 0x13, 0x24, 0x35, 0x46, 0x57, 0x68, 0x79,
                                  0xAC, 0xBD, 0xCE, 0xDF, 0xE0, 0xF1, 0x02, 0x13};
    uint8_t key[16];
    (void)state;
    aes128_encrypt(ltk, skd, key);
    assert_memory_equal(key, session_key, sizeof key);
}

static void put_config(struct bench *b, const struct sample *sample)
{
    uint8_t *config = b->ram + CONFIG;
    memset(config, 0, 33);
    memcpy(config, session_key, sizeof session_key);
    config[16] = sample->counter;
    config[20] = 0x80; /* does not count */
    config[24] = sample->direction;
    memcpy(config + 25, iv, sizeof iv);
    bench_write(b, ENABLE, 2);
    bench_write(b, CNFPTR, BENCH_RAM_BASE + CONFIG);
    bench_write(b, INPTR, BENCH_RAM_BASE + IN);
    bench_write(b, OUTPTR, BENCH_RAM_BASE + OUT);
}

/* In memory a byte (RFU) lies between length and payload. */
static void put_packet(uint8_t *memory, const uint8_t *packet)
{
    memory[0] = packet[0];
    memory[1] = packet[1];
    memory[2] = 0;
    memcpy(memory + 3, packet + 2, packet[1]);
}

static void assert_packet(const uint8_t *memory, const uint8_t *packet)
{
    assert_int_equal(memory[0], packet[0]);
    assert_int_equal(memory[1], packet[1]);
    assert_memory_equal(memory + 3, packet + 2, packet[1]);
}

static void packets_are_encrypted(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        uint64_t start = clock_now(&b->clock);
        put_config(b, &samples[i]);
        put_packet(b->ram + IN, samples[i].clear);
        bench_write(b, CCM_MODE_, 0);
        bench_write(b, CCM_SHORTS_, 1);
        bench_write(b, KSGEN, 1);
        bench_run_to(b, start + US(50) - 1);
        assert_int_equal(bench_read(b, ENDKSGEN), 0);
        bench_run_to(b, start + US(1000));
        assert_int_equal(bench_event_cycle(b, ENDKSGEN), start + US(50));
        assert_int_equal(bench_event_cycle(b, ENDCRYPT),
                         start + US(50) + US(8 * (3 + samples[i].air[1])));
        assert_packet(b->ram + OUT, samples[i].air);
        bench_write(b, ENDKSGEN, 0);
    }
    assert_int_equal(bench_event_count(b, CCM_ERROR), 0);
}

static void packets_are_decrypted(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        for (uint32_t spoilt = 0; spoilt < 2; spoilt++) {
            uint64_t start = clock_now(&b->clock);
            put_config(b, &samples[i]);
            put_packet(b->ram + IN, samples[i].air);
            b->ram[IN] ^= 0x1C; /* NESN, SN and MD are not protected */
            b->ram[IN + 3] ^= (uint8_t)spoilt;
            bench_write(b, CCM_MODE_, 1);
            bench_write(b, KSGEN, 1);
            bench_run_to(b, start + US(100));
            bench_write(b, CRYPT, 1);
            bench_run_to(b, start + US(1000));
            assert_int_equal(bench_event_cycle(b, ENDCRYPT),
                             start + US(100) + US(8 * (3 + samples[i].air[1])));
            assert_int_equal(bench_read(b, MICSTATUS), 1 - spoilt);
            b->ram[OUT] ^= 0x1C;
            b->ram[OUT + 3] ^= (uint8_t)spoilt;
            assert_packet(b->ram + OUT, samples[i].clear);
        }
    }
}

static void an_empty_packet_goes_through(void **state)
{
    static const uint8_t empty[] = {0x01, 0};
    struct bench *b = ((struct system_bench *)*state)->bench;
    for (uint32_t mode = 0; mode < 2; mode++) {
        put_config(b, &samples[0]);
        put_packet(b->ram + IN, empty);
        memset(b->ram + OUT, 0xEE, 8);
        bench_write(b, CCM_MODE_, mode);
        bench_write(b, CCM_SHORTS_, 1);
        bench_write(b, KSGEN, 1);
        bench_run_to(b, clock_now(&b->clock) + US(200));
        assert_int_equal(bench_event_count(b, ENDCRYPT), mode + 1);
        assert_packet(b->ram + OUT, empty);
        assert_int_equal(b->ram[OUT + 3], 0xEE);
    }
    assert_int_equal(bench_read(b, MICSTATUS), 1);
}

static void long_packets_and_other_rates(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    put_config(b, &samples[0]);
    b->ram[IN] = 2;
    b->ram[IN + 1] = 251;
    for (uint32_t i = 0; i < 251; i++) {
        b->ram[IN + 3 + i] = (uint8_t)(i * 7);
    }
    bench_write(b, CCM_MODE_, 1U << 24 | 1U << 16); /* 2 Mbit/s */
    bench_write(b, CCM_SHORTS_, 1);
    bench_write(b, KSGEN, 1);
    bench_run_to(b, US(5000));
    assert_int_equal(bench_event_cycle(b, ENDCRYPT), US(50) + US(4 * (3 + 255)));
    assert_int_equal(b->ram[OUT + 1], 255);
    /* And back. */
    bench_write(b, INPTR, BENCH_RAM_BASE + OUT);
    bench_write(b, OUTPTR, BENCH_RAM_BASE + 0x800);
    bench_write(b, CCM_MODE_, 1U | 1U << 24 | 1U << 16);
    bench_write(b, KSGEN, 1);
    bench_run_to(b, US(10000));
    assert_int_equal(bench_read(b, MICSTATUS), 1);
    assert_memory_equal(b->ram + 0x800, b->ram + IN, 3 + 251);
    /* One byte more, and the length with its MIC is no byte any more. */
    b->ram[IN + 1] = 252;
    bench_write(b, INPTR, BENCH_RAM_BASE + IN);
    bench_write(b, CCM_MODE_, 1U << 24);
    bench_write(b, KSGEN, 1);
    bench_run_to(b, US(20000));
    assert_int_equal(bench_read(b, CCM_ERROR), 1);
}

static void mistakes(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, KSGEN, 1); /* not enabled */
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    put_config(b, &samples[0]);
    put_packet(b->ram + IN, samples[0].clear);
    bench_write(b, CCM_MODE_, 0);
    bench_write(b, CRYPT, 1); /* no key stream */
    assert_int_equal(bench_read(b, CCM_ERROR), 1);
    bench_write(b, CCM_ERROR, 0);
    bench_write(b, CNFPTR, 0x1000);
    bench_write(b, KSGEN, 1);
    assert_int_equal(bench_read(b, CCM_ERROR), 1);
    bench_write(b, CCM_ERROR, 0);
    bench_write(b, CNFPTR, BENCH_RAM_BASE + CONFIG);
    bench_write(b, OUTPTR, 0x1000);
    bench_write(b, CCM_SHORTS_, 1);
    bench_write(b, KSGEN, 1);
    bench_run_to(b, US(1000));
    assert_int_equal(bench_read(b, CCM_ERROR), 1);
    bench_write(b, KSGEN, 1);
    bench_write(b, CCM_STOP, 1);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

/* A message decrypts itself in step with the radio: KSGEN at READY, CRYPT at ADDRESS, as the
 * chip's fixed PPI channels have it; the clear text is there before END. */
static void ring_ccm(struct bench *radio, uint32_t address)
{
    struct bench *ccm = radio->on_context;
    bench_run_to(ccm, clock_now(&radio->clock));
    if (address == radio->env.base + READY) {
        bench_write(ccm, KSGEN, 1);
    } else if (address == radio->env.base + ADDRESS) {
        bench_write(ccm, CRYPT, 1);
    }
}

static void decryption_keeps_pace_with_the_radio(void **state)
{
    struct bench *ccm = ((struct system_bench *)*state)->bench;
    struct stations *s = stations_new(NRF52840);
    struct bench *tx = s->b[0], *rx = s->b[1];
    const struct sample *sample = &samples[2];
    for (uint32_t i = 0; i < 2; i++) {
        stations_set_ble(s->b[i]);
        bench_write(s->b[i], PCNF0, 8U | 1U << 8 | 1U << 20); /* S1 in memory only */
    }
    put_packet(stations_packet(tx), sample->air);
    put_config(ccm, sample);
    bench_write(ccm, CCM_MODE_, 1);
    rx->on_event = ring_ccm;
    rx->on_context = ccm;
    stations_receive(rx);
    stations_run_to(s, US(30));
    stations_send(tx);
    /* The radio's RAM is also CCM's: what arrives is carried over when the payload is there. */
    for (uint64_t at = US(30); at < US(600); at += 16) {
        stations_run_to(s, at);
        memcpy(ccm->ram + IN, stations_packet(rx), 64);
        bench_run_to(ccm, at);
    }
    assert_int_equal(bench_event_count(rx, CRCOK), 1);
    assert_int_equal(bench_event_count(ccm, ENDCRYPT), 1);
    assert_true(bench_event_cycle(ccm, ENDCRYPT) < bench_event_cycle(rx, END));
    assert_int_equal(bench_read(ccm, MICSTATUS), 1);
    assert_packet(ccm->ram + OUT, sample->clear);
    stations_free(s);
}

/* Volume 3, part H, D.7: IRK ec0234a3..., random part 708194, hash 0dfbaa. */
static const uint8_t irk[] = {0xEC, 0x02, 0x34, 0xA3, 0x57, 0xC8, 0xAD, 0x05,
                              0x34, 0x10, 0x10, 0xA6, 0x0A, 0x39, 0x7D, 0x9B};
static const uint8_t packet[] = {0x40, 6, 0, 0xAA, 0xFB, 0x0D, 0x94, 0x81, 0x70};

static void put_keys(struct bench *b, uint32_t place, uint32_t count)
{
    for (uint32_t i = 0; i < 16 * count; i++) {
        b->ram[CONFIG + i] = (uint8_t)(i * 31);
    }
    if (place < count) {
        memcpy(b->ram + CONFIG + 16 * place, irk, sizeof irk);
    }
    memcpy(b->ram + IN, packet, sizeof packet);
    bench_write(b, ENABLE, 3);
    bench_write(b, IRKPTR, BENCH_RAM_BASE + CONFIG);
    bench_write(b, ADDRPTR, BENCH_RAM_BASE + IN);
    bench_write(b, NIRK, count);
}

static void addresses_are_resolved(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    assert_int_equal(bench_read(b, NIRK), 1);
    for (uint32_t place = 0; place < 8; place++) {
        uint64_t start = clock_now(&b->clock);
        put_keys(b, place, 8);
        bench_write(b, KSGEN, 1);
        bench_run_to(b, start + US(100));
        assert_int_equal(bench_event_count(b, AAR_RESOLVED), place + 1);
        assert_int_equal(bench_event_cycle(b, AAR_END), start + US(6 * (place + 1)));
        assert_int_equal(bench_read(b, MICSTATUS), place);
    }
    put_keys(b, 8, 8);
    uint64_t start = clock_now(&b->clock);
    bench_write(b, KSGEN, 1);
    bench_run_to(b, start + US(100));
    assert_int_equal(bench_event_cycle(b, AAR_NOTRESOLVED), start + US(48));
    assert_int_equal(bench_event_cycle(b, AAR_END), start + US(48));
    assert_int_equal(bench_event_count(b, AAR_RESOLVED), 8);
    bench_write(b, ADDRPTR, 0x1000);
    bench_write(b, KSGEN, 1);
    bench_run_to(b, start + US(200));
    assert_int_equal(bench_event_count(b, AAR_NOTRESOLVED), 2);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    bench_write(b, KSGEN, 1);
    bench_write(b, CCM_STOP, 1);
    bench_run_to(b, start + US(300));
    assert_int_equal(bench_event_count(b, AAR_END), 10);
}

static void faults_spoil_one_packet_or_address(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    assert_true(bench_input(b, "mic-wrong", 2));
    assert_true(bench_input(b, "garbled", 3));
    for (uint32_t i = 0; i < 4; i++) {
        put_config(b, &samples[2]);
        put_packet(b->ram + IN, samples[2].air);
        bench_write(b, CCM_MODE_, 1);
        bench_write(b, CCM_SHORTS_, 1);
        bench_write(b, KSGEN, 1);
        bench_run_to(b, clock_now(&b->clock) + US(1000));
        assert_int_equal(bench_read(b, MICSTATUS), i == 1 ? 0 : 1);
        bool same = memcmp(b->ram + OUT + 3, samples[2].clear + 2, 27) == 0;
        assert_int_equal(same, i != 2);
    }
    assert_true(bench_input(b, "unresolved", 1));
    bench_reset(b, RESET_SREQ);
    for (uint32_t i = 0; i < 2; i++) {
        put_keys(b, 0, 1);
        bench_write(b, KSGEN, 1);
        bench_run_to(b, clock_now(&b->clock) + US(100));
        assert_int_equal(bench_event_count(b, AAR_NOTRESOLVED), 1);
        assert_int_equal(bench_read(b, AAR_RESOLVED), i);
    }
}

static void a_key_stream_serves_one_packet(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    put_config(b, &samples[0]);
    put_packet(b->ram + IN, samples[0].clear);
    bench_write(b, CCM_MODE_, 0);
    bench_write(b, KSGEN, 1);
    bench_run_to(b, US(100));
    bench_write(b, CRYPT, 1);
    bench_run_to(b, US(1000));
    assert_int_equal(bench_event_count(b, ENDCRYPT), 1);
    bench_write(b, CRYPT, 1);
    assert_int_equal(bench_event_count(b, CCM_ERROR), 1);
    bench_write(b, KSGEN, 1);
    bench_run_to(b, US(2000));
    bench_write(b, CNFPTR, 0x1000); /* the next one fails, and takes this one's place */
    bench_write(b, KSGEN, 1);
    assert_int_equal(bench_event_count(b, CCM_ERROR), 2);
    bench_write(b, CRYPT, 1);
    assert_int_equal(bench_event_count(b, CCM_ERROR), 3);
    bench_run_to(b, US(3000));
    assert_int_equal(bench_event_count(b, ENDCRYPT), 1);
}

static void a_packet_that_is_not_in_ram_is_no_packet(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    put_config(b, &samples[0]);
    bench_write(b, INPTR, 0x1000);
    bench_write(b, CCM_MODE_, 1);
    bench_write(b, CCM_SHORTS_, 1);
    bench_write(b, KSGEN, 1);
    bench_run_to(b, US(50 + 24));
    assert_int_equal(bench_event_count(b, CCM_ERROR), 1);
    bench_run_to(b, US(1000));
    assert_int_equal(bench_event_count(b, CCM_ERROR), 1);
    assert_int_equal(bench_event_count(b, ENDCRYPT), 0);
}

int main(void)
{
#define BOTH(name)                                                                                 \
    cmocka_unit_test_setup_teardown(name, setup_52832, teardown),                                  \
        cmocka_unit_test_setup_teardown(name, setup_52840, teardown)
#define ONLY_52840(name) cmocka_unit_test_setup_teardown(name, setup_52840, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_session_key),
        BOTH(packets_are_encrypted),
        BOTH(packets_are_decrypted),
        BOTH(an_empty_packet_goes_through),
        ONLY_52840(long_packets_and_other_rates),
        BOTH(mistakes),
        ONLY_52840(decryption_keeps_pace_with_the_radio),
        BOTH(addresses_are_resolved),
        BOTH(faults_spoil_one_packet_or_address),
        BOTH(a_key_stream_serves_one_packet),
        BOTH(a_packet_that_is_not_in_ram_is_no_packet),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
