/*
 * credential.h - who can say whether a credential in an app's footers is good: a hash of the app,
 * or a signature of somebody whose key the board has.
 */
#ifndef KERNEL_HIL_CREDENTIAL_H
#define KERNEL_HIL_CREDENTIAL_H

#include <stddef.h>
#include <stdint.h>

#include "kernel/hil/guard.h"
#include "kernel/hil/list.h"
#include "kernel/hil/marks.h"
#include "kernel/hil/slice.h"

enum hil_credential_verdict {
    HIL_CREDENTIAL_PASS,   /* it says nothing for or against the app */
    HIL_CREDENTIAL_ACCEPT, /* it is good: the app may run */
    HIL_CREDENTIAL_REJECT, /* it is wrong: the app must not run */
};

/* What is asked. The bytes lie in flash and stay as they are until the answer. */
struct hil_credential_question {
    READ_ONLY uint32_t format;               /* enum tbf_credentials */
    READ_ONLY struct const_slice credential; /* behind its format; any length */
    READ_ONLY struct const_slice region;     /* what it speaks of: header and binary */
};

/* A public key on the curve P-256: x, then y, big-endian. What `openssl ec -pubout -outform DER`
 * writes ends with it. */
struct hil_credential_key {
    PRIVATE uint8_t point[64];
};
struct hil_credential_key_list {
    PRIVATE const struct hil_credential_key *items;
    READ_ONLY uint32_t count;
};

static inline struct const_slice
hil_credential_key_point(BORROWED const struct hil_credential_key *key)
{
    return (struct const_slice){key->point, sizeof(key->point)};
}

/* Whom to call, from the kernel's main loop, never from inside `check`. May ask again. */
struct hil_credential_client {
    PRIVATE void (*checked)(void *self, enum hil_credential_verdict verdict);
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* &this_capsule; NULL: trusted code */
};

struct hil_credential_ops {
    PRIVATE int (*check)(void *self, const struct hil_credential_question *question);
    PRIVATE void (*set_client)(void *self, const struct hil_credential_client *client);
};

struct hil_credential {
    PRIVATE const struct hil_credential_ops *ops;
    PRIVATE void *self;
    PRIVATE const struct capsule *owner; /* of who offers it; NULL: trusted code */
};

/* Begins; `checked` follows, after as many turns of the main loop as it takes. The question is lent
 * until then. K_ENOSUPPORT: this format is not for it, go on with the next; K_EBUSY: it is at
 * another one. */
static inline int hil_credential_check(BORROWED const struct hil_credential *credential,
                                       const struct hil_credential_question *question)
{
    return GUARD_OP(credential, check, question);
}

/* `client` (borrowed for ever) gets the calls from now on. */
static inline void hil_credential_set_client(BORROWED const struct hil_credential *credential,
                                             const struct hil_credential_client *client)
{
    GUARD_OP_VOID(credential, set_client, client);
}

/* For who offers one. NULL: nobody is told. */
static inline void
hil_credential_client_checked(BORROWED const struct hil_credential_client *client,
                              enum hil_credential_verdict verdict)
{
    GUARD_TELL(client, checked, verdict);
}

#endif
