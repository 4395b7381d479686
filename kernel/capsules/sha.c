#include "kernel/capsules/sha.h"

#include "kernel/capsule/grant.h"
#include "kernel/capsules/digest.h"
#include "kernel/capsules/sha256.h"

CAPSULE(sha, .needs = {DEFERRED, DIGEST, GRANT, SHA256});

enum sha_work { SHA_IDLE, SHA_HASH, SHA_VERIFY };

struct sha_process {
    struct sha256 hash;
    struct digest_input data;
    enum sha_work work;
};
GRANT(sha_grant, struct sha_process, ABI_SHA_UPCALLS, ABI_SHA_ROS, ABI_SHA_RWS);

static void answer(BORROWED struct sha_process *p, struct process_id id, int status, bool is_equal)
{
    uint32_t number = p->work == SHA_HASH ? ABI_SHA_UPCALL_HASHED : ABI_SHA_UPCALL_VERIFIED;
    p->work = SHA_IDLE;
    (void)upcall_schedule(&sha_grant, id, number, (uint32_t)-status, is_equal, 0);
}

static void finish(BORROWED struct sha_process *p, struct process_id id)
{
    uint8_t digest[SHA256_BYTES] = {0};
    int status = K_ENOMEM; /* the other buffer has not the digest's length */
    bool is_equal = false;
    sha256_finish(&p->hash, SLICE_OF(digest));
    if (p->work == SHA_VERIFY) {
        if (allow_length(&sha_grant, id, ALLOW_READ_ONLY, ABI_SHA_RO_COMPARE) == SHA256_BYTES) {
            status = K_OK;
            is_equal = digest_is_in_buffer(slice_as_const(SLICE_OF(digest)), &sha_grant, id,
                                           ABI_SHA_RO_COMPARE);
        }
    } else if (allow_length(&sha_grant, id, ALLOW_READ_WRITE, ABI_SHA_RW_DIGEST) == SHA256_BYTES) {
        status = K_OK;
        (void)allow_write(&sha_grant, id, ABI_SHA_RW_DIGEST, 0, slice_as_const(SLICE_OF(digest)));
    }
    answer(p, id, status, is_equal);
}

/* A piece for each that waits. */
static void sha_deferred(void *self)
{
    struct sha_driver *sha = self;
    bool more = false;
    grant_each (sha_grant, id, p) {
        if (p->work != SHA_IDLE) {
            int status = digest_add_piece(&p->hash, &p->data, &sha_grant, id, ABI_SHA_RO_DATA);
            if (status == K_EBUSY) {
                more = true;
            } else if (status == K_OK) {
                finish(p, id);
            } else {
                answer(p, id, status, false);
            }
        }
    }
    if (more) {
        deferred_call_request_later(&sha->deferred);
    }
}

static command_return sha_start(struct sha_driver *sha, struct process_id id, enum sha_work work)
{
    int status = K_ENOMEM;
    uint32_t length = allow_length(&sha_grant, id, ALLOW_READ_ONLY, ABI_SHA_RO_DATA);
    grant_enter (sha_grant, id, p) {
        if (p->work == SHA_IDLE) {
            status = K_OK;
            p->work = work;
            p->data = (struct digest_input){.length = length};
            sha256_begin(&p->hash);
        }
    }
    if (status == K_OK) {
        deferred_call_request_later(&sha->deferred);
    }
    return grant_answer(command_status(status));
}

static command_return sha_command(void *self, struct process_id id, uint32_t command,
                                  uint32_t argument0, uint32_t unused)
{
    struct sha_driver *sha = self;
    (void)unused;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_SHA_SET_ALGORITHM:
        return command_status(argument0 == ABI_DIGEST_SHA256 ? K_OK : K_ENOSUPPORT);
    case ABI_SHA_HASH:
        return sha_start(sha, id, SHA_HASH);
    case ABI_SHA_VERIFY:
        return sha_start(sha, id, SHA_VERIFY);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

const struct driver_ops sha_driver_ops = {
    .number = ABI_DRIVER_SHA,
    .command = sha_command,
    .grant = &sha_grant,
    .owner = &this_capsule,
};

void sha_init(struct sha_driver *sha)
{
    *sha = (struct sha_driver){
        .deferred = {.call = sha_deferred, .self = sha, .owner = &this_capsule},
    };
}
