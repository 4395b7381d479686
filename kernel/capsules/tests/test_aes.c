/* Driver 0x40006 against published vectors (SP 800-38A, RFC 3610, SP 800-38C) and OpenSSL. */
#include "kernel/capsules/aes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_aes.h"
#include "kernel/capsules/tests/fake_core.h"

#define MOST 1200u

struct message {
    uint8_t key[16], iv[16];
    uint8_t source[MOST], result[MOST];
};

static struct fake_aes fake;
static struct aes_driver aes;
static struct message messages[FAKE_PROCESSES];
static uint32_t random_state;

static uint32_t any(uint32_t below)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (random_state >> 8) % below;
}

static void fill(uint8_t *bytes, uint32_t length)
{
    for (uint32_t i = 0; i < length; i++) {
        bytes[i] = (uint8_t)any(256);
    }
}

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    fake_aes_init(&fake);
    aes_init(&aes, &fake.aes);
    random_state = 1;
    for (uint32_t i = 0; i < FAKE_PROCESSES; i++) {
        fill(messages[i].key, sizeof messages[i].key);
        fill(messages[i].iv, sizeof messages[i].iv);
        fill(messages[i].source, MOST);
        memset(messages[i].result, 0xAA, MOST);
    }
    return 0;
}

static command_return command(uint32_t process, uint32_t number, uint32_t argument0,
                              uint32_t argument1)
{
    return fake_core_command(&aes_driver_ops, &aes, process, number, argument0, argument1);
}

static void allow_read_only(uint32_t process, uint32_t number, const void *bytes, uint32_t length)
{
    fake_core_allow(process, aes_driver_ops.grant, ALLOW_READ_ONLY, number, (void *)bytes, length);
}

static void allow_source(uint32_t process, uint32_t offset, uint32_t length)
{
    allow_read_only(process, ABI_AES_RO_SOURCE, messages[process].source + offset, length);
}

static void allow_result(uint32_t process, uint32_t offset, uint32_t length)
{
    fake_core_allow(process, aes_driver_ops.grant, ALLOW_READ_WRITE, ABI_AES_RW_DEST,
                    messages[process].result + offset, length);
}

static void set_up(uint32_t process, enum abi_aes_algorithm algorithm, bool encrypts,
                   uint32_t length)
{
    allow_read_only(process, ABI_AES_RO_KEY, messages[process].key, 16);
    allow_read_only(process, ABI_AES_RO_IV, messages[process].iv, 16);
    allow_source(process, 0, length);
    allow_result(process, 0, length);
    expect_success(command(process, ABI_AES_SET_ALGORITHM, algorithm, encrypts));
    expect_success(command(process, ABI_AES_SETUP, 0, 0));
}

/* Nothing of any key is left where the driver keeps what it hands to the peripheral. */
static void expect_wiped(void)
{
    for (uint32_t i = 0; i < sizeof aes.request_bytes; i++) {
        assert_int_equal(aes.request_bytes[i], 0);
    }
}

static void expect_done(uint32_t process, uint32_t length)
{
    fake_aes_run(&fake);
    expect_upcall(process, ABI_AES_UPCALL_DONE, 0, length, 0);
    expect_no_upcall(process);
    expect_wiped();
}

/* --- Published vectors --- */

static void from_text(uint8_t *bytes, const char *text)
{
    for (; *text != '\0'; text += 2) {
        const char pair[] = {text[0], text[1], '\0'};
        *bytes++ = (uint8_t)strtoul(pair, NULL, 16);
    }
}

static const char *const sp800_38a_key = "2b7e151628aed2a6abf7158809cf4f3c";
static const char *const sp800_38a_clear =
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
    "30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

struct sp800_38a {
    enum abi_aes_algorithm algorithm;
    const char *iv, *cipher;
};

static const struct sp800_38a sp800_38a_vectors[] = {
    {ABI_AES_ECB, "00000000000000000000000000000000",
     "3ad77bb40d7a3660a89ecaf32466ef97f5d3d58503b9699de785895a96fdbaaf"
     "43b1cd7f598ece23881b00e3ed0306887b0c785e27e8ad3f8223207104725dd4"},
    {ABI_AES_CBC, "000102030405060708090a0b0c0d0e0f",
     "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2"
     "73bed6b8e3c1743b7116e69e222295163ff1caa1681fac09120eca307586e1a7"},
    {ABI_AES_CTR, "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
     "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee"},
};

static void test_sp800_38a(void **state)
{
    (void)state;
    struct message *m = &messages[0];
    for (size_t i = 0; i < sizeof sp800_38a_vectors / sizeof sp800_38a_vectors[0]; i++) {
        const struct sp800_38a *vector = &sp800_38a_vectors[i];
        uint8_t clear[64], cipher[64];
        from_text(clear, sp800_38a_clear);
        from_text(cipher, vector->cipher);
        from_text(m->key, sp800_38a_key);
        from_text(m->iv, vector->iv);
        memcpy(m->source, clear, 64);
        set_up(0, vector->algorithm, true, 64);
        expect_done(0, 64);
        assert_memory_equal(m->result, cipher, 64);
        memcpy(m->source, cipher, 64);
        set_up(0, vector->algorithm, false, 64);
        expect_done(0, 64);
        assert_memory_equal(m->result, clear, 64);
    }
}

struct ccm_vector {
    const char *key, *nonce, *data, *message, *result; /* the latter with the MIC */
};

/* RFC 3610, packet vectors 1, 2, 3, 7 and 13; SP 800-38C, examples 1 to 3. */
static const struct ccm_vector ccm_vectors[] = {
    {"c0c1c2c3c4c5c6c7c8c9cacbcccdcecf", "00000003020100a0a1a2a3a4a5", "0001020304050607",
     "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
     "588c979a61c663d2f066d0c2c0f989806d5f6b61dac38417e8d12cfdf926e0"},
    {"c0c1c2c3c4c5c6c7c8c9cacbcccdcecf", "00000004030201a0a1a2a3a4a5", "0001020304050607",
     "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
     "72c91a36e135f8cf291ca894085c87e3cc15c439c9e43a3ba091d56e10400916"},
    {"c0c1c2c3c4c5c6c7c8c9cacbcccdcecf", "00000005040302a0a1a2a3a4a5", "0001020304050607",
     "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20",
     "51b1e5f44a197d1da46b0f8e2d282ae871e838bb64da8596574adaa76fbd9fb0c5"},
    {"c0c1c2c3c4c5c6c7c8c9cacbcccdcecf", "00000009080706a0a1a2a3a4a5", "0001020304050607",
     "08090a0b0c0d0e0f101112131415161718191a1b1c1d1e",
     "0135d1b2c95f41d5d1d4fec185d166b8094e999dfed96c048c56602c97acbb7490"},
    {"d7828d13b2b0bdc325a76236df93cc6b", "00412b4ea9cdbe3c9696766cfa", "0be1a88bace018b1",
     "08e8cf97d820ea258460e96ad9cf5289054d895ceac47c",
     "4cb97f86a2a4689a877947ab8091ef5386a6ffbdd080f8e78cf7cb0cddd7b3"},
    {"404142434445464748494a4b4c4d4e4f", "10111213141516", "0001020304050607", "20212223",
     "7162015b4dac255d"},
    {"404142434445464748494a4b4c4d4e4f", "1011121314151617", "000102030405060708090a0b0c0d0e0f",
     "202122232425262728292a2b2c2d2e2f", "d2a1f0e051ea5f62081a7792073d593d1fc64fbfaccd"},
    {"404142434445464748494a4b4c4d4e4f", "101112131415161718191a1b",
     "000102030405060708090a0b0c0d0e0f10111213", "202122232425262728292a2b2c2d2e2f3031323334353637",
     "e3b201a9f5b71a7a9b1ceaeccd97e70b6176aad9a4428aa5484392fbc1b09951"},
};

/* data_start, message_start, MIC, confidential */
static void set_layout(uint32_t process, uint32_t a, uint32_t m, uint32_t mic, bool confidential)
{
    expect_success(command(process, ABI_AES_SET_A_OFFSET, a, 0));
    expect_success(command(process, ABI_AES_SET_M_OFFSET, m, 0));
    expect_success(command(process, ABI_AES_SET_MIC_LENGTH, mic, 0));
    expect_success(command(process, ABI_AES_SET_CONFIDENTIAL, confidential, 0));
}

static void set_up_ccm(uint32_t process, bool encrypts, uint32_t nonce, uint32_t length,
                       uint32_t room)
{
    allow_read_only(process, ABI_AES_RO_KEY, messages[process].key, 16);
    allow_read_only(process, ABI_AES_RO_IV, messages[process].iv, nonce);
    allow_source(process, 0, length);
    allow_result(process, 0, room);
    expect_success(command(process, ABI_AES_SET_ALGORITHM, ABI_AES_CCM, encrypts));
    expect_success(command(process, ABI_AES_SETUP, 0, 0));
}

/* After one message of CCM the driver keeps nothing of its key for the process either. */
static void expect_key_forgotten(uint32_t process)
{
    struct const_slice kept = fake_core_grant_bytes(process, aes_driver_ops.grant);
    assert_true(kept.length > 16);
    for (uint32_t at = 0; at + 4 <= kept.length; at++) {
        assert_memory_not_equal(kept.bytes + at, messages[process].key, 4);
    }
}

static void expect_ccm_done(uint32_t process, uint32_t length, bool is_right)
{
    fake_aes_run(&fake);
    expect_upcall(process, ABI_AES_UPCALL_DONE, 0, length, is_right);
    expect_no_upcall(process);
    expect_wiped();
    expect_key_forgotten(process);
}

static void test_ccm_vectors(void **state)
{
    (void)state;
    struct message *m = &messages[0];
    for (size_t i = 0; i < sizeof ccm_vectors / sizeof ccm_vectors[0]; i++) {
        const struct ccm_vector *vector = &ccm_vectors[i];
        uint32_t nonce = (uint32_t)strlen(vector->nonce) / 2,
                 a = (uint32_t)strlen(vector->data) / 2;
        uint32_t length = (uint32_t)strlen(vector->message) / 2;
        uint32_t mic = (uint32_t)strlen(vector->result) / 2 - length;
        uint8_t result[64];
        from_text(result, vector->result);
        from_text(m->key, vector->key);
        from_text(m->iv, vector->nonce);
        from_text(m->source, vector->data);
        from_text(m->source + a, vector->message);
        set_layout(0, 0, a, mic, true);
        set_up_ccm(0, true, nonce, a + length, a + length + mic);
        expect_ccm_done(0, a + length, true);
        assert_memory_equal(m->result, m->source, a);
        assert_memory_equal(m->result + a, result, length + mic);
        uint8_t clear[64];
        memcpy(clear, m->source + a, length);
        memcpy(m->source + a, result, length + mic);
        set_up_ccm(0, false, nonce, a + length + mic, a + length);
        expect_ccm_done(0, a + length + mic, true);
        assert_memory_equal(m->result + a, clear, length);
    }
}

/* --- Against OpenSSL --- */

static const char *const cipher_names[] = {
    [ABI_AES_CTR] = "AES-128-CTR", [ABI_AES_CBC] = "AES-128-CBC", [ABI_AES_ECB] = "AES-128-ECB"};

/* Of any length, in parts of any length. */
static void test_modes_as_openssl(void **state)
{
    (void)state;
    struct message *m = &messages[0];
    uint8_t wanted[MOST];
    for (uint32_t round = 0; round < 300; round++) {
        enum abi_aes_algorithm algorithm = (enum abi_aes_algorithm)(round % 3);
        bool encrypts = any(2) != 0;
        uint32_t unit = algorithm == ABI_AES_CTR ? 1 : 16;
        uint32_t length = any(round % 10 == 0 ? MOST / unit : 100 / unit) * unit;
        fill(m->key, 16);
        fill(m->iv, 16);
        if (any(4) == 0) {
            memset(m->iv + any(16), 0xFF,
                   16); /* the counter's carry; what follows is filled next */
        }
        fill(m->source, MOST);
        openssl_aes(cipher_names[algorithm], encrypts, m->key, m->iv, m->source, length, wanted);
        uint32_t part = any(length / unit + 1) * unit;
        set_up(0, algorithm, encrypts, part);
        expect_done(0, part);
        for (uint32_t at = part; at < length; at += part) {
            part = (1 + any((length - at) / unit)) * unit;
            allow_source(0, at, part);
            allow_result(0, at, part);
            expect_success(command(0, ABI_AES_CRYPT, 0, 0));
            expect_done(0, part);
        }
        assert_memory_equal(m->result, wanted, length);
        expect_success(command(0, ABI_AES_FINISH, 0, 0));
    }
}

static void test_ccm_as_openssl(void **state)
{
    (void)state;
    struct message *m = &messages[0];
    uint8_t wanted[MOST + 16];
    for (uint32_t round = 0; round < 300; round++) {
        uint32_t most = round % 10 == 0 ? 500 : 40;
        uint32_t gap = any(4), a = any(most), length = any(most), mic = 4 + 2 * any(7);
        uint32_t start = gap + a, end = start + length;
        fill(m->key, 16);
        fill(m->iv, 16);
        fill(m->source, MOST);
        const struct openssl_ccm ccm = {m->key,     m->iv, m->source + gap, m->source + start,
                                        7 + any(7), a,     length,          mic};
        openssl_aes_ccm(&ccm, wanted);
        set_layout(0, gap, start, mic, true);
        set_up_ccm(0, true, ccm.nonce_length, end, end + mic);
        expect_ccm_done(0, end, true);
        assert_memory_equal(m->result, m->source, start);
        assert_memory_equal(m->result + start, wanted, length + mic);
        /* And back; or not, with a bit of the source between `gap` and the end changed. */
        uint8_t clear[MOST];
        memcpy(clear, m->source, end);
        memcpy(m->source, m->result, end + mic);
        bool is_right = any(2) != 0;
        if (!is_right) {
            m->source[gap + any(end + mic - gap)] ^= (uint8_t)(1u << any(8));
        }
        memset(m->result, 0xAA, MOST);
        set_up_ccm(0, false, ccm.nonce_length, end + mic, end);
        expect_ccm_done(0, end + mic, is_right);
        if (is_right) {
            assert_memory_equal(m->result, clear, end);
        } else {
            for (uint32_t i = start; i < end; i++) {
                assert_int_equal(m->result[i], 0);
            }
        }
        assert_int_equal(m->result[end], 0xAA);
    }
}

/* IEEE 802.15.4 without encryption: all of it is associated data. And without a MIC: only that. */
static void test_ccm_star(void **state)
{
    (void)state;
    struct message *m = &messages[0];
    uint8_t wanted[64];
    const struct openssl_ccm ccm = {m->key, m->iv, m->source + 2, m->source, 13, 30, 0, 8};
    openssl_aes_ccm(&ccm, wanted);
    set_layout(0, 2, 10, 8, false);
    set_up_ccm(0, true, 13, 32, 40);
    expect_ccm_done(0, 32, true);
    assert_memory_equal(m->result, m->source, 32);
    assert_memory_equal(m->result + 32, wanted, 8);
    memcpy(m->source + 32, wanted, 8);
    set_up_ccm(0, false, 13, 40, 32);
    expect_ccm_done(0, 40, true);
    m->source[39] ^= 1;
    set_up_ccm(0, false, 13, 40, 32);
    expect_ccm_done(0, 40, false);
    uint8_t counter[16] = {1};
    memcpy(counter + 1, m->iv, 13);
    counter[15] = 1;
    openssl_aes("AES-128-CTR", true, m->key, counter, m->source, 20, wanted);
    set_layout(0, 0, 0, 0, true);
    set_up_ccm(0, true, 13, 20, 20);
    expect_ccm_done(0, 20, true);
    assert_memory_equal(m->result, wanted, 20);
}

/* --- Several processes --- */

static void test_side_by_side(void **state)
{
    (void)state;
    const enum abi_aes_algorithm algorithms[FAKE_PROCESSES] = {ABI_AES_CTR, ABI_AES_CBC,
                                                               ABI_AES_ECB, ABI_AES_CBC};
    for (uint32_t i = 0; i < FAKE_PROCESSES; i++) {
        set_up(i, algorithms[i], i != 3, i == 2 ? 32 : 800);
    }
    /* A short one is not held up by long ones that came before it. */
    uint32_t steps = 0;
    while (fake_core_upcalls(2) == 0) {
        bool more = fake_core_run_one();
        more = fake_aes_step(&fake) || more;
        assert_true(more);
        steps++;
    }
    assert_int_equal(fake_core_upcalls(0), 0);
    assert_true(steps < 40);
    fake_aes_run(&fake);
    for (uint32_t i = 0; i < FAKE_PROCESSES; i++) {
        uint8_t wanted[MOST];
        const struct message *m = &messages[i];
        uint32_t length = i == 2 ? 32 : 800;
        openssl_aes(cipher_names[algorithms[i]], i != 3, m->key, m->iv, m->source, length, wanted);
        expect_upcall(i, ABI_AES_UPCALL_DONE, 0, length, 0);
        assert_memory_equal(m->result, wanted, length);
    }
}

/* Between two turns nothing is asked of the peripheral until the processes have had theirs. */
static void test_in_pieces(void **state)
{
    (void)state;
    set_up(0, ABI_AES_CTR, true, 800);
    uint32_t turns = 0, most = 0;
    while (fake_core_run_one()) {
        uint32_t blocks = fake.blocks;
        while (fake_aes_step(&fake)) {
        }
        most = fake.blocks - blocks > most ? fake.blocks - blocks : most;
        turns++;
    }
    assert_int_equal(fake.blocks, 50);
    assert_true(most <= 8 && turns >= 7);
}

/* --- What can go wrong --- */

static void test_refusals(void **state)
{
    (void)state;
    struct message *m = &messages[0];
    expect_success(command(0, ABI_COMMAND_EXISTS, 0, 0));
    expect_failure(command(0, 9, 0, 0), K_ENOSUPPORT);
    expect_failure(command(0, ABI_AES_SET_ALGORITHM, 4, 1), K_ENOSUPPORT); /* GCM */
    expect_failure(command(0, ABI_AES_SETUP, 0, 0), K_EINVAL);
    expect_failure(command(0, ABI_AES_CRYPT, 0, 0), K_EOFF);
    expect_failure(command(0, ABI_AES_FINISH, 0, 0), K_EOFF);
    expect_success(command(0, ABI_AES_SET_ALGORITHM, ABI_AES_CBC, 1));
    expect_failure(command(0, ABI_AES_SETUP, 0, 0), K_ERESERVE);
    allow_read_only(0, ABI_AES_RO_KEY, m->key, 15);
    expect_failure(command(0, ABI_AES_SETUP, 0, 0), K_EINVAL);
    allow_read_only(0, ABI_AES_RO_KEY, m->key, 16);
    expect_failure(command(0, ABI_AES_SETUP, 0, 0), K_ERESERVE);
    allow_read_only(0, ABI_AES_RO_IV, m->iv, 15);
    expect_failure(command(0, ABI_AES_SETUP, 0, 0), K_EINVAL);
    allow_read_only(0, ABI_AES_RO_IV, m->iv, 16);
    allow_source(0, 0, 20);
    allow_result(0, 0, 32);
    expect_failure(command(0, ABI_AES_SETUP, 0, 0), K_ESIZE); /* not whole blocks */
    allow_source(0, 0, 32);
    allow_result(0, 0, 31);
    expect_failure(command(0, ABI_AES_SETUP, 0, 0), K_ESIZE);
    expect_failure(command(0, ABI_AES_CRYPT, 0, 0), K_EOFF);
    fake_aes_run(&fake);
    expect_no_upcall(0);
    assert_int_equal(fake.blocks, 0);
    set_up(0, ABI_AES_CBC, true, 32);
    expect_failure(command(0, ABI_AES_SETUP, 0, 0), K_ENOMEM); /* under way */
    expect_failure(command(0, ABI_AES_CRYPT, 0, 0), K_ENOMEM);
    expect_done(0, 32);
    allow_source(0, 0, 20);
    expect_failure(command(0, ABI_AES_CRYPT, 0, 0), K_ESIZE);
    fake_core_exhaust(3);
    expect_failure(command(3, ABI_AES_SET_ALGORITHM, 0, 0), K_ENOMEM);
}

static void expect_ccm_refused(uint32_t a, uint32_t start, uint32_t mic, int error)
{
    set_layout(0, a, start, mic, true);
    expect_failure(command(0, ABI_AES_SETUP, 0, 0), error);
}

static void test_ccm_refusals(void **state)
{
    (void)state;
    struct message *m = &messages[0];
    expect_success(command(0, ABI_AES_SET_ALGORITHM, ABI_AES_CCM, 0));
    allow_read_only(0, ABI_AES_RO_KEY, m->key, 16);
    allow_source(0, 0, 20);
    allow_result(0, 0, 20);
    expect_ccm_refused(0, 8, 8, K_ERESERVE);
    allow_read_only(0, ABI_AES_RO_IV, m->iv, 6);
    expect_ccm_refused(0, 8, 8, K_EINVAL);
    allow_read_only(0, ABI_AES_RO_IV, m->iv, 13);
    expect_ccm_refused(0, 8, 2, K_EINVAL);
    expect_ccm_refused(0, 8, 5, K_EINVAL);
    expect_ccm_refused(0, 8, 18, K_EINVAL);
    expect_ccm_refused(0, 8, 0x80000000, K_EINVAL);
    expect_ccm_refused(9, 8, 8, K_EINVAL);
    expect_ccm_refused(0, 13, 8, K_EINVAL); /* the MIC begins at 12 */
    expect_ccm_refused(0xFFFFFFFF, 0xFFFFFFFF, 8, K_EINVAL);
    allow_result(0, 0, 11);
    expect_ccm_refused(0, 8, 8, K_ESIZE);
    expect_success(command(0, ABI_AES_SET_ALGORITHM, ABI_AES_CCM, 1));
    allow_result(0, 0, 27);
    expect_ccm_refused(0, 8, 8, K_ESIZE);
    static uint8_t long_source[65536 + 4], long_result[65536 + 8];
    allow_read_only(0, ABI_AES_RO_SOURCE, long_source, sizeof long_source);
    fake_core_allow(0, aes_driver_ops.grant, ALLOW_READ_WRITE, ABI_AES_RW_DEST, long_result,
                    sizeof long_result);
    expect_ccm_refused(0, 4, 4, K_ESIZE); /* 65,536 bytes: a nonce of 13 leaves 2 for the length */
    set_layout(0, 0, 5, 4, true);
    expect_success(command(0, ABI_AES_SETUP, 0, 0));
    expect_failure(command(0, ABI_AES_CRYPT, 0, 0), K_ENOMEM);
    expect_success(command(0, ABI_AES_FINISH, 0, 0));
    set_layout(0, 0, 65536, 4, true); /* SP 800-38C, example 4, is such */
    expect_success(command(0, ABI_AES_SETUP, 0, 0));
    expect_ccm_done(0, sizeof long_source, true);
    uint8_t wanted[16];
    const struct openssl_ccm ccm = {m->key, m->iv, long_source, long_source, 13, 65536, 4, 4};
    openssl_aes_ccm(&ccm, wanted);
    assert_memory_equal(long_result + 65536, wanted, 8);
    expect_failure(command(0, ABI_AES_CRYPT, 0, 0), K_ENOSUPPORT); /* a nonce is for one message */
    expect_success(command(0, ABI_AES_FINISH, 0, 0));
}

static void test_nothing_to_do(void **state)
{
    (void)state;
    for (uint32_t algorithm = 0; algorithm <= ABI_AES_ECB; algorithm++) {
        set_up(0, (enum abi_aes_algorithm)algorithm, true, 0);
        expect_done(0, 0);
    }
    assert_int_equal(fake.blocks, 0);
}

static void test_in_place(void **state)
{
    (void)state;
    struct message *m = &messages[0];
    uint8_t wanted[96];
    for (uint32_t encrypts = 0; encrypts < 2; encrypts++) {
        openssl_aes("AES-128-CBC", encrypts != 0, m->key, m->iv, m->result, 96, wanted);
        allow_read_only(0, ABI_AES_RO_SOURCE, m->result, 96);
        allow_read_only(0, ABI_AES_RO_KEY, m->key, 16);
        allow_read_only(0, ABI_AES_RO_IV, m->iv, 16);
        allow_result(0, 0, 96);
        expect_success(command(0, ABI_AES_SET_ALGORITHM, ABI_AES_CBC, encrypts));
        expect_success(command(0, ABI_AES_SETUP, 0, 0));
        expect_done(0, 96);
        assert_memory_equal(m->result, wanted, 96);
    }
}

static void test_buffer_taken_back(void **state)
{
    (void)state;
    for (uint32_t which = 0; which < 2; which++) {
        for (uint32_t algorithm = 0; algorithm <= ABI_AES_CCM; algorithm++) {
            for (uint32_t encrypts = 0; encrypts < 2; encrypts++) {
                for (uint32_t steps = 1; steps < 12; steps += 5) {
                    set_layout(0, 0, 16, 8, true);
                    messages[0].result[0] = 0;
                    allow_read_only(0, ABI_AES_RO_KEY, messages[0].key, 16);
                    allow_read_only(0, ABI_AES_RO_IV, messages[0].iv, 16);
                    allow_source(0, 0, 800);
                    allow_result(0, 0, 808);
                    expect_success(command(0, ABI_AES_SET_ALGORITHM, algorithm, encrypts));
                    expect_success(command(0, ABI_AES_SETUP, 0, 0));
                    assert_true(fake_core_run_one());
                    for (uint32_t i = 0; i < steps; i++) {
                        (void)fake_aes_step(&fake);
                    }
                    if (which == 0) {
                        allow_source(0, 0, 15);
                    } else {
                        allow_result(0, 0, 15);
                    }
                    fake_aes_run(&fake);
                    expect_upcall(0, ABI_AES_UPCALL_DONE, ABI_RESERVE, 0, 0);
                    expect_no_upcall(0);
                    expect_wiped();
                    expect_failure(command(0, ABI_AES_CRYPT, 0, 0), K_EOFF);
                }
            }
        }
    }
}

static void test_process_gone(void **state)
{
    (void)state;
    uint8_t wanted[800];
    set_up(0, ABI_AES_CTR, true, 800);
    set_up(1, ABI_AES_CTR, true, 800);
    (void)fake_core_run_one();
    fake_core_restart(0); /* its block is under way */
    set_up(0, ABI_AES_ECB, true, 16);
    fake_aes_run(&fake);
    expect_upcall(0, ABI_AES_UPCALL_DONE, 0, 16, 0);
    expect_no_upcall(0);
    openssl_aes("AES-128-ECB", true, messages[0].key, NULL, messages[0].source, 16, wanted);
    assert_memory_equal(messages[0].result, wanted, 16);
    assert_int_equal(messages[0].result[16], 0xAA);
    expect_upcall(1, ABI_AES_UPCALL_DONE, 0, 800, 0);
    openssl_aes("AES-128-CTR", true, messages[1].key, messages[1].iv, messages[1].source, 800,
                wanted);
    assert_memory_equal(messages[1].result, wanted, 800);
    set_up(0, ABI_AES_CTR, true, 800);
    (void)fake_core_run_one();
    fake_core_end(0);
    fake_aes_run(&fake);
    expect_no_upcall(0);
    expect_wiped();
}

/* A block under way when its process finishes is not taken for one of the next message. */
static void test_finish_under_way(void **state)
{
    (void)state;
    uint8_t wanted[32];
    set_up(0, ABI_AES_CTR, true, 800);
    (void)fake_core_run_one();
    expect_success(command(0, ABI_AES_FINISH, 0, 0));
    fill(messages[0].key, 16);
    set_up(0, ABI_AES_ECB, true, 32);
    expect_done(0, 32);
    openssl_aes("AES-128-ECB", true, messages[0].key, NULL, messages[0].source, 32, wanted);
    assert_memory_equal(messages[0].result, wanted, 32);
    assert_int_equal(messages[0].result[32], 0xAA);
}

static void test_hardware_fails(void **state)
{
    (void)state;
    set_up(0, ABI_AES_CBC, true, 64);
    fake.fail = K_EFAIL;
    fake_aes_run(&fake);
    expect_upcall(0, ABI_AES_UPCALL_DONE, ABI_FAIL, 0, 0);
    expect_failure(command(0, ABI_AES_CRYPT, 0, 0), K_EOFF);
    expect_wiped();
    set_up(0, ABI_AES_CBC, true, 64);
    fake.refuse = K_EBUSY;
    fake_aes_run(&fake);
    expect_upcall(0, ABI_AES_UPCALL_DONE, ABI_BUSY, 0, 0);
    expect_wiped();
    set_up(0, ABI_AES_CBC, true, 64);
    expect_done(0, 64);
}

#define TEST(function) cmocka_unit_test_setup(function, begin)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_sp800_38a),      TEST(test_ccm_vectors),      TEST(test_modes_as_openssl),
        TEST(test_ccm_as_openssl), TEST(test_ccm_star),         TEST(test_side_by_side),
        TEST(test_in_pieces),      TEST(test_refusals),         TEST(test_ccm_refusals),
        TEST(test_nothing_to_do),  TEST(test_in_place),         TEST(test_buffer_taken_back),
        TEST(test_process_gone),   TEST(test_finish_under_way), TEST(test_hardware_fails),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
