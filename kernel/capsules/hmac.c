#include "kernel/capsules/hmac.h"

#include "kernel/capsule/grant.h"
#include "kernel/capsules/digest.h"
#include "kernel/capsules/sha256.h"

CAPSULE(hmac, .needs = {DEFERRED, DIGEST, GRANT, SHA256});

#define INNER_PAD 0x36u
#define OUTER_PAD 0x5Cu

enum hmac_work { HMAC_IDLE, HMAC_UPDATE, HMAC_FINISH, HMAC_VERIFY };

struct hmac_process {
    struct sha256 hash; /* of a long key at first, then the inner one */
    struct sha256_chain outer;
    struct digest_input key, data;
    enum hmac_work work;
    bool is_algorithm_set;
    bool is_keyed; /* the key is in hash and outer */
    bool is_open;  /* there were updates */
};
GRANT(hmac_grant, struct hmac_process, ABI_HMAC_UPCALLS, ABI_HMAC_ROS, ABI_HMAC_RWS);

/* Nothing of the key is kept, unless there is more data to come. */
static void answer(BORROWED struct hmac_process *p, struct process_id id, int status,
                   uint32_t result)
{
    bool is_verified = p->work == HMAC_VERIFY;
    if (status == K_OK && p->work == HMAC_UPDATE) {
        p->work = HMAC_IDLE;
        p->is_open = true;
    } else {
        *p = (struct hmac_process){.is_algorithm_set = true};
    }
    (void)upcall_schedule(&hmac_grant, id,
                          is_verified ? ABI_HMAC_UPCALL_VERIFIED : ABI_HMAC_UPCALL_DONE,
                          (uint32_t)-status, result, 0);
}

/* A hash that begins with the key's block. */
static void begin_padded(BORROWED struct sha256 *hash, BORROWED struct const_slice key, uint8_t pad)
{
    uint8_t block[SHA256_BLOCK_BYTES] = {0};
    for (uint32_t i = 0; i < SHA256_BLOCK_BYTES; i++) {
        block[i] = slice_get(key, i) ^ pad;
    }
    sha256_begin(hash);
    sha256_add(hash, slice_as_const(SLICE_OF(block)));
}

/* A key of more than a block counts by its digest. K_EBUSY: there is more of it. */
static int take_key(BORROWED struct hmac_process *p, struct process_id id)
{
    uint8_t key[SHA256_BLOCK_BYTES] = {0};
    if (p->key.length > SHA256_BLOCK_BYTES) {
        int status = digest_add_piece(&p->hash, &p->key, &hmac_grant, id, ABI_HMAC_RO_KEY);
        if (status != K_OK) {
            return status;
        }
        sha256_finish(&p->hash, SLICE_OF(key));
    } else if (allow_read(&hmac_grant, id, ALLOW_READ_ONLY, ABI_HMAC_RO_KEY, 0,
                          slice_part(SLICE_OF(key), 0, p->key.length)) != p->key.length) {
        return K_ERESERVE;
    }
    begin_padded(&p->hash, slice_as_const(SLICE_OF(key)), OUTER_PAD);
    p->outer = p->hash.chain;
    begin_padded(&p->hash, slice_as_const(SLICE_OF(key)), INNER_PAD);
    p->is_keyed = true;
    return K_OK;
}

static void finish(BORROWED struct hmac_process *p, struct process_id id)
{
    uint8_t bytes[SHA256_BYTES] = {0};
    struct slice code = SLICE_OF(bytes);
    sha256_finish(&p->hash, code);
    sha256_begin_after_block(&p->hash, &p->outer);
    sha256_add(&p->hash, slice_as_const(code));
    sha256_finish(&p->hash, code);
    if (p->work == HMAC_VERIFY) {
        uint32_t room = allow_length(&hmac_grant, id, ALLOW_READ_ONLY, ABI_HMAC_RO_COMPARE);
        bool is_equal =
            digest_is_in_buffer(slice_as_const(code), &hmac_grant, id, ABI_HMAC_RO_COMPARE);
        answer(p, id, room >= SHA256_BYTES ? K_OK : K_ENOMEM, is_equal);
    } else {
        uint32_t written = allow_write(&hmac_grant, id, ABI_HMAC_RW_CODE, 0, slice_as_const(code));
        answer(p, id, written > 0 ? K_OK : K_ERESERVE, written > 0 ? bytes[0] : 0);
    }
}

/* False when that was all. */
static bool do_piece(BORROWED struct hmac_process *p, struct process_id id)
{
    int status = K_EBUSY;
    if (!p->is_keyed) {
        int taken = take_key(p, id);
        status = taken == K_OK ? K_EBUSY : taken;
    } else {
        status = digest_add_piece(&p->hash, &p->data, &hmac_grant, id, ABI_HMAC_RO_DATA);
    }
    if (status == K_EBUSY) {
        return true;
    }
    if (status == K_OK && p->work != HMAC_UPDATE) {
        finish(p, id);
    } else {
        answer(p, id, status, 0);
    }
    return false;
}

static void hmac_deferred(void *self)
{
    struct hmac_driver *hmac = self;
    bool more = false;
    grant_each (hmac_grant, id, p) {
        if (p->work != HMAC_IDLE && do_piece(p, id)) {
            more = true;
        }
    }
    if (more) {
        deferred_call_request_later(&hmac->deferred);
    }
}

/* `goes_on`: with what updates have gathered, which else is forgotten. */
static int start(BORROWED struct hmac_process *p, struct process_id id, enum hmac_work work,
                 bool goes_on, uint32_t data_length)
{
    uint32_t key_length = allow_length(&hmac_grant, id, ALLOW_READ_ONLY, ABI_HMAC_RO_KEY);
    if (!p->is_algorithm_set) {
        return K_EINVAL;
    }
    if (p->work != HMAC_IDLE) {
        return K_ENOMEM;
    }
    if (!goes_on) {
        if (key_length == 0) {
            return K_ERESERVE;
        }
        *p = (struct hmac_process){.is_algorithm_set = true};
        p->key.length = key_length;
        sha256_begin(&p->hash);
    }
    p->work = work;
    p->data = (struct digest_input){.length = data_length};
    return K_OK;
}

static command_return hmac_run(struct hmac_driver *hmac, struct process_id id, uint32_t command)
{
    bool is_verify = command == ABI_HMAC_VERIFY || command == ABI_HMAC_VERIFY_FINISH;
    bool is_end = command == ABI_HMAC_FINISH || command == ABI_HMAC_VERIFY_FINISH;
    uint32_t length = is_end ? 0 : allow_length(&hmac_grant, id, ALLOW_READ_ONLY, ABI_HMAC_RO_DATA);
    int status = K_EOFF;
    grant_enter (hmac_grant, id, p) {
        if (command == ABI_HMAC_UPDATE) {
            status = start(p, id, HMAC_UPDATE, p->is_open, length);
        } else if (!is_end || p->is_open) {
            status = start(p, id, is_verify ? HMAC_VERIFY : HMAC_FINISH, is_end, length);
        }
    }
    if (status == K_OK) {
        deferred_call_request_later(&hmac->deferred);
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
