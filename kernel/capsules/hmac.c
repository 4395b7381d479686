#include "kernel/capsules/hmac.h"

#include "kernel/capsule/grant.h"
#include "kernel/capsules/digest.h"
#include "kernel/capsules/sha256.h"

CAPSULE(hmac, .needs = {DEFERRED, DIGEST, GRANT, SHA256});

#define INNER_PAD 0x36u
#define OUTER_PAD 0x5Cu

struct hmac_process {
    uint32_t command; /* that is carried out; 0: none */
    bool is_algorithm_set;
    bool is_keyed; /* the key is in job and outer */
    bool is_open;  /* there were updates */
    uint32_t data_length;
    struct digest_job job; /* of a long key at first, then the inner hash */
    struct sha256_chain outer;
};
GRANT(hmac_grant, struct hmac_process, ABI_HMAC_UPCALLS, ABI_HMAC_ROS, ABI_HMAC_RWS);

static void forget(BORROWED struct hmac_process *p)
{
    *p = (struct hmac_process){.is_algorithm_set = true};
}

/* A hash that begins with the key's block, each byte changed so. */
static void begin_padded(BORROWED struct sha256 *hash, BORROWED struct slice key, uint8_t pad)
{
    for (uint32_t i = 0; i < SHA256_BLOCK_BYTES; i++) {
        (void)slice_put(key, i, slice_get(slice_as_const(key), i) ^ pad);
    }
    sha256_begin(hash);
    sha256_add(hash, slice_as_const(key));
}

/* A key of more than a block counts by its digest. K_EBUSY: there is more of it, or the data. */
static int add_key(BORROWED struct hmac_process *p, struct process_id id)
{
    uint8_t bytes[SHA256_BLOCK_BYTES] = {0};
    struct slice key = SLICE_OF(bytes);
    if (p->job.length > SHA256_BLOCK_BYTES) {
        int status = digest_add_piece(&p->job, &hmac_grant, id, ABI_HMAC_RO_KEY);
        if (status != K_OK) {
            return status;
        }
        sha256_finish(&p->job.hash, key);
    } else if (allow_read(&hmac_grant, id, ALLOW_READ_ONLY, ABI_HMAC_RO_KEY, 0,
                          slice_part(key, 0, p->job.length)) != p->job.length) {
        return K_ERESERVE;
    }
    begin_padded(&p->job.hash, key, OUTER_PAD);
    p->outer = p->job.hash.chain;
    begin_padded(&p->job.hash, key, OUTER_PAD ^ INNER_PAD);
    p->job.length = p->data_length;
    p->job.done = 0;
    p->is_keyed = true;
    return K_EBUSY;
}

_Static_assert((uint32_t)ABI_HMAC_RW_CODE == (uint32_t)ABI_HMAC_RO_COMPARE, "finish takes either");

/* All of the data is in the hash, or it is not to be had. Nothing of the key is kept, unless there
 * is more data to come. */
static void finish(BORROWED struct hmac_process *p, struct process_id id, int status)
{
    bool verifies = p->command == ABI_HMAC_VERIFY || p->command == ABI_HMAC_VERIFY_FINISH;
    int result = status;
    if (status == K_OK && p->command == ABI_HMAC_UPDATE) {
        p->command = 0;
        p->is_open = true;
    } else {
        if (status == K_OK) {
            uint8_t inner[SHA256_BYTES] = {0};
            sha256_finish(&p->job.hash, SLICE_OF(inner));
            sha256_begin_after_block(&p->job.hash, &p->outer);
            sha256_add(&p->job.hash, slice_as_const(SLICE_OF(inner)));
            result =
                digest_finish(&p->job, &hmac_grant, id,
                              verifies ? ALLOW_READ_ONLY : ALLOW_READ_WRITE, ABI_HMAC_RO_COMPARE);
        }
        forget(p);
    }
    digest_answer(&hmac_grant, id, verifies ? ABI_HMAC_UPCALL_VERIFIED : ABI_HMAC_UPCALL_DONE,
                  result);
}

/* A piece for each that waits. */
static void hmac_deferred(void *self)
{
    struct hmac_driver *hmac = self;
    grant_each (hmac_grant, id, p) {
        if (p->command != 0) {
            int status = p->is_keyed ? digest_add_piece(&p->job, &hmac_grant, id, ABI_HMAC_RO_DATA)
                                     : add_key(p, id);
            if (status == K_EBUSY) {
                deferred_call_request_later(&hmac->deferred);
            } else {
                finish(p, id, status);
            }
        }
    }
}

static int start(struct hmac_driver *hmac, BORROWED struct hmac_process *p, struct process_id id,
                 uint32_t command)
{
    bool is_end = command == ABI_HMAC_FINISH || command == ABI_HMAC_VERIFY_FINISH;
    if (is_end && !p->is_open) {
        return K_EOFF;
    }
    if (!p->is_algorithm_set) {
        return K_EINVAL;
    }
    if (p->command != 0) {
        return K_ENOMEM;
    }
    uint32_t key = allow_length(&hmac_grant, id, ALLOW_READ_ONLY, ABI_HMAC_RO_KEY);
    uint32_t data = allow_length(&hmac_grant, id, ALLOW_READ_ONLY, ABI_HMAC_RO_DATA);
    if (is_end) {
        data = 0;
    }
    /* It goes on with what updates have gathered, which else is forgotten. */
    if (is_end || (command == ABI_HMAC_UPDATE && p->is_open)) {
        p->job.length = data;
    } else {
        if (key == 0) {
            return K_ERESERVE;
        }
        forget(p);
        sha256_begin(&p->job.hash);
        p->job.length = key;
    }
    p->job.done = 0;
    p->data_length = data;
    p->command = command;
    deferred_call_request_later(&hmac->deferred);
    return K_OK;
}

static command_return hmac_run(struct hmac_driver *hmac, struct process_id id, uint32_t command)
{
    int status = K_OK;
    grant_enter (hmac_grant, id, p) {
        status = start(hmac, p, id, command);
    }
    return grant_answer(command_status(status));
}

static command_return hmac_set_algorithm(struct process_id id, uint32_t algorithm)
{
    if (algorithm != ABI_DIGEST_SHA256) {
        return command_error(K_ENOSUPPORT);
    }
    grant_enter (hmac_grant, id, p) {
        p->is_algorithm_set = true;
    }
    return grant_answer(command_success());
}

static command_return hmac_command(void *self, struct process_id id, uint32_t command,
                                   uint32_t argument0, uint32_t unused)
{
    struct hmac_driver *hmac = self;
    (void)unused;
    switch (command) {
    case ABI_HMAC_SET_ALGORITHM:
        return hmac_set_algorithm(id, argument0);
    case ABI_HMAC_RUN:
    case ABI_HMAC_UPDATE:
    case ABI_HMAC_FINISH:
    case ABI_HMAC_VERIFY:
    case ABI_HMAC_VERIFY_FINISH:
        return hmac_run(hmac, id, command);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

const struct driver_ops hmac_driver_ops = {
    .number = ABI_DRIVER_HMAC,
    .command = hmac_command,
    .grant = &hmac_grant,
    .owner = &this_capsule,
};

void hmac_init(struct hmac_driver *hmac)
{
    *hmac = (struct hmac_driver){
        .deferred = {.call = hmac_deferred, .self = hmac, .owner = &this_capsule},
    };
}
