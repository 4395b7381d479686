/*
 * app_credentials.h - checks an app's credentials: SHA-256 (format 3) and ECDSA over P-256 of the
 * SHA-256 (format 6), with the board's keys. In pieces, each after the processes have had their
 * turn. Tock's formats; what it says of them is Tock's too where the board does not want more:
 *
 *   hash        right: says nothing for the app, as anybody can make one, or ACCEPT if
 *               hash_accepts; wrong: REJECT
 *   signature   right by one of the keys: ACCEPT; by none of them: says nothing, as it may be made
 *               for another board, or REJECT if foreign_rejects
 *
 * A credential of the wrong length is REJECTed.
 */
#ifndef KERNEL_CAPSULES_APP_CREDENTIALS_H
#define KERNEL_CAPSULES_APP_CREDENTIALS_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/capsule/deferred.h"
#include "kernel/capsules/p256.h"
#include "kernel/capsules/sha256.h"
#include "kernel/hil/credential.h"

/* Borrowed for ever, with the keys. */
struct app_credentials_config {
    struct hil_credential_key_list keys;
    bool hash_accepts;
    bool foreign_rejects;
};

enum app_credentials_step {
    APP_CREDENTIALS_IDLE,
    APP_CREDENTIALS_HASH,      /* the region, piece by piece */
    APP_CREDENTIALS_KEY,       /* the next one's turn */
    APP_CREDENTIALS_SIGNATURE, /* by that key? */
    APP_CREDENTIALS_BAD_LENGTH,
};

struct app_credentials {
    struct hil_credential credential; /* what it offers */
    const struct app_credentials_config *config;
    const struct hil_credential_client *client;
    const struct hil_credential_question *question;
    struct deferred_call deferred;
    enum app_credentials_step step;
    uint32_t hashed; /* bytes of the region */
    uint32_t next_key;
    struct sha256 hash;
    struct p256 p256;
    uint8_t digest[SHA256_BYTES];
};

void app_credentials_init(struct app_credentials *credentials,
                          const struct app_credentials_config *config);

#endif
