#include "kernel/capsules/app_credentials.h"

#include "kernel/abi/syscall.h"
#include "kernel/abi/tbf.h"
#include "kernel/capsule/manifest.h"

CAPSULE(app_credentials, .needs = {CREDENTIAL, DEFERRED, P256, SHA256});

#define PIECE_BYTES 1024u

static void finish(struct app_credentials *credentials, enum hil_credential_verdict verdict)
{
    credentials->step = APP_CREDENTIALS_IDLE;
    hil_credential_client_checked(credentials->client, verdict);
}

static void compare_hash(struct app_credentials *credentials)
{
    if (!slice_is_equal(credentials->question->credential,
                        slice_as_const(SLICE_OF(credentials->digest)))) {
        finish(credentials, HIL_CREDENTIAL_REJECT);
    } else {
        finish(credentials,
               credentials->config->hash_accepts ? HIL_CREDENTIAL_ACCEPT : HIL_CREDENTIAL_PASS);
    }
}

static void hash_piece(struct app_credentials *credentials)
{
    struct const_slice region = credentials->question->region;
    sha256_add(&credentials->hash, const_slice_part(region, credentials->hashed, PIECE_BYTES));
    credentials->hashed += PIECE_BYTES;
    if (credentials->hashed < region.length) {
        return;
    }
    sha256_finish(&credentials->hash, SLICE_OF(credentials->digest));
    if (credentials->question->format == TBF_CREDENTIALS_SHA256) {
        compare_hash(credentials);
    } else {
        credentials->step = APP_CREDENTIALS_KEY;
    }
}

static void take_verdict_of_key(struct app_credentials *credentials, int status)
{
    if (status == K_EBUSY) {
        credentials->step = APP_CREDENTIALS_SIGNATURE;
    } else if (status == K_OK) {
        finish(credentials, HIL_CREDENTIAL_ACCEPT);
    } else {
        credentials->step = APP_CREDENTIALS_KEY;
    }
}

static void try_next_key(struct app_credentials *credentials)
{
    const struct app_credentials_config *config = credentials->config;
    if (credentials->next_key == config->keys.count) {
        finish(credentials, config->foreign_rejects ? HIL_CREDENTIAL_REJECT : HIL_CREDENTIAL_PASS);
        return;
    }
    const struct hil_credential_key *key = &LIST_AT(config->keys, credentials->next_key);
    credentials->next_key++;
    int status = p256_begin(&credentials->p256, hil_credential_key_point(key),
                            slice_as_const(SLICE_OF(credentials->digest)),
                            credentials->question->credential);
    take_verdict_of_key(credentials, status);
}

static void app_credentials_deferred(void *self)
{
    struct app_credentials *credentials = self;
    switch (credentials->step) {
    case APP_CREDENTIALS_HASH:
        hash_piece(credentials);
        break;
    case APP_CREDENTIALS_KEY:
        try_next_key(credentials);
        break;
    case APP_CREDENTIALS_SIGNATURE:
        take_verdict_of_key(credentials, p256_piece(&credentials->p256));
        break;
    case APP_CREDENTIALS_BAD_LENGTH:
        finish(credentials, HIL_CREDENTIAL_REJECT);
        break;
    case APP_CREDENTIALS_IDLE:
        break;
    }
    if (credentials->step != APP_CREDENTIALS_IDLE) {
        deferred_call_request_later(&credentials->deferred);
    }
}

static int app_credentials_check(void *self, const struct hil_credential_question *question)
{
    struct app_credentials *credentials = self;
    uint32_t wanted = SHA256_BYTES;
    if (question->format == TBF_CREDENTIALS_ECDSA_P256) {
        wanted = P256_SIGNATURE_BYTES;
    } else if (question->format != TBF_CREDENTIALS_SHA256) {
        return K_ENOSUPPORT;
    }
    if (credentials->step != APP_CREDENTIALS_IDLE) {
        return K_EBUSY;
    }
    credentials->question = question;
    credentials->hashed = 0;
    credentials->next_key = 0;
    sha256_begin(&credentials->hash);
    credentials->step =
        question->credential.length == wanted ? APP_CREDENTIALS_HASH : APP_CREDENTIALS_BAD_LENGTH;
    deferred_call_request_later(&credentials->deferred);
    return K_OK;
}

static void app_credentials_set_client(void *self, const struct hil_credential_client *client)
{
    struct app_credentials *credentials = self;
    credentials->client = client;
}

static const struct hil_credential_ops app_credentials_ops = {
    .check = app_credentials_check,
    .set_client = app_credentials_set_client,
};

void app_credentials_init(struct app_credentials *credentials,
                          const struct app_credentials_config *config)
{
    *credentials = (struct app_credentials){
        .credential = {.ops = &app_credentials_ops, .self = credentials, .owner = &this_capsule},
        .config = config,
        .deferred = {.call = app_credentials_deferred, .self = credentials, .owner = &this_capsule},
    };
}
