#include "kernel/capsules/sha.h"

#include "kernel/capsule/grant.h"
#include "kernel/capsules/digest.h"
#include "kernel/capsules/sha256.h"

CAPSULE(sha, .needs = {DEFERRED, DIGEST, GRANT, SHA256});

struct sha_process {
    uint32_t command; /* that is carried out; 0: none */
    struct digest_job job;
};
GRANT(sha_grant, struct sha_process, ABI_SHA_UPCALLS, ABI_SHA_ROS, ABI_SHA_RWS);

/* A command's upcall, and the buffer that the digest goes to or is compared with. */
#define NUMBER_OF(command) ((command)-ABI_SHA_HASH)
_Static_assert(NUMBER_OF(ABI_SHA_HASH) == ABI_SHA_UPCALL_HASHED &&
                   NUMBER_OF(ABI_SHA_HASH) == ABI_SHA_RW_DIGEST &&
                   NUMBER_OF(ABI_SHA_VERIFY) == ABI_SHA_UPCALL_VERIFIED &&
                   NUMBER_OF(ABI_SHA_VERIFY) == ABI_SHA_RO_COMPARE,
               "they have the same number");

/* The data is in the hash, or is not to be had. */
static void finish(BORROWED struct sha_process *p, struct process_id id, int status)
{
    uint32_t number = NUMBER_OF(p->command);
    bool verifies = p->command == ABI_SHA_VERIFY;
    enum allow_kind kind = verifies ? ALLOW_READ_ONLY : ALLOW_READ_WRITE;
    int result = status;
    p->command = 0;
    if (status == K_OK) {
        result = K_ENOMEM;
        if (allow_length(&sha_grant, id, kind, number) == SHA256_BYTES) {
            bool is_right = digest_finish(&p->job, &sha_grant, id, kind, number) > 0;
            result = verifies && is_right; /* of a digest its upcall says nothing */
        }
    }
    digest_answer(&sha_grant, id, number, result);
}

/* A piece for each that waits. */
static void sha_deferred(void *self)
{
    struct sha_driver *sha = self;
    grant_each (sha_grant, id, p) {
        if (p->command != 0) {
            int status = digest_add_piece(&p->job, &sha_grant, id, ABI_SHA_RO_DATA);
            if (status == K_EBUSY) {
                deferred_call_request_later(&sha->deferred);
            } else {
                finish(p, id, status);
            }
        }
    }
}

static command_return sha_start(struct sha_driver *sha, struct process_id id, uint32_t command)
{
    int status = K_ENOMEM;
    uint32_t length = allow_length(&sha_grant, id, ALLOW_READ_ONLY, ABI_SHA_RO_DATA);
    grant_enter (sha_grant, id, p) {
        if (p->command == 0) {
            status = K_OK;
            p->command = command;
            p->job.length = length;
            p->job.done = 0;
            sha256_begin(&p->job.hash);
            deferred_call_request_later(&sha->deferred);
        }
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
    case ABI_SHA_VERIFY:
        return sha_start(sha, id, command);
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
