#include "kernel/capsules/tests/fake_aes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <openssl/evp.h>

#include "kernel/capsules/tests/fake_core.h"

static int encrypt(void *self, struct dma_buffer *request)
{
    struct fake_aes *fake = self;
    int refuse = fake->refuse;
    fake->refuse = K_OK;
    if (refuse != K_OK) {
        return refuse;
    }
    if (fake->request != NULL) {
        return K_EBUSY;
    }
    int status = dma_buffer_claim(request, 0, HIL_AES_REQUEST_BYTES, &fake->bytes);
    if (status == K_OK) {
        fake->request = request;
    }
    return status;
}

static void set_client(void *self, const struct hil_aes_client *client)
{
    struct fake_aes *fake = self;
    fake->client = client;
}

static const struct hil_aes_ops ops = {encrypt, set_client};

void fake_aes_init(struct fake_aes *fake)
{
    *fake = (struct fake_aes){.aes = {&ops, fake, NULL}};
}

bool fake_aes_step(struct fake_aes *fake)
{
    struct dma_buffer *request = fake->request;
    int fail = fake->fail;
    if (request == NULL) {
        return false;
    }
    uint8_t *bytes = fake->bytes.bytes;
    openssl_aes("AES-128-ECB", true, bytes + HIL_AES_KEY, NULL, bytes + HIL_AES_CLEAR,
                HIL_AES_BYTES, bytes + HIL_AES_CIPHER);
    fake->request = NULL;
    fake->fail = K_OK;
    fake->blocks++;
    dma_buffer_release(request);
    hil_aes_client_done(fake->client, fail);
    return true;
}

void fake_aes_run(struct fake_aes *fake)
{
    do {
        fake_core_run();
    } while (fake_aes_step(fake));
}

void openssl_aes(const char *cipher, bool encrypts, const uint8_t *key, const uint8_t *iv,
                 const uint8_t *source, uint32_t length, uint8_t *result)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int written = 0;
    assert_int_equal(
        EVP_CipherInit_ex(context, EVP_get_cipherbyname(cipher), NULL, key, iv, encrypts), 1);
    assert_int_equal(EVP_CIPHER_CTX_set_padding(context, 0), 1);
    assert_int_equal(EVP_CipherUpdate(context, result, &written, source, (int)length), 1);
    assert_int_equal(written, length);
    EVP_CIPHER_CTX_free(context);
}

void openssl_aes_ccm(const struct openssl_ccm *ccm, uint8_t *result)
{
    EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
    int written = 0;
    assert_int_equal(EVP_EncryptInit_ex(context, EVP_aes_128_ccm(), NULL, NULL, NULL), 1);
    assert_true(
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, (int)ccm->nonce_length, NULL) > 0);
    assert_true(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, (int)ccm->mic_length, NULL) >
                0);
    assert_int_equal(EVP_EncryptInit_ex(context, NULL, NULL, ccm->key, ccm->nonce), 1);
    int length = (int)ccm->message_length;
    assert_int_equal(EVP_EncryptUpdate(context, NULL, &written, NULL, length), 1);
    if (ccm->data_length > 0) {
        assert_int_equal(
            EVP_EncryptUpdate(context, NULL, &written, ccm->data, (int)ccm->data_length), 1);
    }
    assert_int_equal(EVP_EncryptUpdate(context, result, &written, ccm->message, length), 1);
    assert_int_equal(EVP_EncryptFinal_ex(context, result + length, &written), 1);
    assert_true(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, (int)ccm->mic_length,
                                    result + length) > 0);
    EVP_CIPHER_CTX_free(context);
}
