/* The verdicts of p256.c against two others: Python's arithmetic (make_p256_vectors.py) for what is
 * hard to judge, OpenSSL's for those and for random ones. */
#include "kernel/capsules/p256.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>

#include "kernel/abi/syscall.h"

#define PIECES_MAX 200u
#define RANDOM     200u

static const struct {
    const char *name;
    bool is_right;
    const char *key, *digest, *signature;
} vectors[] = {
#include "p256_vectors.inc"
};
#define VECTORS (sizeof(vectors) / sizeof(vectors[0]))

struct question {
    uint8_t key[P256_KEY_BYTES], digest[P256_DIGEST_BYTES], signature[P256_SIGNATURE_BYTES];
};

static void from_text(uint8_t *bytes, size_t count, const char *text)
{
    assert_int_equal(strlen(text), 2 * count);
    for (size_t i = 0; i < count; i++) {
        unsigned value;
        assert_int_equal(sscanf(text + 2 * i, "%2x", &value), 1);
        bytes[i] = (uint8_t)value;
    }
}

static bool ours(const struct question *q)
{
    struct p256 p256;
    memset(&p256, 0xA5, sizeof p256);
    int status = p256_begin(&p256, (struct const_slice){q->key, sizeof q->key},
                            (struct const_slice){q->digest, sizeof q->digest},
                            (struct const_slice){q->signature, sizeof q->signature});
    for (uint32_t i = 0; status == K_EBUSY; i++) {
        assert_true(i < PIECES_MAX);
        status = p256_piece(&p256);
    }
    assert_true(status == K_OK || status == K_EINVAL);
    return status == K_OK;
}

static EVP_PKEY *openssl_key(const uint8_t key[P256_KEY_BYTES])
{
    uint8_t encoded[1 + P256_KEY_BYTES] = {4};
    memcpy(encoded + 1, key, P256_KEY_BYTES);
    char group[] = "P-256";
    OSSL_PARAM params[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_octet_string(OSSL_PKEY_PARAM_PUB_KEY, encoded, sizeof encoded),
        OSSL_PARAM_construct_end()};
    EVP_PKEY *made = NULL;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
    assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
    if (EVP_PKEY_fromdata(context, &made, EVP_PKEY_PUBLIC_KEY, params) != 1) {
        made = NULL;
    }
    EVP_PKEY_CTX_free(context);
    return made;
}

static bool openssls(const struct question *q)
{
    EVP_PKEY *key = openssl_key(q->key);
    if (key == NULL) {
        return false;
    }
    ECDSA_SIG *signature = ECDSA_SIG_new();
    ECDSA_SIG_set0(signature, BN_bin2bn(q->signature, 32, NULL),
                   BN_bin2bn(q->signature + 32, 32, NULL));
    unsigned char *encoded = NULL;
    int length = i2d_ECDSA_SIG(signature, &encoded);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    assert_int_equal(EVP_PKEY_verify_init(context), 1);
    bool is_right = EVP_PKEY_verify(context, encoded, (size_t)length, q->digest, 32) == 1;
    EVP_PKEY_CTX_free(context);
    OPENSSL_free(encoded);
    ECDSA_SIG_free(signature);
    EVP_PKEY_free(key);
    return is_right;
}

static void test_hard_ones(void **state)
{
    (void)state;
    uint32_t right = 0;
    for (size_t i = 0; i < VECTORS; i++) {
        struct question q;
        from_text(q.key, sizeof q.key, vectors[i].key);
        from_text(q.digest, sizeof q.digest, vectors[i].digest);
        from_text(q.signature, sizeof q.signature, vectors[i].signature);
        if (ours(&q) != vectors[i].is_right || openssls(&q) != vectors[i].is_right) {
            fail_msg("%s: ours %d, OpenSSL's %d, Python's %d", vectors[i].name, ours(&q),
                     openssls(&q), vectors[i].is_right);
        }
        right += vectors[i].is_right ? 1u : 0;
    }
    assert_true(right > 60 && VECTORS - right > 20);
}

static void sign(EVP_PKEY *key, struct question *q)
{
    uint8_t encoded[100];
    size_t length = sizeof encoded;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    assert_int_equal(EVP_PKEY_sign_init(context), 1);
    assert_int_equal(EVP_PKEY_sign(context, encoded, &length, q->digest, 32), 1);
    EVP_PKEY_CTX_free(context);
    const unsigned char *at = encoded;
    ECDSA_SIG *signature = d2i_ECDSA_SIG(NULL, &at, (long)length);
    assert_non_null(signature);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_r(signature), q->signature, 32), 32);
    assert_int_equal(BN_bn2binpad(ECDSA_SIG_get0_s(signature), q->signature + 32, 32), 32);
    ECDSA_SIG_free(signature);
}

/* Signatures of OpenSSL's by keys of its own: right, and wrong with any bit changed. */
static void test_random_ones(void **state)
{
    (void)state;
    uint32_t random = 1;
    for (uint32_t i = 0; i < RANDOM; i++) {
        struct question q;
        uint8_t encoded[1 + P256_KEY_BYTES];
        size_t length = 0;
        EVP_PKEY *key = EVP_EC_gen("P-256");
        assert_int_equal(EVP_PKEY_get_octet_string_param(key, OSSL_PKEY_PARAM_PUB_KEY, encoded,
                                                         sizeof encoded, &length),
                         1);
        assert_int_equal(length, sizeof encoded);
        memcpy(q.key, encoded + 1, P256_KEY_BYTES);
        for (size_t k = 0; k < sizeof q.digest; k++) {
            random = random * 1664525u + 1013904223u;
            q.digest[k] = (uint8_t)(random >> 24);
        }
        sign(key, &q);
        EVP_PKEY_free(key);
        assert_true(ours(&q));
        random = random * 1664525u + 1013904223u;
        uint32_t bit = (random >> 8) % (8u * sizeof q);
        uint8_t *bytes = (uint8_t *)&q;
        bytes[bit / 8u] ^= (uint8_t)(1u << bit % 8u);
        assert_false(ours(&q));
    }
}

static void test_lengths(void **state)
{
    (void)state;
    struct p256 p256;
    uint8_t bytes[65] = {1};
    for (uint32_t i = 0; i < 6; i++) {
        uint32_t off = i % 2 == 0 ? 1u : 0xFFFFFFFFu;
        assert_int_equal(p256_begin(&p256, (struct const_slice){bytes, 64 + (i / 2 == 0 ? off : 0)},
                                    (struct const_slice){bytes, 32 + (i / 2 == 1 ? off : 0)},
                                    (struct const_slice){bytes, 64 + (i / 2 == 2 ? off : 0)}),
                         K_EINVAL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hard_ones),
        cmocka_unit_test(test_random_ones),
        cmocka_unit_test(test_lengths),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
