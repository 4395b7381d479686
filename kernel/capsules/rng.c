#include "kernel/capsules/rng.h"

#include "kernel/capsule/grant.h"

CAPSULE(rng, .needs = {DEFERRED, ENTROPY, GRANT});

struct rng_process {
    uint32_t wanted; /* bytes */
    uint32_t done;   /* bytes in the buffer */
    uint32_t ticket;
    bool waiting;
};
GRANT(rng_grant, struct rng_process, ABI_RNG_UPCALLS, 0, ABI_RNG_RWS);

/* What is still to be put into the buffer as it is now. */
static uint32_t bytes_left(BORROWED const struct rng_process *p, struct process_id id)
{
    uint32_t room = allow_length(&rng_grant, id, ALLOW_READ_WRITE, ABI_RNG_RW_BUFFER);
    uint32_t end = p->wanted < room ? p->wanted : room;
    return end > p->done ? end - p->done : 0;
}

static void finish(BORROWED struct rng_process *p, struct process_id id)
{
    p->waiting = false;
    (void)upcall_schedule(&rng_grant, id, ABI_RNG_UPCALL_DONE, 0, p->done, 0);
}

/* Ends what can be ended without bytes. The process that has waited longest, or none. */
static struct process_id oldest(const struct rng_driver *rng)
{
    struct process_id first = PROCESS_ID_NONE;
    uint32_t first_age = 0;
    grant_each (rng_grant, id, p) {
        if (p->waiting && bytes_left(p, id) == 0) {
            finish(p, id);
        }
        uint32_t age = rng->tickets - p->ticket;
        if (p->waiting && (process_id_is_none(first) || age > first_age)) {
            first = id;
            first_age = age;
        }
    }
    return first;
}

/* Asks for no more than there is a taker for: random bits take long to gather. */
static void gather(struct rng_driver *rng)
{
    struct process_id id = oldest(rng);
    if (rng->filling) {
        return;
    }
    grant_enter (rng_grant, id, p) {
        uint32_t left = bytes_left(p, id);
        rng->piece_length = left < RNG_PIECE_BYTES ? left : RNG_PIECE_BYTES;
        rng->filling = hil_entropy_fill(rng->entropy, &rng->piece, 0, rng->piece_length) == K_OK;
        if (!rng->filling) {
            finish(p, id);
            deferred_call_request(&rng->deferred);
        }
    }
}

static void rng_filled(void *self, int status)
{
    struct rng_driver *rng = self;
    struct process_id id = oldest(rng);
    rng->filling = false;
    grant_enter (rng_grant, id, p) {
        if (status == K_OK) {
            /* Not always whom they were gathered for: that one may have ended. */
            uint32_t left = bytes_left(p, id);
            uint32_t count = left < rng->piece_length ? left : rng->piece_length;
            p->done += allow_write_dma(&rng_grant, id, ABI_RNG_RW_BUFFER, p->done,
                                       dma_part(&rng->piece, 0, count));
        }
        if (status != K_OK || bytes_left(p, id) == 0) {
            finish(p, id);
        } else {
            /* Large requests take seconds: the others have their turn after each piece. */
            rng->tickets++;
            p->ticket = rng->tickets;
        }
    }
    /* Nobody else gets these bytes. */
    dma_buffer_clear(&rng->piece);
    gather(rng);
}

static void rng_deferred(void *self)
{
    struct rng_driver *rng = self;
    gather(rng);
}

static command_return rng_get(struct rng_driver *rng, struct process_id id, uint32_t count)
{
    rng->tickets++;
    grant_enter (rng_grant, id, p) {
        *p = (struct rng_process){.wanted = count, .ticket = rng->tickets, .waiting = true};
    }
    deferred_call_request(&rng->deferred);
    return grant_answer(command_success());
}

static command_return rng_command(void *self, struct process_id id, uint32_t command,
                                  uint32_t argument0, uint32_t unused)
{
    struct rng_driver *rng = self;
    (void)unused;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_RNG_GET:
        return rng_get(rng, id, argument0);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

const struct driver_ops rng_driver_ops = {
    .number = ABI_DRIVER_RNG,
    .command = rng_command,
    .grant = &rng_grant,
    .owner = &this_capsule,
};

void rng_init(struct rng_driver *rng, const struct hil_entropy *entropy)
{
    *rng = (struct rng_driver){
        .entropy = entropy,
        .client = {rng_filled, rng, &this_capsule},
        .piece = DMA_BUFFER_OF(rng->bytes),
        .deferred = {.call = rng_deferred, .self = rng, .owner = &this_capsule},
    };
    hil_entropy_set_client(entropy, &rng->client);
}
