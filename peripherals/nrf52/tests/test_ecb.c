/* ECB and its cipher, against the published vectors of FIPS 197 and SP 800-38A. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/nrf52/aes128.h"
#include "peripherals/nrf52/ecb.h"
#include "peripherals/nrf52/tests/system_bench.h"

#define STARTECB   0x000
#define STOPECB    0x004
#define ENDECB     0x100
#define ERRORECB   0x104
#define INTENSET   0x304
#define ECBDATAPTR 0x504

#define BLOCK_CYCLES 461U /* 7.2 us of 64 MHz, rounded up */

struct vector {
    uint8_t key[16], clear[16], cipher[16];
};

static const struct vector vectors[] = {
    /* FIPS 197, appendix B */
    {{0x2B, 0x7E, 0x15, 0x16, 0x28, 0xAE, 0xD2, 0xA6, 0xAB, 0xF7, 0x15, 0x88, 0x09, 0xCF, 0x4F,
      0x3C},
     {0x32, 0x43, 0xF6, 0xA8, 0x88, 0x5A, 0x30, 0x8D, 0x31, 0x31, 0x98, 0xA2, 0xE0, 0x37, 0x07,
      0x34},
     {0x39, 0x25, 0x84, 0x1D, 0x02, 0xDC, 0x09, 0xFB, 0xDC, 0x11, 0x85, 0x97, 0x19, 0x6A, 0x0B,
      0x32}},
    /* FIPS 197, appendix C.1 */
    {{0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x0E,
      0x0F},
     {0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88, 0x99, 0xAA, 0xBB, 0xCC, 0xDD, 0xEE,
      0xFF},
     {0x69, 0xC4, 0xE0, 0xD8, 0x6A, 0x7B, 0x04, 0x30, 0xD8, 0xCD, 0xB7, 0x80, 0x70, 0xB4, 0xC5,
      0x5A}},
    /* SP 800-38A, F.1.1, block 1 */
    {{0x2B, 0x7E, 0x15, 0x16, 0x28, 0xAE, 0xD2, 0xA6, 0xAB, 0xF7, 0x15, 0x88, 0x09, 0xCF, 0x4F,
      0x3C},
     {0x6B, 0xC1, 0xBE, 0xE2, 0x2E, 0x40, 0x9F, 0x96, 0xE9, 0x3D, 0x7E, 0x11, 0x73, 0x93, 0x17,
      0x2A},
     {0x3A, 0xD7, 0x7B, 0xB4, 0x0D, 0x7A, 0x36, 0x60, 0xA8, 0x9E, 0xCA, 0xF3, 0x24, 0x66, 0xEF,
      0x97}},
};
#define VECTORS (sizeof vectors / sizeof vectors[0])

static int setup(void **state)
{
    *state = system_bench_new(&nrf52_ecb_class, 0x4000E000, 512U * 1024U);
    return 0;
}

static int teardown(void **state)
{
    system_bench_free(*state);
    return 0;
}

static void put(struct bench *b, uint32_t offset, const struct vector *vector)
{
    memcpy(b->ram + offset, vector->key, 16);
    memcpy(b->ram + offset + 16, vector->clear, 16);
    memset(b->ram + offset + 32, 0, 16);
    bench_write(b, ECBDATAPTR, BENCH_RAM_BASE + offset);
}

static void the_cipher_gives_the_published_vectors(void **state)
{
    (void)state;
    for (size_t i = 0; i < VECTORS; i++) {
        uint8_t output[16];
        aes128_encrypt(vectors[i].key, vectors[i].clear, output);
        assert_memory_equal(output, vectors[i].cipher, 16);
    }
}

static void a_block_takes_7_2_us(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    static const uint8_t nothing[16];
    bench_write(b, INTENSET, 1);
    for (size_t i = 0; i < VECTORS; i++) {
        uint64_t start = clock_now(&b->clock);
        put(b, 0x101 * (uint32_t)i, &vectors[i]);
        bench_write(b, STARTECB, 1);
        bench_run_to(b, start + BLOCK_CYCLES - 1);
        assert_int_equal(bench_read(b, ENDECB), 0);
        assert_memory_equal(b->ram + 0x101 * i + 32, nothing, 16);
        assert_false(b->irq);
        bench_run_to(b, start + BLOCK_CYCLES);
        assert_int_equal(bench_read(b, ENDECB), 1);
        assert_true(b->irq);
        assert_memory_equal(b->ram + 0x101 * i + 32, vectors[i].cipher, 16);
        bench_write(b, ENDECB, 0);
        assert_false(b->irq);
    }
    assert_int_equal(bench_event_count(b, ERRORECB), 0);
}

/* The data pointer of the running block is the one at its start. */
static void a_second_start_is_ignored(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    put(b, 0, &vectors[0]);
    bench_write(b, STARTECB, 1);
    bench_run_to(b, 100);
    put(b, 0x100, &vectors[1]);
    bench_write(b, STARTECB, 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    bench_run_to(b, 10000);
    assert_int_equal(bench_event_count(b, ENDECB), 1);
    assert_int_equal(bench_event_cycle(b, ENDECB), BLOCK_CYCLES);
    assert_memory_equal(b->ram + 32, vectors[0].cipher, 16);
}

static void stop_gives_an_error_event(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    static const uint8_t nothing[16];
    bench_write(b, STOPECB, 1); /* nothing runs */
    assert_int_equal(bench_read(b, ERRORECB), 0);
    put(b, 0, &vectors[0]);
    bench_write(b, STARTECB, 1);
    bench_run_to(b, 100);
    bench_write(b, STOPECB, 1);
    bench_run_to(b, 10000);
    assert_int_equal(bench_read(b, ERRORECB), 1);
    assert_int_equal(bench_read(b, ENDECB), 0);
    assert_memory_equal(b->ram + 32, nothing, 16);
}

static void data_must_be_in_ram(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    bench_write(b, ECBDATAPTR, 0x1000);
    bench_write(b, STARTECB, 1);
    assert_int_equal(bench_read(b, ERRORECB), 1);
    assert_int_equal(b->diag.count[DIAG_GUEST_ERROR], 1);
    /* Key and clear text are in RAM, the cipher text would not be. */
    bench_write(b, ERRORECB, 0);
    bench_write(b, ECBDATAPTR, BENCH_RAM_BASE + BENCH_RAM_BYTES - 40);
    bench_write(b, STARTECB, 1);
    bench_run_to(b, 10000);
    assert_int_equal(bench_read(b, ERRORECB), 1);
    assert_int_equal(bench_read(b, ENDECB), 0);
}

static void a_reset_forgets_the_block(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    put(b, 0, &vectors[0]);
    bench_write(b, STARTECB, 1);
    bench_reset(b, RESET_SREQ);
    assert_int_equal(bench_read(b, ECBDATAPTR), 0);
    assert_int_equal(clock_next_due(&b->clock), CLOCK_NEVER);
}

static uint32_t bits_that_differ(const uint8_t *a, const uint8_t *b, size_t bytes)
{
    uint32_t count = 0;
    for (size_t i = 0; i < bytes * 8; i++) {
        count += (uint32_t)(a[i / 8] ^ b[i / 8]) >> i % 8 & 1U;
    }
    return count;
}

static void encrypt(struct bench *b)
{
    put(b, 0, &vectors[0]);
    bench_write(b, STARTECB, 1);
    bench_run_to(b, clock_now(&b->clock) + 1000);
}

static void faults_garble_or_refuse_one_block(void **state)
{
    struct bench *b = ((struct system_bench *)*state)->bench;
    assert_true(bench_input(b, "garbled", 2));
    encrypt(b);
    assert_memory_equal(b->ram + 32, vectors[0].cipher, 16);
    bench_reset(b, RESET_SREQ);
    encrypt(b);
    assert_int_equal(bits_that_differ(b->ram + 32, vectors[0].cipher, 16), 1);
    assert_int_equal(bench_event_count(b, ENDECB), 2);
    assert_true(bench_input(b, "error", 1));
    encrypt(b);
    assert_int_equal(bench_read(b, ERRORECB), 1);
    assert_int_equal(bench_event_count(b, ENDECB), 2);
    encrypt(b);
    assert_memory_equal(b->ram + 32, vectors[0].cipher, 16);
    assert_int_equal(bench_event_count(b, ERRORECB), 1);
    assert_false(bench_input(b, "stuck", 1));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_cipher_gives_the_published_vectors),
        TEST(a_block_takes_7_2_us),
        TEST(a_second_start_is_ignored),
        TEST(stop_gives_an_error_event),
        TEST(data_must_be_in_ram),
        TEST(a_reset_forgets_the_block),
        TEST(faults_garble_or_refuse_one_block),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
