#include "kernel/capsules/aes.h"

#include "kernel/capsule/grant.h"
#include "kernel/capsules/aes_ccm.h"
#include "kernel/capsules/aes_job.h"

CAPSULE(aes, .needs = {AES, AES_CCM, AES_JOB, DEFERRED, GRANT});

/* How much is done for a process before others run: a block, as far as it costs the processor, is
 * two steps and 2,000 cycles. */
#define TURN_EFFORT 16
#define SLOW_EFFORT 8 /* a step that decrypts a block by program: 6,000 cycles */

_Static_assert(ABI_AES_SET_M_OFFSET - ABI_AES_SET_A_OFFSET == AES_JOB_MESSAGE_START &&
                   ABI_AES_SET_MIC_LENGTH - ABI_AES_SET_A_OFFSET == AES_JOB_MIC_LENGTH &&
                   ABI_AES_SET_CONFIDENTIAL - ABI_AES_SET_A_OFFSET == AES_JOB_CONFIDENTIAL,
               "the layout is set in the order of the commands");

struct aes_process {
    bool is_set;  /* there are settings */
    bool is_open; /* set up and not finished */
    bool working;
    struct aes_job job;
    struct aes_job_settings next; /* of the next job */
};
GRANT(aes_grant, struct aes_process, ABI_AES_UPCALLS, ABI_AES_ROS, ABI_AES_RWS);

static bool is_ccm(BORROWED const struct aes_process *p)
{
    return p->job.settings.algorithm == ABI_AES_CCM;
}

/* Nothing of the key is kept. */
static void forget_job(BORROWED struct aes_process *p)
{
    enum abi_aes_algorithm algorithm = p->job.settings.algorithm;
    p->job = (struct aes_job){0};
    p->job.settings.algorithm = algorithm;
}

static void answer(BORROWED struct aes_process *p, struct process_id id, int status, bool is_right)
{
    uint32_t length = status == K_OK ? p->job.length : 0;
    p->working = false;
    p->is_open = status == K_OK;
    if (status != K_OK || is_ccm(p)) {
        forget_job(p);
    }
    (void)upcall_schedule(&aes_grant, id, ABI_AES_UPCALL_DONE, (uint32_t)-status, length, is_right);
}

static int request_block(struct aes_driver *driver, BORROWED struct aes_process *p,
                         BORROWED struct aes_job_request *request)
{
    (void)dma_buffer_copy_in(&driver->request, HIL_AES_KEY,
                             slice_as_const(SLICE_OF(p->job.key.byte)));
    (void)dma_buffer_copy_in(&driver->request, HIL_AES_CLEAR,
                             slice_as_const(SLICE_OF(request->text.byte)));
    int status = hil_aes_encrypt(driver->aes, &driver->request);
    driver->busy = status == K_OK;
    if (status != K_OK) {
        dma_buffer_clear(&driver->request);
    }
    return status;
}

/* One step of whose turn it is. False: there is nothing to do now, or a block is to be waited for.
 */
static bool step(struct aes_driver *driver, BORROWED struct aes_job_request *request)
{
    enum aes_job_next next = AES_JOB_GONE;
    struct process_id id = driver->turn;
    grant_enter (aes_grant, id, p) {
        if (p->working) {
            /* Else the block that is awaited was not encrypted, and its status says why. */
            if (request->status == K_OK || !p->job.awaits) {
                request->status = K_ERESERVE; /* why, if a step finds a buffer gone */
                next = is_ccm(p) ? aes_ccm_step(&p->job, &aes_grant, id, request)
                                 : aes_job_step(&p->job, &aes_grant, id, request);
            }
            p->job.awaits = next == AES_JOB_BLOCK;
            if (next == AES_JOB_BLOCK) {
                request->status = request_block(driver, p, request);
                next = request->status == K_OK ? AES_JOB_BLOCK : AES_JOB_GONE;
            }
            if (next > AES_JOB_BLOCK) {
                answer(p, id, next == AES_JOB_GONE ? request->status : K_OK, next == AES_JOB_RIGHT);
            }
        }
    }
    driver->effort_left -= next == AES_JOB_SLOW ? SLOW_EFFORT : 1;
    return next < AES_JOB_BLOCK;
}

/* As long as the turn lasts, or until a block is under way. Then the next turn, after the processes
 * have had theirs; it finds whether anybody waits. */
static void go_on(struct aes_driver *driver, BORROWED struct aes_job_request *request)
{
    while (step(driver, request) && driver->effort_left > 0) {
    }
    if (!driver->busy) {
        deferred_call_request_later(&driver->deferred);
    }
}

static void aes_deferred(void *self)
{
    struct aes_driver *driver = self;
    struct aes_job_request request = {.status = K_OK};
    struct process_id next = PROCESS_ID_NONE;
    uint32_t least = UINT32_MAX;
    if (driver->busy) {
        return;
    }
    grant_each (aes_grant, id, p) {
        /* Those behind the last one come first. */
        uint32_t distance = process_id_index(id) - process_id_index(driver->turn) - 1u;
        if (p->working && distance <= least) {
            least = distance;
            next = id;
        }
    }
    if (!process_id_is_none(next)) {
        driver->turn = next;
        driver->effort_left = TURN_EFFORT;
        go_on(driver, &request);
    }
}

static void aes_done(void *self, int status)
{
    struct aes_driver *driver = self;
    struct aes_job_request request = {.status = status};
    (void)dma_buffer_copy_out(&driver->request, HIL_AES_CIPHER, SLICE_OF(request.text.byte));
    dma_buffer_clear(&driver->request);
    driver->busy = false;
    go_on(driver, &request);
}

static int set_up(BORROWED struct aes_process *p, struct process_id id)
{
    int status = aes_job_begin(&p->job, &p->next, &aes_grant, id);
    if (status == K_OK) {
        status = is_ccm(p) ? aes_ccm_begin(&p->job, &aes_grant, id)
                           : aes_job_begin_source(&p->job, &aes_grant, id);
    }
    p->is_open = p->working = status == K_OK;
    if (status != K_OK) {
        forget_job(p);
    }
    return status;
}

/* The next part of a message. CCM has the whole of it at once. */
static int crypt(BORROWED struct aes_process *p, struct process_id id)
{
    int status = is_ccm(p) ? K_ENOSUPPORT : aes_job_begin_source(&p->job, &aes_grant, id);
    p->working = status == K_OK;
    return status;
}

static int carry_out(struct aes_driver *driver, BORROWED struct aes_process *p,
                     struct process_id id, uint32_t command, uint32_t argument0, uint32_t argument1)
{
    switch (command) {
    case ABI_AES_SET_ALGORITHM:
        if (argument0 > ABI_AES_CCM) {
            return K_ENOSUPPORT;
        }
        p->next.algorithm = (enum abi_aes_algorithm)argument0;
        p->next.encrypts = argument1 != 0;
        p->is_set = true;
        return K_OK;
    case ABI_AES_SETUP:
    case ABI_AES_CRYPT:
        deferred_call_request_later(&driver->deferred);
        if (p->working) {
            return K_ENOMEM;
        }
        if (command == ABI_AES_SETUP) {
            return p->is_set ? set_up(p, id) : K_EINVAL;
        }
        return p->is_open ? crypt(p, id) : K_EOFF;
    case ABI_AES_FINISH:
        if (!p->is_open) {
            return K_EOFF;
        }
        /* A block under way is nobody's any more: no new job awaits it. */
        p->is_open = p->working = false;
        forget_job(p);
        return K_OK;
    case ABI_AES_SET_A_OFFSET:
    case ABI_AES_SET_M_OFFSET:
    case ABI_AES_SET_MIC_LENGTH:
    case ABI_AES_SET_CONFIDENTIAL:
        p->next.layout[command - ABI_AES_SET_A_OFFSET] = argument0;
        return K_OK;
    default:
        return K_ENOSUPPORT;
    }
}

static command_return aes_command(void *self, struct process_id id, uint32_t command,
                                  uint32_t argument0, uint32_t argument1)
{
    struct aes_driver *driver = self;
    int status = K_ENOSUPPORT;
    if (command == ABI_COMMAND_EXISTS) {
        return command_success();
    }
    grant_enter (aes_grant, id, p) {
        status = carry_out(driver, p, id, command, argument0, argument1);
    }
    return grant_answer(command_status(status));
}

const struct driver_ops aes_driver_ops = {
    .number = ABI_DRIVER_AES,
    .command = aes_command,
    .grant = &aes_grant,
    .owner = &this_capsule,
};

void aes_init(struct aes_driver *driver, const struct hil_aes *aes)
{
    *driver = (struct aes_driver){
        .aes = aes,
        .client = {aes_done, driver, &this_capsule},
        .deferred = {.call = aes_deferred, .self = driver, .owner = &this_capsule},
        .request = DMA_BUFFER_OF(driver->request_bytes),
    };
    hil_aes_set_client(aes, &driver->client);
}
