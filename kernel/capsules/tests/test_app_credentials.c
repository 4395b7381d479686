/* What the capsule says of hashes and signatures; OpenSSL makes them. */
#include "kernel/capsules/app_credentials.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>

#include "kernel/abi/syscall.h"
#include "kernel/abi/tbf.h"
#include "kernel/capsules/tests/fake_core.h"

#define REGION_BYTES 5000u
#define KEYS         3u

static uint8_t region[REGION_BYTES];
static EVP_PKEY *private_keys[KEYS];
static struct hil_credential_key keys[KEYS];
static struct app_credentials_config config;
static struct app_credentials credentials;
static uint32_t answers;
static enum hil_credential_verdict answered;

static void checked(void *self, enum hil_credential_verdict verdict)
{
    assert_ptr_equal(self, &answers);
    answers++;
    answered = verdict;
}
static const struct hil_credential_client client = {checked, &answers, NULL};

static int make_keys(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < KEYS; i++) {
        uint8_t encoded[65];
        size_t length = 0;
        private_keys[i] = EVP_EC_gen("P-256");
        EVP_PKEY_get_octet_string_param(private_keys[i], OSSL_PKEY_PARAM_PUB_KEY, encoded,
                                        sizeof encoded, &length);
        memcpy(keys[i].point, encoded + 1, P256_KEY_BYTES);
    }
    for (uint32_t i = 0; i < REGION_BYTES; i++) {
        region[i] = (uint8_t)(i * 7 + i / 256);
    }
    return 0;
}

static int free_keys(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < KEYS; i++) {
        EVP_PKEY_free(private_keys[i]);
    }
    return 0;
}

/* The board has the first two of the keys. */
static int setup(void **state)
{
    (void)state;
    fake_core_reset();
    answers = 0;
    config = (struct app_credentials_config){.keys = {keys, 2}};
    app_credentials_init(&credentials, &config);
    hil_credential_set_client(&credentials.credential, &client);
    return 0;
}

static void sign(uint32_t key, uint32_t bytes, uint8_t signature[64])
{
    uint8_t encoded[100];
    size_t length = sizeof encoded;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, private_keys[key]), 1);
    assert_int_equal(EVP_DigestSign(context, encoded, &length, region, bytes), 1);
    EVP_MD_CTX_free(context);
    const unsigned char *at = encoded;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)length);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, 32), 32);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + 32, 32), 32);
    ECDSA_SIG_free(pair);
}

static struct hil_credential_question question;

static int ask(uint32_t format, const uint8_t *bytes, uint32_t length, uint32_t region_bytes)
{
    question = (struct hil_credential_question){format, {bytes, length}, {region, region_bytes}};
    return hil_credential_check(&credentials.credential, &question);
}

static enum hil_credential_verdict verdict(uint32_t format, const uint8_t *bytes, uint32_t length,
                                           uint32_t region_bytes)
{
    answers = 0;
    assert_int_equal(ask(format, bytes, length, region_bytes), K_OK);
    assert_int_equal(answers, 0); /* never from inside the call */
    fake_core_run();
    assert_int_equal(answers, 1);
    return answered;
}

static void test_hashes(void **state)
{
    (void)state;
    static const uint32_t lengths[] = {0, 1, 1023, 1024, 1025, 2048, REGION_BYTES};
    for (uint32_t accepts = 0; accepts < 2; accepts++) {
        config.hash_accepts = accepts != 0;
        for (uint32_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
            uint8_t digest[32];
            assert_int_equal(EVP_Digest(region, lengths[i], digest, NULL, EVP_sha256(), NULL), 1);
            assert_int_equal(verdict(TBF_CREDENTIALS_SHA256, digest, 32, lengths[i]),
                             accepts != 0 ? HIL_CREDENTIAL_ACCEPT : HIL_CREDENTIAL_PASS);
            digest[i * 4] ^= 0x10;
            assert_int_equal(verdict(TBF_CREDENTIALS_SHA256, digest, 32, lengths[i]),
                             HIL_CREDENTIAL_REJECT);
        }
    }
}

static void test_signatures(void **state)
{
    (void)state;
    uint8_t signature[64];
    for (uint32_t rejects = 0; rejects < 2; rejects++) {
        enum hil_credential_verdict foreign =
            rejects != 0 ? HIL_CREDENTIAL_REJECT : HIL_CREDENTIAL_PASS;
        config.foreign_rejects = rejects != 0;
        for (uint32_t key = 0; key < KEYS; key++) {
            sign(key, REGION_BYTES, signature);
            assert_int_equal(verdict(TBF_CREDENTIALS_ECDSA_P256, signature, 64, REGION_BYTES),
                             key < 2 ? HIL_CREDENTIAL_ACCEPT : foreign);
            assert_int_equal(verdict(TBF_CREDENTIALS_ECDSA_P256, signature, 64, REGION_BYTES - 1),
                             foreign);
            signature[33] ^= 1;
            assert_int_equal(verdict(TBF_CREDENTIALS_ECDSA_P256, signature, 64, REGION_BYTES),
                             foreign);
        }
        memset(signature, 0, sizeof signature);
        assert_int_equal(verdict(TBF_CREDENTIALS_ECDSA_P256, signature, 64, REGION_BYTES), foreign);
    }
}

static void test_wrong_lengths_and_formats(void **state)
{
    (void)state;
    uint8_t bytes[80] = {0};
    for (uint32_t length = 0; length < 80; length++) {
        if (length != 32) {
            assert_int_equal(verdict(TBF_CREDENTIALS_SHA256, bytes, length, 100),
                             HIL_CREDENTIAL_REJECT);
        }
        if (length != 64) {
            assert_int_equal(verdict(TBF_CREDENTIALS_ECDSA_P256, bytes, length, 100),
                             HIL_CREDENTIAL_REJECT);
        }
    }
    for (uint32_t format = 0; format < 20; format++) {
        if (format != TBF_CREDENTIALS_SHA256 && format != TBF_CREDENTIALS_ECDSA_P256) {
            assert_int_equal(ask(format, bytes, 64, 100), K_ENOSUPPORT);
        }
    }
}

static void test_one_at_a_time(void **state)
{
    (void)state;
    uint8_t bytes[32] = {0};
    assert_int_equal(ask(TBF_CREDENTIALS_SHA256, bytes, 32, 100), K_OK);
    struct hil_credential_question other = question;
    assert_int_equal(hil_credential_check(&credentials.credential, &other), K_EBUSY);
    fake_core_run();
    assert_int_equal(answers, 1);
    assert_int_equal(hil_credential_check(&credentials.credential, &other), K_OK);
}

/* The work comes in pieces, so that processes run in between. */
static void test_pieces(void **state)
{
    (void)state;
    uint8_t signature[64];
    sign(1, REGION_BYTES, signature);
    assert_int_equal(ask(TBF_CREDENTIALS_ECDSA_P256, signature, 64, REGION_BYTES), K_OK);
    uint32_t pieces = 0;
    while (answers == 0) {
        assert_true(fake_core_run_one());
        pieces++;
    }
    assert_true(pieces > 200 && pieces < 400);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_hashes, setup),
        cmocka_unit_test_setup(test_signatures, setup),
        cmocka_unit_test_setup(test_wrong_lengths_and_formats, setup),
        cmocka_unit_test_setup(test_one_at_a_time, setup),
        cmocka_unit_test_setup(test_pieces, setup),
    };
    return cmocka_run_group_tests(tests, make_keys, free_keys);
}
