#include "tools/pack/credentials.h"

#include <errno.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdio.h>
#include <string.h>

#include "tools/pack/app_elf.h"

bool pack_sha256(const uint8_t *bytes, size_t count, uint8_t digest[PACK_SHA256_BYTES])
{
    return EVP_Digest(bytes, count, digest, NULL, EVP_sha256(), NULL) == 1;
}

/* No terminal is asked for a password. */
static int no_password(char *buffer, int size, int writing, void *unused)
{
    (void)buffer;
    (void)size;
    (void)writing;
    (void)unused;
    return -1;
}

static EVP_PKEY *read_key(const char *path, struct pack_error *error)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        pack_fail(error, path, "%s", strerror(errno));
        return NULL;
    }
    EVP_PKEY *key = PEM_read_PrivateKey(file, NULL, no_password, NULL);
    fclose(file);
    char group[32] = "";
    size_t length = 0;
    if (key == NULL) {
        pack_fail(error, path,
                  "is no private key in PEM without a password; make one: openssl ecparam -name "
                  "prime256v1 -genkey -noout -out KEY.pem");
    } else if (EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                              &length) != 1 ||
               strcmp(group, "prime256v1") != 0) {
        pack_fail(error, path, "is a key of another kind than P-256 (prime256v1)");
        EVP_PKEY_free(key);
        key = NULL;
    }
    return key;
}

/* Of the DER that libcrypto writes. */
static bool split(const uint8_t *encoded, size_t length, uint8_t signature[PACK_SIGNATURE_BYTES])
{
    const unsigned char *at = encoded;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)length);
    bool done = pair != NULL && BN_bn2binpad(ECDSA_SIG_get0_r(pair), signature, 32) == 32 &&
                BN_bn2binpad(ECDSA_SIG_get0_s(pair), signature + 32, 32) == 32;
    ECDSA_SIG_free(pair);
    return done;
}

bool pack_sign(const uint8_t *bytes, size_t count, const char *key_path,
               uint8_t signature[PACK_SIGNATURE_BYTES], struct pack_error *error)
{
    uint8_t encoded[128];
    size_t length = sizeof encoded;
    EVP_PKEY *key = read_key(key_path, error);
    if (key == NULL) {
        return false;
    }
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    bool done = context != NULL &&
                EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
                EVP_DigestSign(context, encoded, &length, bytes, count) == 1 &&
                split(encoded, length, signature);
    EVP_MD_CTX_free(context);
    EVP_PKEY_free(key);
    return done || pack_fail(error, key_path, "libcrypto cannot sign with it");
}
